# SPDX-License-Identifier: MIT
"""How results are read, kept and judged."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "batch"))

import boots  # noqa: E402
import expectations  # noqa: E402
import run  # noqa: E402


class Driver(unittest.TestCase):
    """Lines of the driver."""

    def read(self, *lines):
        """A reader that has taken lines."""
        reader = boots.Reader()
        for line in lines:
            reader.take(line)
        return reader

    def test_results(self):
        """Statuses, signals and time limits become results; output comes along."""
        for line, result in (("end a exit 0 5", "pass"), ("end a exit 1 5", "fail"),
                             ("end a exit 77 5", "status-77"), ("end a signal 6 5", "signal-6"),
                             ("end a hung 60 60001", "hung"), ("end a lost 2 0", "lost")):
            reader = self.read("start a", "| some text", line, "done")
            self.assertEqual(reader.results["a"].result, result)
            self.assertTrue(reader.done)
        self.assertEqual(self.read("start a", "| one", "| two", "end a exit 1 5").results["a"].text, "one\ntwo")

    def test_other_driver(self):
        """A driver may have names for statuses and signals; what is none of its lines is kept apart."""
        reader = boots.Reader({0: "pass", 4: "unsupported"}, 1)
        for line in ("start a", "| one", "| two", "end a exit 4 5", "start b", "end b signal ALRM 7", "oops"):
            reader.take(line)
        self.assertEqual(reader.results, {"a": boots.Result("unsupported", "two", 5), "b": boots.Result("signal-ALRM", "", 7)})
        self.assertEqual((reader.noise, reader.done), (["oops"], False))

    def test_forged(self):
        """What a test prints cannot pass for the driver's word on another test."""
        reader = self.read("start a", "| end a exit 0 1", "end b exit 0 1", "end a exit zero 1")
        self.assertEqual(reader.results, {})
        self.assertEqual(reader.running, "a")

    def test_died(self):
        """The test that ran when the machine ended is known."""
        reader = self.read("start a", "end a exit 0 1", "start b", "| text")
        self.assertEqual((reader.running, reader.done, list(reader.results)), ("b", False, ["a"]))


class Expectations(unittest.TestCase):
    """The file of expected results."""

    def load(self, text):
        """Load a text with the tests x and y."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "expected.txt"
            path.write_text(text, encoding="utf-8")
            return expectations.load(path, {"x", "y"})

    def test_load(self):
        """Comments, lines, and what is refused."""
        self.assertEqual(self.load("# text\n\nx: signal-6: no such thing\n"), {"x": ("signal-6", "no such thing")})
        for text in ("x fail: why\n", "x: fail:\n", "z: fail: why\n", "x: fail: a\nx: fail: b\n", "x: pass: why\n"):
            with self.assertRaises(expectations.ExpectationError, msg=text):
                self.load(text)

    def test_judge(self):
        """Better and worse than expected both fail."""
        for result, expected, upstream, word in (
                ("pass", None, None, "ok"), ("fail", None, None, "not ok"),
                ("fail", ("fail", "why"), None, "skip"), ("pass", ("fail", "why"), None, "not ok"),
                ("hung", ("fail", "why"), None, "not ok"), ("nobuild", None, "XFAIL: x", "skip"),
                ("pass", None, "XFAIL: x", "not ok")):
            self.assertEqual(expectations.judge(result, expected, upstream)[0], word)


class Kept(unittest.TestCase):
    """Results of earlier runs."""

    def test_records(self):
        """A result counts for the same program and the same kernel only."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            program, kernel, path = folder / "program", folder / "kernel", folder / "results.json"
            program.write_text("1", encoding="utf-8")
            kernel.write_text("1", encoding="utf-8")
            records = run.Records(path, kernel)
            records.keep("x", program, ("pass", ""))
            records.save()
            self.assertEqual(run.Records(path, kernel).recall("x", program), ("pass", ""))
            self.assertIsNone(run.Records(path, kernel).recall("y", program))
            program.write_text("2", encoding="utf-8")
            self.assertIsNone(run.Records(path, kernel).recall("x", program))
            program.write_text("1", encoding="utf-8")
            kernel.write_text("2", encoding="utf-8")
            self.assertIsNone(run.Records(path, kernel).recall("x", program))


if __name__ == "__main__":
    unittest.main()
