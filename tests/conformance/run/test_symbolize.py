# SPDX-License-Identifier: MIT
"""Backtraces of programs that fail, and coconut symbolize."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
SDK = Path(os.environ.get("COCONUT_TEST_SDK", TOP / "build" / "sdk"))
COCONUT = SDK / "bin" / "coconut"
LIMIT = 300


class Symbolize(unittest.TestCase):
    """Runs fails.cpp, compiled once with the SDK."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="coconut-symbolize-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.program = Path(os.path.realpath(cls.folder.name)) / "fails"
        subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-clang++", "-g", "-O1", "-std=c++20",
                        Path(__file__).parent / "fails.cpp", "-o", cls.program], check=True)
        cls.environment = {key: value for key, value in os.environ.items()
                           if not key.startswith("COCONUT_")}

    def command(self, *words, stdin=""):
        """Run the coconut command; returns (status, standard output, standard error)."""
        done = subprocess.run([COCONUT, *words], input=stdin, capture_output=True, text=True,
                              timeout=LIMIT, check=False, env=self.environment)
        return done.returncode, done.stdout, done.stderr

    def fail_by(self, how, *options):
        """Run the program; returns (status, standard error)."""
        status, out, error = self.command("run", "--no-cwd", "--timeout", str(LIMIT), *options,
                                          self.program, how)
        self.assertEqual(out, "")
        return status, error

    def explained(self, how):
        """The program's standard error behind coconut symbolize, in lines."""
        status, error = self.fail_by(how, "--env", "COCONUT_BACKTRACE=1")
        self.assertEqual(status, 134)
        status, out, error = self.command("symbolize", self.program, stdin=error)
        self.assertEqual((status, error), (0, ""))
        return out.splitlines()

    def frames(self, how):
        """Names of the functions in the explained backtrace, innermost first."""
        found = [re.match(r"  0x[0-9a-f]+ (?:\(inlined by\) )?(?:\(anonymous namespace\)::)?([\w:$~]+)",
                          line) for line in self.explained(how)]
        return [one.group(1) for one in found if one]

    def test_exception_names_line(self):
        status, error = self.fail_by("fault")
        self.assertEqual(status, 139)
        self.assertIn("page fault writing address 0x10 at 0x", error)
        self.assertRegex(error, r"\), in .*write_to\(int\*\) at .*fails\.cpp:14:\d+\n$")

    def test_abort(self):
        frames = self.frames("abort")
        self.assertEqual(frames[frames.index("abort"):][:3], ["abort", "give_up", "main"])

    def test_uncaught_exception(self):
        frames = self.frames("throw")
        inner = frames.index("__cxa_throw")
        self.assertEqual(frames[inner + 1], "throw_up")
        self.assertIn("main", frames)

    def test_thread(self):
        frames = self.frames("thread")
        self.assertIn("give_up", frames)
        self.assertEqual(frames[-1], "thread_main")

    def test_line_of_throw(self):
        self.assertTrue(any("throw_up(int) at" in line and "fails.cpp:26:" in line
                            for line in self.explained("throw")))

    def test_run_explains(self):
        """coconut run --backtrace does by itself what the pipe does, and changes nothing else."""
        status, error = self.fail_by("abort", "--backtrace")
        self.assertEqual(status, 134)
        lines = error.splitlines()
        self.assertTrue(any(re.match(r"coconut:   0x[0-9a-f]+ .*give_up\(\) at .*fails\.cpp:\d+:\d+$", line)
                            for line in lines), error)
        self.assertTrue(lines[-1].startswith("coconut: ") and "SIGABRT" in lines[-1], error)

    def check_told(self, how, status, *places):
        """Without any option coconut run tells what the end of the program would have returned to."""
        found, error = self.fail_by(how)
        self.assertEqual(found, status)
        frames = [line for line in error.splitlines() if line.startswith("coconut:   0x")]
        rest = iter(frames)
        for place in places:
            self.assertTrue(any(re.search(place, line) for line in rest), (place, error))
        self.assertTrue(error.splitlines()[-1].startswith(f"coconut: {self.program}: "), error)

    def test_run_tells_abort(self):
        self.check_told("abort", 134, r" abort at ", r"give_up\(\) at .*fails\.cpp:20:", r" main at .*fails\.cpp:\d+:")

    def test_run_tells_uncaught(self):
        self.check_told("throw", 134, r" __cxa_throw at ", r"throw_up\(int\) at .*fails\.cpp:26:", r" main at ")

    def test_run_tells_exception(self):
        self.check_told("fault", 139, r"write_to\(int\*\) at .*fails\.cpp:14:", r" main at ")

    def test_run_tells_thread(self):
        self.check_told("thread", 134, r"give_up\(\) at ", r" thread_main at ")

    def test_run_knows_nothing(self):
        """A program without any symbols: no frames, the end all the same."""
        bare = self.program.with_name("bare")
        subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-strip", self.program, "-o", bare], check=True)
        status, out, error = self.command("run", "--no-cwd", bare, "abort")
        self.assertEqual((status, out), (134, ""))
        self.assertEqual(error, f"coconut: {bare}: ended by signal 6 (SIGABRT)\n")

    def test_kernel_log(self):
        """A kernel log's reports are explained where they are of the program, by its build id."""
        log = self.program.with_name("kernel.log")
        self.fail_by("abort", "--kernel-log", log)
        text = log.read_text(encoding="utf-8")
        self.assertRegex(text, r"(?m)^\[fails\] process \d+ thread \d+: signal 6 at rip [0-9a-f]+ \(program \+ [0-9a-f]+\)$")
        status, out, error = self.command("symbolize", self.program, stdin=text)
        self.assertEqual((status, error), (0, ""))
        self.assertRegex(out, r"\n  build id [0-9a-f]{40}\n(  0x.*\n)+  0x[0-9a-f]+ .*give_up\(\) at .*fails\.cpp:20:")
        self.assertEqual(self.command("symbolize", self.overflow(), stdin=text), (0, text, ""))

    def overflow(self, *options):
        """A program with a mistake that the undefined-behaviour sanitizer reports."""
        program = self.program.with_name("-".join(("overflows", *options)))
        subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-clang", "-g", "-O1", "-fsanitize=undefined", *options,
                        Path(__file__).parent / "overflows.c", "-o", program], check=True)
        return program

    def check_overflow(self, lines):
        """The frames are the program's, from the mistake on."""
        found = [re.search(r"0x[0-9a-f]+ (\w+) at .*overflows\.c:(\d+):\d+$", line) for line in lines]
        places = [one.groups() for one in found if one]
        self.assertEqual(places, [("add", "8"), ("twice", "13"), ("main", "18")], lines)
        self.assertFalse([line for line in lines if "__sanitizer" in line])

    def test_sanitizer_frames(self):
        """Frames of a report, through the pipe and by coconut run itself."""
        program = self.overflow()
        status, out, error = self.command("run", "--no-cwd", "--env", "UBSAN_OPTIONS=print_stacktrace=1", program)
        self.assertEqual((status, out), (0, "-2\n"))
        status, out, rest = self.command("symbolize", program, stdin=error)
        self.assertEqual((status, rest), (0, ""))
        self.check_overflow(out.splitlines())
        status, out, error = self.command("run", "--no-cwd", "--backtrace", program)
        self.assertEqual((status, out), (0, "-2\n"))
        self.check_overflow([line for line in error.splitlines() if line.startswith("coconut: ")])

    def test_minimal_runtime(self):
        """A line of the minimal runtime says where the program lay, so that no --base is wanted."""
        program = self.overflow("-fsanitize-minimal-runtime")
        status, out, error = self.command("run", "--no-cwd", program)
        self.assertEqual((status, out), (0, "-2\n"))
        self.assertRegex(error, r"^ubsan: add-overflow by 0x[0-9a-f]{16}, loaded at 0x[0-9a-f]+\n$")
        status, out, rest = self.command("symbolize", program, stdin=error)
        self.assertEqual((status, rest), (0, ""))
        self.assertRegex(out.removeprefix(error), r"^  0x[0-9a-f]+ add at .*overflows\.c:8:\d+\n$")

    def test_markup(self):
        """Addresses in markup count from where the last elements before them say that the code lies."""
        main = self.main_address()
        place = main & ~0xfff
        text = (f"{{{{{{mmap:0x1000:0x1000:load:0:rx:0x0}}}}}}\n{{{{{{reset}}}}}}\n"
                f"{{{{{{mmap:0x5000:0x1000:load:0:rx:{place:#x}}}}}}}\nlog: {{{{{{bt:0:{main - place + 0x5000:#x}}}}}}}\n")
        status, out, error = self.command("symbolize", self.program, stdin=text)
        self.assertEqual((status, error), (0, ""))
        self.assertTrue(out.startswith(text))
        self.assertRegex(out.removeprefix(text), r"^  0x5[0-9a-f]{3} main at .*fails\.cpp:\d+:\d+\n$")

    def test_silent_without_request(self):
        status, error = self.fail_by("abort")
        self.assertEqual(status, 134)
        self.assertNotIn("backtrace", error)

    def main_address(self):
        """Address of main() as linked."""
        table = subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-nm", self.program], check=True,
                               capture_output=True, text=True).stdout
        return int(re.search(r"^([0-9a-f]+) T main$", table, re.MULTILINE).group(1), 16)

    def test_addresses(self):
        main = self.main_address()
        status, out, error = self.command("symbolize", self.program, f"{main:x}")
        self.assertEqual((status, error), (0, ""))
        self.assertRegex(out, rf"^0x{main:x} main at .*fails\.cpp:\d+:\d+\n$")
        based = self.command("symbolize", "--base", "0x7000", self.program, f"{main + 0x7000:x}")
        self.assertEqual((based[0], based[1].split(" ", 1)[1]), (0, out.split(" ", 1)[1]))

    def test_unknown_address(self):
        self.assertEqual(self.command("symbolize", self.program, "ffffffff"),
                         (1, "0xffffffff (unknown)\n", ""))

    def test_bad_input(self):
        for words, text in (((), "which program"), (("/none",), "/none: No such file"),
                            ((__file__,), "is not an ELF program"),
                            ((self.program, "xyz"), "an address in hexadecimal"),
                            (("--base", "9", self.program, "1"), "below --base")):
            with self.subTest(words=words):
                status, out, error = self.command("symbolize", *words)
                self.assertNotEqual(status, 0)
                self.assertEqual((out, error.count("\n"), text in error), ("", 1, True), error)

    def test_other_text_passes(self):
        text = "backtrace, loaded at nowhere: 0x1\nubsan: x\n\xe9\n"
        self.assertEqual(self.command("symbolize", self.program, stdin=text), (0, text, ""))
