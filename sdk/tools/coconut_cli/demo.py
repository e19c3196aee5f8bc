# SPDX-License-Identifier: MIT
"""`coconut demo`: from a fresh machine to programs that run in the kernel."""

import os
import subprocess
import sys
import time

from coconut_cli import build, hostcommand, hostpackages, places, results, setup
from coconut_cli.fault import STATUS_FAILED, Fault
from coconut_cli.options import Command

COMMAND = Command(
    "demo", "",
    "Install the host packages that are missing, build everything, and run two sample programs in the "
    "kernel:\nhello, and a stream through an unmodified zlib.",
    notes="What was done before is not done again. COCONUT_CACHE and COCONUT_MIRROR: see 'coconut "
          "build --help'.")

SAMPLE = os.path.join("samples", "zlib-stream")


def _say(text):
    print(f"\n==> {text}", flush=True)


def _provide(name, inputs, make):
    """Call make() unless it was done before with the same inputs."""
    key = results.Digester().key([os.path.join(places.SOURCE, path) for path in inputs], [name])
    if results.recall(f"demo-{name}", key) is None:
        make()
        results.remember(f"demo-{name}", key, 1)


def _install_zlib(prefix):
    with open(hostcommand.log_path("demo-zlib"), "wb") as log:
        port = os.path.join(places.SOURCE, "tests", "conformance", "ports", "run.py")
        hostcommand.must([sys.executable, "-B", port, "--install", prefix, "zlib"], "demo-zlib", log,
                         "building zlib", hostcommand.Progress())


def _build_sample(prefix, target):
    with open(hostcommand.log_path("demo-sample"), "wb") as log:
        toolchain = os.path.join(places.SDK, "toolchain", "coconut.cmake")
        hostcommand.must(["cmake", "-G", "Ninja", "-S", os.path.join(places.SOURCE, SAMPLE), "-B",
                          target, f"-DCMAKE_TOOLCHAIN_FILE={toolchain}",
                          f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release"],
                         "demo-sample", log, "configuring zlib-stream")
        hostcommand.must(["cmake", "--build", target], "demo-sample", log, "building zlib-stream")


def _run(*words, data=None, redirection=""):
    """Run `coconut run` as the user would; returns its standard output as bytes when given data.

    redirection: how the user would type where the data comes from and goes to.
    """
    command = [os.path.join(places.SOURCE, "coconut"), "run", *words]
    typed = " ".join(["./coconut run", *(hostcommand.shown(word) for word in words)]) + redirection
    print(f"$ {typed}", flush=True)
    begin = time.monotonic()
    done = subprocess.run(command, input=data, cwd=places.SOURCE, check=False,
                          stdout=None if data is None else subprocess.PIPE,
                          stdin=subprocess.DEVNULL if data is None else None)
    if done.returncode != 0:
        raise Fault(f"'{typed}' ended with status {done.returncode}", STATUS_FAILED)
    print(f"({time.monotonic() - begin:.2f} s)", flush=True)
    return done.stdout


def _show_hello():
    _say("hello, a C program with printf, as a process of the kernel")
    _run(os.path.join(places.BUILD, "samples", "hello", "hello"), "newcomer")


def _show_zlib():
    _say("a file streamed through an unmodified zlib in the kernel, and back")
    prefix = os.path.join(places.BUILD, "prefix")
    target = os.path.join(places.BUILD, "zlib-stream")
    sdk = ("build/sdk/sysroot", "build/sdk/toolchain", "build/sdk/libexec", "build/sdk/etc")
    _provide("zlib", (*sdk, "sdk/deps/deps.lock", "tests/conformance/ports"),
             lambda: _install_zlib(prefix))
    _provide("sample", (*sdk, "build/prefix", SAMPLE), lambda: _build_sample(prefix, target))
    program = os.path.join(target, "zlib-stream")
    with open(os.path.join(places.SOURCE, "README.md"), "rb") as stream:
        text = stream.read()
    packed = _run("--no-cwd", program, data=text, redirection=" < README.md > README.md.gz")
    unpacked = _run("--no-cwd", program, "-d", data=packed, redirection=" < README.md.gz")
    if unpacked != text:
        raise Fault("zlib-stream did not give back what it was given", STATUS_FAILED)
    print(f"README.md: {len(text)} bytes -> {len(packed)} bytes of gzip -> the same "
          f"{len(unpacked)} bytes")


def run(_values, words):
    """Run the command; returns the exit status."""
    if words:
        raise COMMAND.fail(f"'{words[0]}' is not expected")
    places.source_root()
    _say("host packages")
    setup.ensure()
    hostpackages.require()
    print("all installed")
    _say("build")
    seconds = build.build()
    print(f"built in {seconds:.0f} s; log: {hostcommand.shown(hostcommand.log_path('build'))}")
    _show_hello()
    _show_zlib()
    print("\nNext: ./coconut test runs all tests; ./coconut help lists the commands.")
    return 0
