# SPDX-License-Identifier: MIT
"""Directives of tests, names of tests, commands of tests."""

import unittest

import cases
from directives import DirectiveError, Directives, evaluate

FEATURES = {"c++26", "clang", "clang-19", "target=x86_64-unknown-coconut", "-fsized-deallocation"}


class Expressions(unittest.TestCase):
    """evaluate()."""

    def test_operators(self):
        """Names, not, and, or, brackets; and binds tighter than or."""
        for text, value in (("clang", True), ("gcc", False), ("!gcc", True), ("!!clang", True),
                            ("clang && gcc", False), ("clang || gcc && gcc", True),
                            ("(clang || gcc) && gcc", False), ("!(clang && c++26)", False),
                            ("-fsized-deallocation", True), ("true", True), ("*", True), ("!false&&clang", True)):
            self.assertEqual(evaluate(text, FEATURES), value, text)

    def test_patterns(self):
        """A pattern matches a whole name; the rest of the name is literal."""
        for text, value in (("target={{.+}}-coconut", True), ("target={{.+}}-linux{{.*}}", False),
                            ("clang-{{1[89]}}", True), ("clang-{{1}}", False), ("{{c..26}}", True),
                            ("c..26", False)):
            self.assertEqual(evaluate(text, FEATURES), value, text)

    def test_refuses(self):
        """What is not understood is an error, never a value."""
        for text in ("", "clang &&", "&& clang", "(clang", "clang)", "clang gcc", "a ? b"):
            with self.assertRaises(DirectiveError, msg=text):
                evaluate(text, FEATURES)


class Files(unittest.TestCase):
    """Directives of a test's text."""

    def test_applies(self):
        """One true UNSUPPORTED or one false REQUIRES is enough."""
        self.assertIsNone(Directives("// UNSUPPORTED: gcc, c++03\n// REQUIRES: clang", FEATURES).why_not())
        self.assertEqual(Directives("// UNSUPPORTED: gcc, c++26", FEATURES).why_not(),
                         "UNSUPPORTED: c++26")
        self.assertEqual(Directives("# REQUIRES: clang, gcc", FEATURES).why_not(), "REQUIRES: gcc")
        self.assertEqual(Directives("// XFAIL: target={{a,b|.*coconut}}", FEATURES).fails(),
                         "XFAIL: target={{a,b|.*coconut}}")
        self.assertIsNone(Directives("// XFAIL: gcc", FEATURES).fails())

    def test_flags(self):
        """Flags that depend on a feature count only with it."""
        text = ("// ADDITIONAL_COMPILE_FLAGS: -DA -DB\n// ADDITIONAL_COMPILE_FLAGS(clang): -DC\n"
                "// ADDITIONAL_COMPILE_FLAGS(gcc): -DD\n// FILE_DEPENDENCIES: a.dat, b.dat\n")
        found = Directives(text, FEATURES)
        self.assertEqual(found.flags, ["-DA", "-DB", "-DC"])
        self.assertEqual(found.files, ["a.dat", "b.dat"])

    def test_continued_command(self):
        """A backslash joins commands."""
        found = Directives("// RUN: %{cxx} %s \\\n// RUN:   -o %t.exe\n// RUN: %{run}\n", FEATURES)
        self.assertEqual(found.commands, ["%{cxx} %s -o %t.exe", "%{run}"])


class Kinds(unittest.TestCase):
    """What a file's name says."""

    def test_kinds(self):
        """The longest known ending decides; other files are no tests."""
        for name, kind in (("a.pass.cpp", "run"), ("a.b.pass.cpp", "run"), ("a.compile.pass.cpp", "compile"),
                           ("a.compile.fail.cpp", "refuse"), ("a.link.pass.cpp", "link"),
                           ("a.verify.cpp", "verify"), ("a.pass.sh.s", "commands"),
                           ("a.sh.cpp", "commands"), ("a.gen.py", "generator"), ("a.cpp", None),
                           (".a.pass.cpp", None), ("a.pass.mm", None)):
            self.assertEqual(cases.kind_of(name), kind, name)

    def test_sample(self):
        """A sample of a sample is a part of it; all is all."""
        names = [f"libcxx/std/a{number}.pass.cpp" for number in range(3000)]
        chosen = {part: [name for name in names if cases.in_sample(name, part)] for part in (1, 10, 40)}
        self.assertEqual(chosen[1], names)
        self.assertTrue(set(chosen[40]) <= set(chosen[10]))
        self.assertTrue(200 < len(chosen[10]) < 400)


if __name__ == "__main__":
    unittest.main()
