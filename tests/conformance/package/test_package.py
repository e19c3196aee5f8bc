# SPDX-License-Identifier: MIT
"""`coconut package`: reproducible, without paths of this machine, and what it makes works anywhere."""

import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "services" / "vtpm" / "test" / "tools"))

import service  # noqa: E402  (the path above must come first)

SDK = TOP / "build" / "sdk"
COCONUT = TOP / "coconut"
NAME = "coconut-sdk-0.1"
LIMIT = 900
NOBODY = 65534
ENV = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}


def run(*words, cwd=None, env=None):
    """Run a command; returns the CompletedProcess."""
    return subprocess.run([str(word) for word in words], cwd=cwd, env=env or ENV, capture_output=True, text=True,
                          timeout=LIMIT, check=False, stdin=subprocess.DEVNULL)


def disturb(folder):
    """Change all that must not matter: times and permissions of files."""
    chance = random.Random(3)
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o700 | (0o066 if path.is_file() else 0o055))
            when = chance.randrange(1 << 30)
            os.utime(path, (when, when))


class Package(unittest.TestCase):
    """One package, and what is done with it."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut package ")
        cls.addClassCleanup(folder.cleanup)
        cls.place = Path(os.path.realpath(folder.name))
        cls.place.chmod(0o755)
        done = run(COCONUT, "package", "--no-build", "--output", cls.place / "first")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.listed = done.stdout
        cls.tarball = cls.place / "first" / f"{NAME}.tar.xz"
        cls.deb = cls.place / "first" / f"{NAME}_amd64.deb"
        (cls.place / "one").mkdir()
        run("tar", "-xf", cls.tarball, "-C", cls.place / "one")
        cls.sdk = cls.place / "one" / NAME

    def test_reproducible(self):
        copy = self.place / "copy"
        shutil.copytree(SDK, copy, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        disturb(copy)
        done = run(COCONUT, "package", "--no-build", "--sdk", copy, "--output", self.place / "second")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for file in (self.tarball, self.deb):
            self.assertEqual(file.read_bytes(), (self.place / "second" / file.name).read_bytes(), file.name)
            self.assertIn(hashlib.sha256(file.read_bytes()).hexdigest(), self.listed)

    def test_complete(self):
        for path in ("toolchain/coconut.cmake", "toolchain/cmake/Platform/Coconut.cmake", "bin/coconut",
                     "sysroot/usr/lib/libc.a", "sysroot/usr/lib/libc++.a", "sysroot/usr/include/stdio.h",
                     "share/coconut/kernel/coconut-kernel.elf", "share/coconut/templates/c-service/template.txt",
                     "share/coconut/init", "share/coconut/services-init", "share/man/man1/coconut-run.1",
                     "share/doc/coconut/LICENSE", "share/doc/coconut/html/index.html",
                     "share/doc/coconut/html/man/coconut-run.html", "share/doc/coconut/html/docs/abi/calls/read.html",
                     "share/doc/coconut/docs/getting-started.md",
                     "share/doc/coconut/licences/newlib-COPYING.NEWLIB",
                     "share/doc/coconut/licences/llvm-libcxx-LICENSE.TXT",
                     "share/doc/coconut/licences/mbedtls-LICENSE", "share/coconut/run/vtpm",
                     "share/coconut/sbom.spdx.json"):
            self.assertTrue((self.sdk / path).is_file(), path)
        # The command is compiled beforehand, all of it; nothing compiled is there without its source.
        sources = {path.relative_to(self.sdk).with_suffix("") for path in (self.sdk / "lib" / "coconut").rglob("*.py")}
        compiled = {path.relative_to(self.sdk).parents[1] / path.name.split(".")[0] for path in self.sdk.rglob("*.pyc")}
        self.assertEqual(compiled, sources)

    def test_no_path_of_this_machine(self):
        marks = [os.fsencode(path) for path in (TOP, Path.home() / ".cache", self.place)]
        for path in self.sdk.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                for mark in marks:
                    self.assertFalse(mark in data, f"{path} names {mark}")
        libc = run("llvm-readelf-19", "-SW", self.sdk / "sysroot/usr/lib/libc.a").stdout
        self.assertIn(".debug_info", libc, "debug information is there, and was looked at")
        self.assertNotIn("Compressed", run("llvm-readelf-19", "-tW", self.sdk / "share/coconut/init").stdout)
        text = run("llvm-dwarfdump-19", "--debug-info", self.sdk / "share/coconut/init").stdout
        folders = {line.split('"')[1] for line in text.splitlines() if "DW_AT_comp_dir" in line}
        self.assertEqual(folders, {"/build"})

    def refused(self, change, status, part):
        """Packing a changed copy of the SDK is refused in one line, and leaves nothing."""
        with tempfile.TemporaryDirectory(dir=self.place) as folder:
            copy = Path(folder) / "sdk"
            (copy / "bin").mkdir(parents=True)
            change(copy)
            done = run(COCONUT, "package", "--no-build", "--sdk", copy, "--output", Path(folder) / "out")
            self.assertEqual((done.returncode, done.stdout), (status, ""))
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertIn(part, done.stderr)
            self.assertFalse((Path(folder) / "out").exists())

    def test_refusals(self):
        self.refused(lambda sdk: (sdk / "bin" / "x").write_text(f"see {TOP}/kernel"), 1, "bin/x names")
        self.refused(lambda sdk: (sdk / "bin" / "x").symlink_to("/bin/sh"), 1, "leads out of the SDK")
        self.refused(lambda sdk: (sdk / "bin" / "x").symlink_to("../../x"), 1, "leads out of the SDK")
        self.refused(lambda sdk: os.mkfifo(sdk / "bin" / "x"), 1, "neither file, folder nor link")
        self.refused(lambda sdk: shutil.rmtree(sdk), 125, "No such file")
        done = run(COCONUT, "package", "--no-build", env={**ENV, "SOURCE_DATE_EPOCH": "yesterday"})
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        done = run(COCONUT, "package", "--no-build", "--output", self.tarball)
        self.assertEqual((done.returncode, done.stdout), (125, ""))

    def elsewhere(self, sdk, work):
        """As nobody, if that can be: make, build and test a project with a read-only SDK."""
        work.mkdir()
        words = []
        if os.geteuid() == 0:
            os.chown(work, NOBODY, NOBODY)
            words = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
        env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
        for command in (["doctor"], ["new", "test", "words"], ["build", "words"], ["test", "words"]):
            done = run(*words, sdk / "bin" / "coconut", *command, cwd=work, env=env)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("100% tests passed", done.stdout)
        return (work / "words/build/CMakeCache.txt").read_text()

    def test_works_elsewhere_read_only_for_another_user(self):
        for path in [self.sdk, *self.sdk.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
        before = sorted(self.sdk.rglob("*"))
        self.elsewhere(self.sdk, self.place / "work")
        self.assertEqual(sorted(self.sdk.rglob("*")), before)

    def test_two_side_by_side_and_deb(self):
        root = self.place / "root"
        done = run("dpkg-deb", "-x", self.deb, root)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        other = root / "usr" / "lib" / NAME
        cache = self.elsewhere(other, self.place / "other work")
        self.assertIn(str(other), cache)
        self.assertNotIn(str(self.sdk), cache)
        done = run(root / "usr/bin/coconut-0.1", "version", "--json")
        self.assertEqual(json.loads(done.stdout)["place"], str(other))

    def test_virtual_tpm_by_its_name(self):
        port = service.free_port()
        done = subprocess.Popen([self.sdk / "bin/coconut", "run", "--timeout", str(LIMIT), "vtpm", "--port", str(port)],
                                cwd=self.place, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        with done:
            said = []
            while said[-1:] != ["Ctrl-C ends it.\n"]:
                said.append(done.stdout.readline())
                self.assertTrue(said[-1], f"ended behind {said}")
            self.assertIn(f"  export TPM2TOOLS_TCTI=mssim:host=localhost,port={port}\n", said)
            with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as stream:
                # TPM2_Startup(CLEAR), as the simulator's protocol wraps it; the length of the answer, the answer, 0.
                stream.sendall(bytes.fromhex("00000008 00 0000000c 80010000000c000001440000"))
                self.assertEqual(stream.makefile("rb").read(18).hex(), "0000000a" "80010000000a00000000" "00000000")
            done.send_signal(signal.SIGINT)
            self.assertEqual(done.wait(LIMIT), 130)

    def test_deb_control(self):
        fields = run("dpkg-deb", "-f", self.deb).stdout
        for line in (f"Package: {NAME}", "Version: 0.1", "Architecture: amd64"):
            self.assertIn(line + "\n", fields)
        with tempfile.TemporaryDirectory(dir=self.place) as folder:
            run("dpkg-deb", "-R", self.deb, Path(folder) / "all")
            sums = (Path(folder) / "all/DEBIAN/md5sums").read_text().splitlines()
            self.assertGreater(len(sums), 500)
            for line in sums:
                digest, _, path = line.partition("  ")
                data = (Path(folder) / "all" / path).read_bytes()
                self.assertEqual(hashlib.md5(data).hexdigest(), digest, path)

    def test_start_is_measured(self):
        done = run(self.sdk / "bin/coconut", "bench", "start", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        found = {name: row["coconut"] for name, row in json.loads(done.stdout).items()}
        self.assertLess(0, found["start_qemu"])
        self.assertLess(found["start_first_line"], found["start_end"])
        self.assertLess(found["start_qemu_used"], found["start_used"])
