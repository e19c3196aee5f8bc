# SPDX-License-Identifier: MIT
"""coconut run with the real kernel in the real QEMU."""

import os
import resource
import shlex
import struct
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
SDK = Path(os.environ.get("COCONUT_TEST_SDK", TOP / "build" / "sdk"))
COCONUT = SDK / "bin" / "coconut"
LIMIT = 300  #: seconds for what ends by itself, on a machine that has much else to do


class Case(unittest.TestCase):
    """Runs the subject program, compiled once with the SDK."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="coconut-run-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.place = Path(os.path.realpath(cls.folder.name))
        cls.subject = cls.place / "subject"
        compiler = SDK / "bin" / "x86_64-unknown-coconut-clang"
        subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-Werror",
                        Path(__file__).parent / "subject.c", "-o", cls.subject], check=True)
        cls.environment = {key: value for key, value in os.environ.items()
                           if not key.startswith("COCONUT_")}

    def setUp(self):
        work = tempfile.TemporaryDirectory(prefix="work-", dir=self.place)
        self.addCleanup(work.cleanup)
        self.work = Path(work.name)

    def words(self, *arguments, options=()):
        """Return the command line of a run."""
        return [COCONUT, "run", "--timeout", str(LIMIT), *options, self.subject, *arguments]

    def act(self, *arguments, options=(), stdin=b"", env=None):
        """Run the subject to its end; returns the CompletedProcess with bytes."""
        return subprocess.run(self.words(*arguments, options=options), input=stdin, cwd=self.work,
                              capture_output=True, timeout=LIMIT, check=False,
                              env={**self.environment, **(env or {})})

    def ended(self, done, status, stdout=b"", stderr=b""):
        """Assert how a run ended, to the byte."""
        self.assertEqual((done.returncode, done.stdout, done.stderr), (status, stdout, stderr))


class Streams(Case):
    """Standard streams, arguments, environment, files."""

    def test_echo_of_random_bytes(self):
        data = os.urandom(2_000_001)
        for cpus in ("1", "2", "4"):
            with self.subTest(cpus=cpus):
                self.ended(self.act("echo", stdin=data, options=["--cpus", cpus]), 0, data)

    def test_outputs_stay_apart_and_unchanged(self):
        data = bytes(range(256)) * 100
        self.ended(self.act("both"), 0, data, data)

    def test_slow_writer_and_reader(self):
        # Each byte goes through before the next is sent: nothing waits for a buffer to fill.
        for act in ("echo", "poll-echo"):
            with self.subTest(act), subprocess.Popen(
                    self.words(act), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.work,
                    env=self.environment) as run:
                if act == "poll-echo":
                    self.assertEqual(os.read(run.stdout.fileno(), 10), b"?")  # has found no input
                for byte in (b"a", b"\0", b"\xff"):
                    run.stdin.write(byte)
                    run.stdin.flush()
                    self.assertEqual(os.read(run.stdout.fileno(), 10), byte)
                run.stdin.close()
                self.assertEqual(run.wait(LIMIT), 0)

    def test_arguments_and_environment(self):
        done = self.act("show", "", "a b", "\u00e9\n", options=["--env", "A=b c", "--env", "A=2"],
                        env={"TZ": "UTC", "LANG": "C", "OTHER": "x"})
        expected = ["argument ", "argument a b", "argument \u00e9\n", "environment TZ=UTC",
                    "environment LANG=C", "environment A=2", f"directory {self.work}", ""]
        self.ended(done, 0, "\n".join(expected).encode())

    def test_files_of_the_working_directory(self):
        data = os.urandom(300_000)
        (self.work / "sub").mkdir()
        (self.work / "sub" / "file").write_bytes(data)
        for name in ("sub/file", str(self.work / "sub" / "file"), "./sub/../sub/file"):
            with self.subTest(name):
                self.ended(self.act("file", name), 0, data)
        self.assertEqual(self.act("file", "sub/file", options=["--no-cwd"]).returncode, 1)

    def test_full_file_system(self):
        done = self.act("fill", options=["--mem", "64M"])
        self.assertEqual((done.returncode, done.stderr), (0, b""))


class Endings(Case):
    """Exit statuses."""

    def test_exit_status(self):
        for status in (0, 1, 42, 255):
            self.ended(self.act("exit", str(status)), status)

    def test_exceptions(self):
        for how, status, part in (("null", 139, b"page fault writing address 0x0"),
                                  ("divide", 136, b"division error"),
                                  ("invalid", 132, b"invalid instruction")):
            with self.subTest(how):
                done = self.act("fault", how)
                self.assertEqual((done.returncode, done.stdout), (status, b""))
                *frames, last = done.stderr.splitlines()
                self.assertIn(part, last)
                self.assertTrue(all(line.startswith(b"coconut:   0x") for line in frames), done.stderr)

    def test_abort(self):
        done = self.act("fault", "abort")
        self.assertEqual((done.returncode, done.stdout), (134, b""))

    def test_time_limit(self):
        done = self.act("sleep", options=["--timeout", "2"])  # which sleeps longer than this waits
        self.assertEqual(done.returncode, 124)

    def test_reader_gone(self):
        with subprocess.Popen(self.words("flood"), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, cwd=self.work, env=self.environment) as run:
            self.assertTrue(run.stdout.read(100_000).startswith(b"yes\nyes\n"))
            run.stdout.close()
            self.assertEqual(run.stderr.read(), b"")
            self.assertEqual(run.wait(LIMIT), 141)

    @staticmethod
    def clocks():
        """Seconds: on the clock, of the processors for processes that this one has started, and for all of the machine."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        ticks = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        busy = (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")  # but those without work, and with input/output
        return time.monotonic(), used.ru_utime + used.ru_stime, busy

    def test_start_is_fast(self):
        """Median of five from the command line to the end, of the processors; the goal is a second. On the clock, too, where
        others leave it the machine."""
        used, alone = [], []
        for _ in range(5):
            before = self.clocks()
            self.ended(self.act("exit", "0", options=["--no-cwd"]), 0)
            clock, own, busy = (now - then for now, then in zip(self.clocks(), before))
            used.append(own)
            alone += [clock] if busy - own < clock / 5 else []
        self.assertLess(sorted(used)[2], 1.0, used)
        self.assertLess(sorted(alone)[len(alone) // 2] if alone else 0, 1.0, alone)


class BadInput(Case):
    """Images and programs that the kernel refuses."""

    def boot(self, data, *options):
        """Boot an archive; returns the CompletedProcess with text."""
        path = self.work / "archive"
        path.write_bytes(data)
        return subprocess.run([COCONUT, "boot", "--timeout", str(LIMIT), *options, path], text=True,
                              capture_output=True, timeout=LIMIT, check=False, errors="replace",
                              stdin=subprocess.DEVNULL, env=self.environment)

    def test_processor_without_random_numbers(self):
        """Nothing could be kept secret on it: the kernel says so and does not start."""
        emulator = self.work / "emulator"
        real = shlex.quote(os.environ.get("COCONUT_QEMU", "qemu-system-x86_64"))
        emulator.write_text('#!/bin/bash\nwords=()\nfor word; do\n'
                            '    case $word in max*) word+=",-rdrand,-rdseed" ;; esac\n'
                            f'    words+=("$word")\ndone\nexec {real} "${{words[@]}}"\n')
        emulator.chmod(0o755)
        path = self.work / "archive"
        path.write_bytes(b"PKIT\x08\0\0\0\x01\0\x01\0\x01\0\0\0\0\0\0\0xy")
        done = subprocess.run([COCONUT, "boot", "--timeout", str(LIMIT), path], text=True, check=False,
                              capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
                              env={**self.environment, "COCONUT_QEMU": str(emulator)})
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("coconut: cannot boot: this CPU has no random numbers", done.stdout)

    def test_archive_without_init(self):
        done = self.boot(b"PKIT\x08\0\0\0\x01\0\x01\0\x01\0\0\0\0\0\0\0xy")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no /init in the boot archive", done.stdout)

    def test_damaged_archives(self):
        for data in (b"PKIT\x08\0\0\0\x02\0\x01\0\x01\0\0\0\0\0\0\0xy", b"not an archive",
                     b"PKIT\x08\0\0\0\x01\0\xff\xff" + b"\xff" * 8 + b"init"):
            with self.subTest(data):
                done = self.boot(data)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertNotIn("panic", done.stdout.lower())

    def test_init_that_is_no_program(self):
        record = struct.pack("<HHQ", 1, 4, 9) + b"init" + b"not a elf"
        done = self.boot(b"PKIT\x08\0\0\0" + record)
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("panic", done.stdout.lower())

    def test_damaged_programs(self):
        """Whatever is wrong with the file: one line, status 126 or 127, never a machine's failure."""
        good = self.subject.read_bytes()
        entry = good[:24] + struct.pack("<Q", 0xFFFF_FFFF_FFFF_0000) + good[32:]
        first = next(at for at in range(64, 64 + 56 * good[56], 56) if good[at:at + 4] == b"\1\0\0\0")
        sizes = good[:first + 32] + struct.pack("<QQ", 1 << 62, 1 << 62) + good[first + 48:]
        for name, data in (("half", good[:0x2800]), ("entry", entry),
                           ("sizes", sizes)):
            with self.subTest(name):
                path = self.work / name
                path.write_bytes(data)
                done = subprocess.run([COCONUT, "run", "--timeout", str(LIMIT), "--no-cwd", path],
                                      capture_output=True, timeout=LIMIT, check=False,
                                      stdin=subprocess.DEVNULL, env=self.environment)
                self.assertEqual((done.returncode, done.stdout), (126, b""), done.stderr)
                self.assertEqual(done.stderr.count(b"\n"), 1)
