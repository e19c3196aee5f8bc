# SPDX-License-Identifier: MIT
"""`coconut new`: names, refusals, and that a project is there whole or not at all."""

import os
from pathlib import Path

from support import Case


class New(Case):
    """Templates on the host; tests/conformance/run/test_new.py builds them."""

    def test_list(self):
        done = self.coconut("new", "--list")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        names = [line.split()[0] for line in done.stdout.splitlines()]
        self.assertEqual(names, sorted(names))
        self.assertLessEqual({"c-service", "cxx-service", "port", "test"}, set(names))

    def test_files(self):
        for template, place in (("c-service", ""), ("cxx-service", ""), ("port", "source"), ("test", "")):
            with self.subTest(template):
                name = f"my-{template}"
                done = self.coconut("new", template, name)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                made = [path for path in (self.work / name).rglob("*") if path.is_file()]
                self.assertGreater(len(made), 4)
                for path in made:
                    self.assertNotIn("@", path.name)
                    self.assertFalse(path.name.endswith(".in"), path)
                    text = path.read_text()
                    for mark in ("@NAME@", "@IDENT@", "SPDX"):
                        self.assertNotIn(mark, text, path)
                self.assertIn(f"my_{template.replace('-', '_')}",
                              (self.work / name / place / "CMakeLists.txt").read_text())

    def test_bad_names(self):
        for name in ("", "Clock", "9clock", "clock_x", "../clock", "/tmp/x", "a/b", "clock-", "a--b",
                     "x" * 25, "test", "all", "init", "c\n"):
            with self.subTest(name):
                done = self.coconut("new", "test", name)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(f"'{name}'", done.stderr)
                self.assertEqual(os.listdir(self.work), [])

    def test_bad_words(self):
        for words, part in ((["new"], "a template and a name"), (["new", "test"], "a template and a name"),
                            (["new", "nothing", "x"], "no template 'nothing'"),
                            (["new", "../test", "x"], "no template '../test'"),
                            (["new", "--list", "x"], "not expected")):
            with self.subTest(words):
                done = self.coconut(*words)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assert_one_line(done.stderr, part)

    def test_place_is_taken(self):
        (self.work / "folder").mkdir()
        (self.work / "file").write_text("mine")
        (self.work / "link").symlink_to("nowhere")
        for name in ("folder", "file", "link"):
            with self.subTest(name):
                done = self.coconut("new", "test", name)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assert_one_line(done.stderr, f"{name}: is there already")
        self.assertEqual(sorted(os.listdir(self.work)), ["file", "folder", "link"])
        self.assertEqual((self.work / "file").read_text(), "mine")

    def test_folder_that_cannot_be_written(self):
        self.work = Path("/proc/self")  # even for root
        done = self.coconut("new", "test", "x")
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "cannot make x: ")


class Build(Case):
    """Folders without a project."""

    def test_no_project(self):
        done = self.coconut("build", ".")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assert_one_line(done.stderr, "there is no CMakeLists.txt")

    def test_two_folders(self):
        done = self.coconut("build", ".", "x")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assert_one_line(done.stderr, "'x' is not expected")
