# SPDX-License-Identifier: MIT
"""Compiled modules of an installed SDK: the same bytes everywhere, taken by Python, never stale."""

import subprocess
import sys

from support import TOP, Case

from coconut_cli import bytecode

SOURCE = "import os\nNAMES = ('one', 'two', 'one')\n\n\ndef call(value):\n    return [name + value for name in NAMES]\n"
USE = "import sys; sys.path.insert(0, sys.argv[1]); import module; print(module.call('x')[0])"


class Bytecode(Case):
    """A module of our own."""

    def make(self, folder, also=""):
        """Write the module and its compiled form by a process that has imported `also`; returns the latter."""
        place = self.work / folder
        place.mkdir()
        (place / "module.py").write_text(SOURCE)
        words = f"import sys{also}; sys.path.insert(0, '{TOP}/sdk/tools'); from coconut_cli import bytecode; bytecode.write(sys.argv[1])"
        subprocess.run([sys.executable, "-ISB", "-c", words, place], check=True)
        return (place / bytecode.place("module.py")).read_bytes()

    def use(self, folder):
        """Import the module; returns (what it says, whether its compiled form was taken)."""
        done = subprocess.run([sys.executable, "-ISBv", "-c", USE, self.work / folder], capture_output=True, text=True, check=True)
        return done.stdout, "module.py\n" in done.stderr and f"code object from '{self.work / folder}/__pycache__" in done.stderr

    def test_same_everywhere(self):
        self.assertEqual(self.make("one"), self.make("another folder", ", json, email.message, decimal"))

    def test_taken_until_the_source_changes(self):
        self.make("one")
        self.assertEqual(self.use("one"), ("onex\n", True))
        (self.work / "one" / "module.py").write_text(SOURCE.replace("'one'", "'new'"))
        self.assertEqual(self.use("one"), ("newx\n", False))

    def test_installed_command_writes_nothing(self):
        text = (TOP / "coconut").read_text()
        self.assertIn("*/lib/coconut) set -- -ISB", text)
