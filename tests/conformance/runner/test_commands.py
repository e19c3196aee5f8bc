# SPDX-License-Identifier: MIT
"""All commands: one style of help; completion, manual pages and versions from the same tables."""

import json
import re
import shutil
import subprocess
import unittest

from support import TOP, Case

from coconut_cli import completion, main, manpage

WIDTH = 110


class Tables(unittest.TestCase):
    """What the tables of the commands say."""

    def test_one_style(self):
        for name, command in completion.tables().items():
            with self.subTest(name):
                self.assertEqual(command.name, name)
                self.assertRegex(command.summary, r"(?s)^[A-Z].*[.:]")
                brief = main.COMMANDS[name][1]
                self.assertRegex(brief, r"^[a-z].*[^.]$")
                if command.options:
                    self.assertIn("[OPTIONS]", command.usage)
                names = [option.name for option in command.options]
                self.assertEqual(len(set(names)), len(names))
                for option in command.options:
                    self.assertRegex(option.name, r"^--[a-z][a-z0-9-]*$")
                    self.assertRegex(option.text, r"^[^A-Z].*[^.]$|^KVM|^QEMU")
                    self.assertTrue(option.value is None or re.fullmatch(r"[A-Z][A-Z:=\-]*", option.value),
                                    option.value)
                for line in command.help().splitlines()[3:]:
                    self.assertLessEqual(len(line), WIDTH + 20, line)

    def test_statuses_are_documented(self):
        for name, command in completion.tables().items():
            with self.subTest(name):
                self.assertEqual(command.help().count("exit status:"), 1)

    def test_manual_pages(self):
        pages = manpage.pages()
        self.assertEqual(set(pages), {"coconut.1", *(f"coconut-{name}.1" for name in main.COMMANDS)})
        for name, command in completion.tables().items():
            page = pages[f"coconut-{name}.1"]
            for option in command.options:
                self.assertIn(f".B {manpage.escape(option.name)}", page)
        self.assertEqual(manpage.escape(".a-b\\"), "\\&.a\\-b\\e")


class Output(Case):
    """The commands themselves."""

    def complete(self, *words):
        """Return what bash would offer for a command line that ends in the last word."""
        script = self.folder / "completion"
        script.write_text(self.coconut("completion").stdout)
        text = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _coconut; '
                'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", text, "bash", script, "coconut", *words], cwd=self.work,
                              capture_output=True, text=True, timeout=30, check=True)
        return done.stdout.split()

    def test_bash(self):
        (self.work / "program").write_text("")
        self.assertEqual(self.complete("ver"), ["version"])
        self.assertEqual(self.complete("help", "ver"), ["version"])
        self.assertEqual(self.complete("run", "--time"), ["--timeout"])
        self.assertEqual(self.complete("size", "pro"), ["program"])
        self.assertEqual(set(self.complete("")), {*main.COMMANDS, "help"})

    def test_completion_into_a_file(self):
        done = self.coconut("completion", "--output", "a/b/coconut")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual((self.work / "a/b/coconut").read_text(), self.coconut("completion").stdout)

    def test_man(self):
        done = self.coconut("man", "run")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("\\-\\-timeout", done.stdout)
        self.assertEqual(self.coconut("man", "--output", "share/man").returncode, 0)
        self.assertEqual((self.work / "share/man/man1/coconut-run.1").read_text(), done.stdout)
        done = self.coconut("man", "nothing")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assert_one_line(done.stderr, "no command 'nothing'")
        if shutil.which("groff"):
            for page in sorted((self.work / "share/man/man1").iterdir()):
                done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", page], capture_output=True,
                                      text=True, timeout=30, check=False)
                self.assertEqual(done.stderr, "", page)

    def test_version(self):
        text = self.coconut("version").stdout
        found = json.loads(self.coconut("version", "--json").stdout)
        self.assertEqual(set(found), {"version", "abi_level", "place", "compiler", "emulator"})
        self.assertIn(f"coconut {found['version']}, ABI level ", text)
        self.assertEqual(found["place"], str(TOP))
        done = self.coconut("version", "--xml")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
