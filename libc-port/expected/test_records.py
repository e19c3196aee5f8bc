# SPDX-License-Identifier: MIT
"""Each kind of record changes when what it records does, and the difference is said."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import records  # noqa: E402  (the path above must come first)
import surface  # noqa: E402

HEADER = """#pragma once
#define SIZE 16
#define TEXT "no number"
#define _PRIVATE 1
#define _SC_PUBLIC 2
enum colour { RED = 3, GREEN };
typedef long number;
struct plain { char c; number n[SIZE]; };
typedef struct { int quot, rem; } pair;
struct _private { int x; };
"""
SOURCE = "int outside(void); int used(void) { return outside(); }\nint other(void) { return used(); }\n"


class Records(unittest.TestCase):
    """A header and a library of our own, and what is recorded of them."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="coconut-records-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.compiler = str(self.folder / "cc")
        self.compile_with("")

    def compile_with(self, options):
        """Make the compiler: one that finds our header."""
        Path(self.compiler).write_text(f'#!/bin/sh\nexec clang-19 {options} -I "{self.folder}" "$@"\n')
        Path(self.compiler).chmod(0o755)

    def of_header(self, kind, old="", new=""):
        """The record of our header, with `old` replaced by `new`."""
        self.assertIn(old, HEADER)
        (self.folder / "ours.h").write_text(HEADER.replace(old, new, 1) if old else HEADER)
        return kind(self.compiler, ["ours.h"])

    def differs(self, kind, old, new, *lines):
        """The record changes with the header, by these lines."""
        before = self.of_header(kind)
        self.assertEqual(self.of_header(kind, old, new) - before, set(lines))

    def test_constants(self):
        self.assertEqual(self.of_header(records.constants) & {"SIZE 16", "_SC_PUBLIC 2", "RED 3", "GREEN 4", "_PRIVATE 1"},
                         {"SIZE 16", "_SC_PUBLIC 2", "RED 3", "GREEN 4"})
        self.assertFalse([line for line in self.of_header(records.constants) if line.startswith("TEXT")])
        self.differs(records.constants, "SIZE 16", "SIZE 17", "SIZE 17")
        self.differs(records.constants, "RED = 3", "RED = -3", "RED -3", "GREEN -2")

    def test_layouts(self):
        found = self.of_header(records.layouts)
        for line in ("struct plain: 001 8 | number[16] n", "struct plain: 002 | [sizeof=136, align=8]", "number: is long",
                     "pair: 002 4 | int rem"):
            self.assertIn(line, found)
        self.assertFalse([line for line in found if "_private" in line])
        self.differs(records.layouts, "char c", "int c", "struct plain: 000 0 | int c")
        self.differs(records.layouts, "quot, rem", "rem, quot", "pair: 001 0 | int rem", "pair: 002 4 | int quot")
        self.differs(records.layouts, "typedef long", "typedef unsigned long", "number: is unsigned long")

    def test_macros(self):
        before = records.macros(self.compiler, "c")
        self.assertIn("c __STDC_HOSTED__ 1", before)
        self.compile_with("-DEXTRA=2 -funsigned-char")
        self.assertEqual(records.macros(self.compiler, "c") - before, {"c EXTRA 2", "c __CHAR_UNSIGNED__ 1"})

    def library(self, source):
        """The record of a library made of the source."""
        path = self.folder / "lib.a"
        path.unlink(missing_ok=True)
        subprocess.run(["clang-19", "-c", "-xc", "-", "-o", self.folder / "a.o"], input=source, text=True, check=True)
        subprocess.run(["llvm-ar-19", "rcs", path, self.folder / "a.o"], check=True)
        return records.library(path)

    def test_libraries(self):
        self.assertEqual(self.library(SOURCE), {"defines used", "defines other", "needs outside"})
        self.assertEqual(self.library(SOURCE.replace("outside", "elsewhere")),
                         {"defines used", "defines other", "needs elsewhere"})
        self.assertEqual(self.library(SOURCE.replace("int other", "static int other")), {"defines used", "needs outside"})

    def test_differences_are_said(self):
        self.addCleanup(setattr, surface, "FOLDER", surface.FOLDER)
        surface.FOLDER = self.folder
        self.assertEqual(surface.compare("below/x.txt", {"a 1", "b 2"}, True), [])
        self.assertEqual(surface.compare("below/x.txt", {"a 1", "b 2"}, False), [])
        self.assertEqual(surface.compare("below/x.txt", {"a 1", "b 3"}, False),
                         ["below/x.txt: new: b 3", "below/x.txt: gone: b 2"])

    def test_headers_alone(self):
        (self.folder / "ours.h").write_text("extern needed_t before;\n")
        Path(self.compiler + "++").write_text(Path(self.compiler).read_text())
        Path(self.compiler + "++").chmod(0o755)
        self.assertEqual(len(surface.compile_alone(self.compiler, ["ours.h"])), len(surface.MODES))
        (self.folder / "ours.h").write_text("#pragma once\ntypedef int new;\n")
        problems = surface.compile_alone(self.compiler, ["ours.h"])
        self.assertEqual(len(problems), 1, problems)
        self.assertIn("-xc++", problems[0])
