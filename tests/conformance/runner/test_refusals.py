# SPDX-License-Identifier: MIT
"""Wrong use and unusable programs: one line, the documented status, nothing started."""

import os
import struct

from support import LINUX_NOTE, Case, elf

from coconut_cli import protocol


class Usage(Case):
    """Options."""

    def test_wrong_options(self):
        for words, part in ((["run", "--bogus", "x"], "--bogus"), (["run"], "which program"),
                            (["run", "--cpus", "0", "x"], "1 to 32"),
                            (["run", "--cpus"], "needs a value"),
                            (["run", "--mem", "lots", "x"], "256M"),
                            (["run", "--timeout", "nan", "x"], "seconds"),
                            (["run", "--no-cwd=1", "x"], "takes no value"),
                            (["bogus"], "unknown command"), (["boot"], "one archive"),
                            (["ru"], "did you mean 'run'"), (["run", "--timout", "3"], "did you mean '--timeout'"),
                            (["--json", "version"], "stands before the command"), (["trace"], "trace: which program"),
                            (["boot", "--machine", "vax", "x"], "microvm"),
                            (["pack", "x", "y"], "NAME=FILE")):
            with self.subTest(words):
                done = self.coconut(*words)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assert_one_line(done.stderr, part)

    def test_help(self):
        for words in (["help"], [], ["--help"], ["run", "--help"], ["help", "run"], ["boot", "-h"],
                      ["pack", "--help"], ["test", "--help"], ["setup", "--help"],
                      ["bench", "--help"], ["demo", "--help"], ["doctor", "--help"]):
            with self.subTest(words):
                done = self.coconut(*words)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertTrue(done.stdout.startswith("usage: coconut "), done.stdout)

    def test_options_of_the_program_are_its_own(self):
        done = self.run_act("show", "--help", "--cpus")
        self.assertIn(b"\n--help\n--cpus\n", done.stdout)

    def test_machine_options_reach_qemu(self):
        done = self.run_act("command_line", options=["--cpus=3", "--mem", "1G", "--append", "a=b"])
        words = done.stdout.decode().split("\n")
        for name, value in (("-smp", "3"), ("-m", "1024"), ("-append", "a=b log=host"), ("-accel", "tcg")):
            self.assertEqual(words[words.index(name) + 1], value)
        self.assertNotIn("kvm", words)


class Programs(Case):
    """Programs that cannot run."""

    def refused(self, content, status, *parts):
        """Run a file with that content and compare."""
        path = self.work / "program"
        if content is not None:
            path.write_bytes(content)
        done = self.coconut("run", "program")
        self.assertEqual((done.returncode, done.stdout), (status, ""))
        self.assert_one_line(done.stderr, "program: ", *parts)

    def test_missing(self):
        self.refused(None, 127, "no such program")

    def test_not_programs(self):
        self.refused(b"", 126, "not an ELF program")
        self.refused(b"#!/bin/sh\n", 126, "script")
        self.refused(b"\x7fELF", 126, "not an ELF program")
        self.refused(elf(kind=1), 126, "object file")
        self.refused(elf(machine=183), 126, "another processor")
        self.refused(elf()[:80], 126, "cut off")
        far = bytearray(elf())
        far[32:40] = b"\xff" * 8  # where the program headers are
        self.refused(bytes(far), 126, "cut off")

    def test_linux_programs(self):
        for content in (elf(interpreter=True), elf(notes=LINUX_NOTE), elf(osabi=3)):
            self.refused(content, 126, "Linux program", "coconut.cmake")

    def test_directory(self):
        (self.work / "program").mkdir()
        done = self.coconut("run", "./program")
        self.assertEqual(done.returncode, 126)
        self.assert_one_line(done.stderr, "is a directory")

    def test_missing_qemu(self):
        done = self.run_act("exit", "0", env={"COCONUT_QEMU": "/nonexistent/qemu"})
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "/nonexistent/qemu")
        done = self.run_act("exit", "0", env={"COCONUT_QEMU": "", "PATH": "/nonexistent"})
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "qemu-system-x86_64", "coconut setup")

    def test_missing_kernel(self):
        done = self.run_act("exit", "0", options=["--kernel", "/nonexistent/kernel"])
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "/nonexistent/kernel")

    def test_too_many_arguments(self):
        done = self.run_act("exit", "0", *["x" * 1000] * 132)
        self.assertEqual(done.returncode, 126)
        self.assert_one_line(done.stderr, "131072")


class Frames(Case):
    """The frame parser by itself."""

    def test_any_cut_gives_the_same_frames(self):
        wanted = [(1, b"abc"), (2, b""), (4, b"x" * 300)]
        stream = b"".join(struct.pack("<BBHI", 0xC7, c, 0, len(d)) + d for c, d in wanted)
        for step in (1, 2, 7, 8, 9, 100, len(stream)):
            reader, got = protocol.FrameReader(), []
            for at in range(0, len(stream), step):
                got += reader.feed(stream[at:at + step])
            reader.finish()
            self.assertEqual(got, wanted)

    def test_random_bytes_never_do_harm(self):
        for _ in range(2000):
            reader = protocol.FrameReader()
            try:
                reader.feed(b"\xc7" + os.urandom(40))
            except protocol.BadGuest:
                continue

    def test_guest_text_cannot_steer_a_terminal(self):
        self.assertEqual(protocol.printable("a\x1b[2J\u202eb\n"), "a\\x1b[2J\\u202eb\n")
