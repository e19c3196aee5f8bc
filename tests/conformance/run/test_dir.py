# SPDX-License-Identifier: MIT
"""`coconut run --dir`: what a program does to a directory of the host, and what it must not do."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from test_kernel import COCONUT, LIMIT, SDK, TOP

sys.path.insert(0, str(TOP / "sdk" / "tools"))

from coconut_cli import bringback, guestfiles, protocol  # noqa: E402  (the path above must come first)
from coconut_cli.fault import Fault  # noqa: E402

PROGRAM = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static void put(const char *name, const char *text, size_t count)
{
    FILE *file = fopen(name, "w");
    while (count-- > 0) {
        fputs(text, file);
    }
    if (fclose(file) != 0) {
        exit(9);
    }
}
int main(int argc, char **argv)
{
    if (argc < 2 || chdir(argv[1]) != 0) {
        return 8;
    }
    put("changed", "new\n", 1);
    put("made", "made here\n", 1);
    mkdir("deep", 0755);
    mkdir("deep/er", 0755);
    put("deep/er/large", "0123456789abcdef", 40000);
    put("deep/empty", "", 0);
    remove("gone/file");
    rmdir("gone");
    rename("old", "renamed");
    symlink("/etc/passwd", "link");
    mkfifo("pipe", 0600);
    chmod("made", 0750);
    return argc > 2 ? atoi(argv[2]) : 5;
}
"""


class Directory(unittest.TestCase):
    """One program, a fresh directory for each test."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut-dir-")
        cls.addClassCleanup(folder.cleanup)
        cls.place = Path(os.path.realpath(folder.name))
        (cls.place / "program.c").write_text(PROGRAM)
        subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-clang", "program.c", "-o", "program"], check=True,
                       cwd=cls.place)

    def setUp(self):
        self.data = Path(tempfile.mkdtemp(dir=self.place))
        (self.data / "gone").mkdir()
        for name in ("changed", "same", "gone/file", "old"):
            (self.data / name).write_text(f"{name} on the host\n")
        (self.data / "own link").symlink_to("same")
        self.before = (self.data / "same").stat()

    def run_with(self, *options, words=("/data",), status=5):
        """Run the program; returns its standard error."""
        done = subprocess.run([COCONUT, "run", "--no-cwd", *options, "program", *words], cwd=self.place,
                              capture_output=True, text=True, timeout=LIMIT, check=False, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stderr

    def names(self):
        """All names below the directory."""
        return sorted(str(path.relative_to(self.data)) for path in self.data.rglob("*"))

    def test_changes_come_back(self):
        self.assertEqual(self.run_with("--dir", f"{self.data}:/data"), "")
        self.assertEqual(self.names(), ["changed", "deep", "deep/empty", "deep/er", "deep/er/large", "made", "own link",
                                        "renamed", "same"])
        self.assertEqual((self.data / "changed").read_text(), "new\n")
        self.assertEqual((self.data / "renamed").read_text(), "old on the host\n")
        self.assertEqual((self.data / "deep/er/large").read_text(), "0123456789abcdef" * 40000)
        self.assertEqual((self.data / "made").stat().st_mode & 0o777, 0o750)
        self.assertTrue((self.data / "own link").is_symlink())
        after = (self.data / "same").stat()
        self.assertEqual((after.st_mtime_ns, after.st_ino), (self.before.st_mtime_ns, self.before.st_ino))

    def test_same_place(self):
        self.run_with("--dir", str(self.data), words=(str(self.data), "0"), status=0)
        self.assertEqual((self.data / "changed").read_text(), "new\n")

    def test_read_only(self):
        before = self.names()
        self.run_with("--dir", f"{self.data}:/data:ro")
        self.run_with("--dir", f"{self.data}:ro", words=(str(self.data),))
        self.assertEqual(self.names(), before)
        self.assertEqual((self.data / "changed").read_text(), "changed on the host\n")

    def test_refusals(self):
        self.assertIn("nothing can be brought back from /", self.run_with("--dir", f"{self.data}:/", status=2))
        self.assertIn("not absolute", self.run_with("--dir", f"{self.data}:data", status=2))
        self.assertIn("not a directory", self.run_with("--dir", f"{self.data}/same:/data", status=125))

    def bring(self, *files):
        """Bring files back that a guest says it has, into the directory, which is /data there."""
        files = ((b"/data", protocol.TYPE_DIR, 0o755, b""), *files)
        collection = guestfiles.Collection()
        collection.add_tree(str(self.data), "/data", "--dir")
        bringback.bring([bringback.Tree(str(self.data), "/data", collection)], files)

    def test_hostile_guest(self):
        file, folder = protocol.TYPE_FILE, protocol.TYPE_DIR
        outside = self.place / "outside"
        outside.mkdir(exist_ok=True)
        (self.data / "out").symlink_to(outside)
        for path in (b"/data/../outside/x", b"/data//x", b"/data/./x", b"/data/a/.."):
            with self.assertRaises(protocol.BadGuest):
                self.bring((path, file, 0o644, b"bad"))
        for files in (((b"/data/out/x", file, 0o644, b"bad"),), ((b"/data/out", folder, 0o755, b""),
                                                               (b"/data/out/x", file, 0o644, b"bad"))):
            with self.assertRaises(Fault):
                self.bring(*files)
        self.bring((b"/data/out", file, 0o644, b"bad"), (b"/outside/x", file, 0o644, b"bad"))
        self.assertEqual(list(outside.iterdir()), [])
        self.assertTrue((self.data / "out").is_symlink())

    def test_guest_that_sends_nothing(self):
        before = self.names()
        collection = guestfiles.Collection()
        collection.add_tree(str(self.data), "/data", "--dir")
        for files in ([], [(b"/data", protocol.TYPE_FILE, 0o644, b"")], [(b"/data/same", protocol.TYPE_FILE, 0o644, b"")]):
            with self.assertRaises(Fault):
                bringback.bring([bringback.Tree(str(self.data), "/data", collection)], files)
        self.assertEqual(self.names(), before)

    def test_hostile_report(self):
        head = protocol.SENT_FILE.pack
        for bad in (head(b"CFIL", 7, 1, 0, 0), head(b"CFIL", 0, 5000, 0, 0), head(b"CFIL", 0, 1, 0, 1 << 40),
                    b"XXXX" + bytes(92), b"CRP1"):
            with self.assertRaises(protocol.BadGuest):
                protocol.ReportReader().feed(bad)
        reader = protocol.ReportReader()
        whole = head(b"CFIL", 0, 2, 0o644, 3) + b"/aabc" + b"CRP1" + bytes(92)
        for byte in whole[:-96]:
            reader.feed(bytes([byte]))
        reader.feed(whole[-96:])
        self.assertEqual((reader.files, reader.report.code), ([(b"/a", 0, 0o644, b"abc")], 0))
        with self.assertRaises(protocol.BadGuest):
            reader.feed(b"more")
