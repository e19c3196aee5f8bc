# SPDX-License-Identifier: MIT
"""What the tool chain's checks share: the SDK under test, a folder of its own for each check."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
TRIPLE = "x86_64-unknown-coconut"
LIMIT = 900

#: The SDK under test; set by run.py.
SDK = TOP / "build" / "sdk"

HELLO = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'


def tool(name):
    """Path of one of the SDK's commands."""
    return str(SDK / "bin" / f"{TRIPLE}-{name}")


class Case(unittest.TestCase):
    """A check with an empty folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="coconut-toolchain-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(os.path.realpath(folder.name))

    def write(self, name, text):
        """Write a file in the folder and return its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run_any(self, *words, env=None, cwd=None):
        """Run a command and return the CompletedProcess; its output is text."""
        return subprocess.run([str(word) for word in words], cwd=cwd or self.folder, text=True,
                              capture_output=True, timeout=LIMIT, check=False,
                              stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})

    def run_good(self, *words, env=None, cwd=None):
        """Run a command that must succeed; return its standard output."""
        done = self.run_any(*words, env=env, cwd=cwd)
        if done.returncode != 0:
            text = (done.stderr or done.stdout).strip()
            errors = [line for line in text.splitlines() if "rror" in line] or [text]
            self.fail(f"{Path(str(words[0])).name}: {errors[0]}\n{text}")
        return done.stdout

    def run_bad(self, pattern, *words):
        """Run a command that must fail with a line that matches pattern."""
        done = self.run_any(*words)
        self.assertNotEqual(done.returncode, 0, f"{words[0]} should have failed")
        self.assertRegex(done.stderr + done.stdout, pattern)

    def compile(self, text, *options, name="program.c"):
        """Compile and link a source text; return the path of the result."""
        source = self.write(name, text)
        output = self.folder / "program"
        self.run_good(tool("clang"), *options, source, "-o", output)
        return output

    def readelf(self, path, *options):
        """Return readelf's text."""
        return self.run_good("llvm-readelf-19", *options, path)

    def segments(self, path):
        """Return [(type, flags)] of a program's segments."""
        rows = re.findall(r"^  ([A-Z_]+) +0x\S+ 0x\S+ 0x\S+ 0x\S+ 0x\S+ (.{3}) 0",
                          self.readelf(path, "-lW"), re.MULTILINE)
        self.assertTrue(rows, "readelf's output has no segments")
        return [(kind, flags.replace(" ", "")) for kind, flags in rows]

    def cmake(self, source, *options):
        """Configure a project with the toolchain file; return cmake's output."""
        return self.run_good("cmake", "-G", "Ninja", "-S", source, "-B", self.folder / "build",
                             f"-DCMAKE_TOOLCHAIN_FILE={SDK / 'toolchain' / 'coconut.cmake'}",
                             *options)
