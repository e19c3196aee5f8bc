# SPDX-License-Identifier: MIT
"""All commands: one style of help; completion, manual pages and versions from the same tables."""

import json
import re
import shutil
import subprocess
import sys
import unittest

from support import COCONUT, LIMIT, TOP, Case

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
                              capture_output=True, text=True, timeout=LIMIT, check=True)
        return done.stdout.split()

    def test_bash(self):
        (self.work / "program").write_text("")
        self.assertEqual(self.complete("ver"), ["version"])
        self.assertEqual(self.complete("help", "ver"), ["version"])
        self.assertEqual(self.complete("run", "--time"), ["--timeout"])
        self.assertEqual(self.complete("size", "pro"), ["program"])
        self.assertEqual(set(self.complete("")), {*main.COMMANDS, "help"})

    def test_zsh_and_fish(self):
        zsh, fish = (self.coconut("completion", "--shell", shell).stdout for shell in ("zsh", "fish"))
        for name, command in completion.tables().items():
            self.assertIn(f"\n    '{name}:", zsh)
            self.assertIn(f"-n __fish_use_subcommand -f -a {name} -d ", fish)
            for option in command.options:
                self.assertRegex(zsh, rf"(?m)^{name}\) options=\(.*'{option.name}:")
                self.assertIn(f"-n '__fish_seen_subcommand_from {name}' -l {option.name[2:]} -d ", fish)
        for shell, text in (("zsh", zsh), ("fish", fish)):
            self.assertEqual(text.count("'") % 2, 0)
            if shutil.which(shell):
                subprocess.run([shell, "-n"], input=text, text=True, check=True, timeout=LIMIT)
        done = self.coconut("completion", "--shell", "csh")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assert_one_line(done.stderr, "no completion for 'csh'", "bash, zsh, fish")

    def test_json(self):
        self.assertIn("c-service", json.loads(self.coconut("new", "--list", "--json").stdout))
        (self.work / "f").write_bytes(b"12345")
        self.assertEqual(self.coconut("pack", "a.pkit", "etc/f=f").returncode, 0)
        self.assertEqual(json.loads(self.coconut("pack", "--list", "--json", "a.pkit").stdout), [{"name": "etc/f", "size": 5}])
        (self.work / "log").write_text("platform\n[init] service one: running, process 5, start 2\n[one] a \"word\"\n"
                                       "[init] service two: running, process 7, start 1\n"
                                       "[init] service two: ended, reason 0, code 3\n")
        self.assertEqual(json.loads(self.coconut("ps", "--json", "log").stdout), [
            {"name": "one", "state": "running", "process": 5, "starts": 2, "end": None},
            {"name": "two", "state": "ended", "process": None, "starts": 1, "end": "code 3"}])
        found = json.loads(self.coconut("logs", "--json", "log").stdout)
        self.assertEqual(found[0], {"program": None, "text": "platform"})
        self.assertEqual(found[2], {"program": "one", "text": "a \"word\""})
        self.assertEqual(json.loads(self.coconut("logs", "--json", "log", "nobody").stdout), [])
        done = self.coconut("doctor", "--json")
        for one in json.loads(done.stdout):
            self.assertEqual(set(one), {"check", "ok", "problem", "mend"})
            self.assertEqual(one["ok"], one["problem"] is None)
        for words in (["new", "--json", "test", "x"], ["pack", "--json", "b.pkit", "f=f"], ["port", "--json", "zlib"],
                      ["test", "--json", "tree"], ["manifest", "show", "--json", "log"]):
            self.assertEqual(self.coconut(*words).returncode, 2)

    def test_json_of_lists(self):
        for words in (("port", "--list"), ("test", "--list")):
            found, text = json.loads(self.coconut(*words, "--json").stdout), self.coconut(*words).stdout
            self.assertEqual([one["name"] for one in found], [line.split()[0] for line in text.splitlines()])
        self.assertEqual(set(found[0]), {"name", "text", "on_request"})
        self.assertIn({"name": "docs-commands-all", "on_request": True},
                      [{key: one[key] for key in ("name", "on_request")} for one in found])

    def test_json_of_symbolize(self):
        (self.work / "p.c").write_text("int twice(int n)\n{\n    return 2 * n;\n}\nint main(void)\n{\n    return twice(0);\n}\n")
        subprocess.run(["clang-19", "-g", "-fuse-ld=lld", "-nostdlib", "-static", "-Wl,-e,main", "p.c", "-o", "p"],
                       cwd=self.work, check=True)
        names = subprocess.run(["llvm-nm-19", "p"], cwd=self.work, check=True, text=True, capture_output=True).stdout
        place = {line.split()[2]: int(line.split()[0], 16) for line in names.splitlines()}
        twice = {"address": f"{place['twice']:#x}",
                 "calls": [{"function": "twice", "file": str(self.work / "p.c"), "line": 2, "column": 0}]}
        done = self.coconut("symbolize", "--json", "p", f"{place['twice']:#x}", "0x10")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(done.stdout), [twice, {"address": "0x10", "calls": []}])
        done = self.coconut("symbolize", "--json", "p", "0x10")
        self.assertEqual((done.returncode, json.loads(done.stdout)), (1, [{"address": "0x10", "calls": []}]))
        line = f"coconut: p: page fault at {place['twice']:#x} in the program"
        done = subprocess.run([COCONUT, "symbolize", "--json", "p"], input=f"before\n{line}\n", cwd=self.work,
                              text=True, capture_output=True, check=True)
        self.assertEqual(json.loads(done.stdout), [{"line": line, "frames": [twice]}])

    def test_any_bytes(self):
        """In a locale whose encoding is strict: there is none on every machine, so its strictness is made."""
        subprocess.run(["clang-19", "-fuse-ld=lld", "-nostdlib", "-static", "-Wl,-e,main", "-x", "c", "-", "-o", "p"],
                       input=b"int main(void) { return 0; }", cwd=self.work, check=True)
        script = ("import io, sys; sys.path.insert(0, sys.argv.pop(1)); sys.stdin.reconfigure(errors='strict'); "
                  "sys.stdout.reconfigure(errors='strict'); from coconut_cli import main; sys.exit(main.main(sys.argv[1:]))")
        done = subprocess.run([sys.executable, "-X", "utf8", "-c", script, TOP / "sdk" / "tools", "symbolize", "p"],
                              input=b"\xff\xfe\n", cwd=self.work, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"\xff\xfe\n", b""))

    def test_closed_streams(self):
        subprocess.run(["clang-19", "-fuse-ld=lld", "-nostdlib", "-static", "-Wl,-e,main", "-x", "c", "-", "-o", "p"],
                       input=b"int main(void) { return 0; }", cwd=self.work, check=True)
        for closed in ("<&-", ">&-", "<&- >&-"):
            with self.subTest(closed):
                done = subprocess.run(["sh", "-c", f'"$0" symbolize p {closed}', COCONUT], cwd=self.work, text=True,
                                      stdin=subprocess.DEVNULL, capture_output=True, check=False)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

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
                                      text=True, timeout=LIMIT, check=False)
                self.assertEqual(done.stderr, "", page)

    def test_version(self):
        text = self.coconut("version").stdout
        found = json.loads(self.coconut("version", "--json").stdout)
        self.assertEqual(set(found), {"version", "abi_level", "place", "compiler", "emulator"})
        self.assertIn(f"coconut {found['version']}, ABI level ", text)
        self.assertEqual(found["place"], str(TOP))
        done = self.coconut("version", "--xml")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
