# SPDX-License-Identifier: MIT
"""What the runner's tests share: a temporary place, a minimal program file, the command."""

import copy
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
COCONUT = TOP / "coconut"
FAKE_QEMU = HERE / "fake_qemu.py"
#: Seconds for what ends by itself, on a machine that has much else to do; acts that do not last longer (fake_qemu.py).
LIMIT = 240

sys.path.insert(0, str(TOP / "sdk" / "tools"))

NOTE = struct.pack("<III8sI", 8, 4, 1, b"COCONUT", 1)
LINUX_NOTE = struct.pack("<III4s16s", 4, 16, 1, b"GNU", b"")


def elf(kind=2, machine=62, notes=NOTE, interpreter=False, osabi=0):
    """Return an ELF file with one loadable segment and a note segment."""
    segments = [(1, 5, 0, 0x400000, 0x400000, 0x200, 0x200, 0x1000)]
    if interpreter:
        segments.append((3, 4, 0x180, 0, 0, 1, 1, 1))
    segments.append((4, 4, 0x190, 0x400190, 0x400190, len(notes), len(notes), 4))
    ident = b"\x7fELF" + bytes((2, 1, 1, osabi)) + bytes(8)
    header = struct.pack("<16sHHIQQQIHHHHHH", ident, kind, machine, 1, 0x400000, 64, 0, 0, 64, 56,
                         len(segments), 64, 0, 0)
    table = b"".join(struct.pack("<IIQQQQQQ", *segment) for segment in segments)
    data = (header + table).ljust(0x190, b"\0") + notes
    return data.ljust(0x200, b"\xcc")


def changed(document, path, value):
    """Return a copy of a document with the value at a path of keys replaced, or removed if it is None."""
    document = copy.deepcopy(document)
    at = document
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return document


class Case(unittest.TestCase):
    """A test with a folder of its own that holds programs, a kernel and an init."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="coconut-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(os.path.realpath(folder.name))
        (self.folder / "work").mkdir()
        (self.folder / "boot").mkdir()
        self.work = self.folder / "work"
        self.kernel, self.init = self.folder / "boot" / "kernel", self.folder / "boot" / "init"
        self.kernel.write_bytes(b"kernel")
        self.init.write_bytes(b"init")

    def program(self, name):
        """Return the path of a program on which the fake QEMU performs act `name`."""
        path = self.folder / "boot" / name
        path.write_bytes(elf())
        return path

    def command(self, act, *arguments, options=()):
        """Return the words of a `coconut run` on the fake QEMU."""
        return [COCONUT, "run", "--kernel", self.kernel, "--init", self.init, *options, "--",
                self.program(act), *arguments]

    def environment(self, **more):
        """Return the environment of such a run."""
        base = {key: value for key, value in os.environ.items() if not key.startswith("COCONUT_")}
        return {**base, "COCONUT_QEMU": str(FAKE_QEMU), "TMPDIR": str(self.folder), **more}

    def run_act(self, act, *arguments, options=(), stdin=b"", env=None):
        """Run an act to its end; returns the CompletedProcess with bytes."""
        return subprocess.run(self.command(act, *arguments, options=options), input=stdin,
                              capture_output=True, cwd=self.work, timeout=LIMIT, check=False,
                              env=self.environment(**(env or {})))

    def coconut(self, *words, env=None):
        """Run any command; returns the CompletedProcess with text."""
        return subprocess.run([COCONUT, *words], capture_output=True, text=True, cwd=self.work,
                              timeout=LIMIT, check=False, stdin=subprocess.DEVNULL,
                              env=self.environment(**(env or {})))

    def assert_one_line(self, text, *parts):
        """Assert that text is one line of the command and holds all parts."""
        lines = text.decode() if isinstance(text, bytes) else text
        self.assertEqual(lines.count("\n"), 1, lines)
        self.assertTrue(lines.startswith("coconut: "), lines)
        for part in parts:
            self.assertIn(part, lines)
