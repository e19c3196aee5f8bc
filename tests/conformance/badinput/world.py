# SPDX-License-Identifier: MIT
"""An installed SDK without a build, and a folder of files for the commands to work with."""

import functools
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
RUNNER = TOP / "tests" / "conformance" / "runner"
sys.path.insert(0, str(RUNNER))
sys.path.insert(0, str(TOP / "sdk" / "tools"))

from support import FAKE_QEMU, elf  # noqa: E402  (the paths above must come first)

from coconut_cli import protocol  # noqa: E402

MANIFEST = {"manifest": 1, "name": "one", "executable": "/bin/one",
            "budgets": {"memory": "1M", "threads": 1, "handles": 4}}
RECIPE = {"image": 1, "kernel": {"svsm": {"output_file": "kernel"}},
          "fs": {"modules": {"init": {"output_file": "exit", "path": "/init", "type": "make"},
                             "one": {"output_file": "exit", "path": "/bin/one"}}},
          "services": ["one.json"]}
INTERFACE = {"interface": 1, "name": "sample", "major": 1, "minor": 0,
             "operations": [{"name": "ask", "number": 1, "text": "Asks."}]}
KERNEL_LOG = ("platform native, 1 CPUs\n[init] service one: running, process 5, start 1\n[one] hello\n"
              "call 3000 t:5.6 write(file=5, buffer=\"hello\"+5)\ncall 3500 t:5.6 write = 5\n")
#: A library whose Makefile does not say how it is installed, and uses of its rules: one that takes long, and others that
#: install; the Makefile's DESTDIR is that of projects that know it, PREFIX alone that of those that do not.
PORT = {"source": "library", "version": "1", "system": "make", "minimum": 0}
PORTS = {"one": {}, "slow": {"targets": ["slow"]},
         **{f"{rule}{kind}": {"install": [rule], "configure": [f"PLACE={place}"]}
            for rule in ("whole", "half", "late", "fails") for kind, place in (("", "$(DESTDIR)$(PREFIX)"), ("-prefix", "$(PREFIX)"))}}
MAKEFILE = """PLACE = $(DESTDIR)$(PREFIX)
all:

slow:
	sleep 900

whole:
	mkdir -p $(PLACE)/lib/deep && echo prefix=$(PREFIX) >$(PLACE)/lib/one && echo two >$(PLACE)/lib/deep/two
	ln -sf $(PREFIX)/lib/one $(PLACE)/link

first:
	mkdir -p $(PLACE)/lib/other && echo first >$(PLACE)/lib/one && ln -sf nowhere $(PLACE)/link

half: first
	sleep 900
	echo second >$(PLACE)/lib/other/second

late: first
	trap '' INT TERM; sleep 1; mkdir -p $(PLACE)/late && echo third >$(PLACE)/late/third

fails: first
	false
"""
#: A project that builds nothing, with a test; it can be made to take long.
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(sample LANGUAGES NONE)
add_custom_target(work ALL COMMAND sh -c "sleep $(cat pause)" WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}" VERBATIM)
enable_testing()
add_test(NAME passes COMMAND true)
"""


def install(sdk):
    """Make an SDK in the folder `sdk` of what needs no compiler."""
    share = sdk / "share" / "coconut"
    for folder in ("bin", "lib", "toolchain", "share/coconut/kernel"):
        (sdk / folder).mkdir(parents=True)
    shutil.copy(TOP / "coconut", sdk / "bin" / "coconut")
    shutil.copytree(TOP / "sdk" / "tools", sdk / "lib" / "coconut", ignore=shutil.ignore_patterns("__pycache__", "checks"))
    for name in ("templates", "schema", "gdb"):
        shutil.copytree(TOP / "sdk" / name, share / name)
    shutil.copytree(TOP / "tests" / "conformance" / "ports", share / "ports", ignore=shutil.ignore_patterns("__pycache__"))
    (share / "deps").mkdir()
    for name in ("deps.lock", "fetch.py", "deplock.py", "debarchive.py", "host-packages.txt"):
        shutil.copy(TOP / "sdk" / "deps" / name, share / "deps" / name)
    subprocess.run([sys.executable, "-B", TOP / "sysroot/abi/gen.py", "--calls", share / "calls.json"], check=True)
    subprocess.run([sys.executable, "-B", TOP / "libc-port/expected/interfaces.py", share / "interfaces.json"], check=True)
    (share / "kernel" / "coconut-kernel.elf").write_bytes(b"kernel")
    for name in ("init", "services-init"):
        (share / name).write_bytes(elf())
    (sdk / "toolchain" / "coconut.cmake").write_text("")
    pages = sdk / "share" / "doc" / "coconut" / "html"
    pages.mkdir(parents=True)
    (pages / "index.html").write_text("")
    libraries = sdk / "sysroot" / "usr" / "lib"
    libraries.mkdir(parents=True)
    subprocess.run(["clang-19", "-c", "-xc", "-", "-o", libraries / "a.o"], input="int puts(const char *s) { return *s; }",
                   text=True, check=True)
    for name in ("libc.a", "libm.a", "libc++.a", "libc++abi.a", "libunwind.a", "libclang_rt.builtins.a"):
        subprocess.run(["llvm-ar-19", "rcs", libraries / name, libraries / "a.o"], check=True)


def pkit(files, version=8):
    """Return the bytes of a boot archive of {name: bytes}."""
    records = (struct.pack("<HHQ", 1, len(name), len(data)) + name.encode() + data for name, data in files.items())
    return b"PKIT" + struct.pack("<I", version) + b"".join(records)


@functools.cache
def _object():
    """An object file; compiled once, not for each of the many uses."""
    with tempfile.TemporaryDirectory(prefix="coconut-bad-") as folder:
        path = Path(folder) / "code.o"
        subprocess.run(["clang-19", "-c", "-xc", "-", "-o", path], input="int f(void) { return 1; }\n", text=True, check=True)
        return path.read_bytes()


def fill(folder):
    """Put files into the folder for the commands of rows.py."""
    for name in ("exit", "hang", "back"):
        (folder / name).write_bytes(elf())
        words = [name, "0"]
        run = protocol.run_description((f"/{name}", "/", words), [], [], [])
        (folder / f"{name}.pkit").write_bytes(pkit({"init": b"init", protocol.RUN_PATH: run}))
    (folder / "kernel").write_bytes(b"kernel")
    for name, content in (("one.json", MANIFEST), ("recipe.json", RECIPE), ("sample.interface.json", INTERFACE)):
        (folder / name).write_text(json.dumps(content, indent=1))
    (folder / "kernel.log").write_text(KERNEL_LOG)
    for name, pause in (("project", 0), ("long", 900)):
        (folder / name).mkdir()
        (folder / name / "CMakeLists.txt").write_text(PROJECT)
        (folder / name / "pause").write_text(str(pause))
    (folder / "recipes" / "library").mkdir(parents=True)
    (folder / "recipes" / "library" / "Makefile").write_text(MAKEFILE)
    for name, more in PORTS.items():
        (folder / "recipes" / f"{name}.json").write_text(json.dumps({**PORT, **more}))
    (folder / "code.o").write_bytes(_object())


def environment(folder, mark):
    """Return the environment of a command: the stand-in for QEMU, a place for temporary files, a mark to find it by."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", "COCONUT_QEMU": str(FAKE_QEMU),
            "TMPDIR": str(folder), "COCONUT_CACHE": str(folder / "cache"), "COCONUT_TEST_MARK": mark}
