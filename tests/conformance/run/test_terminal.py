# SPDX-License-Identifier: MIT
"""`coconut run` at a terminal: the other end of a pseudo terminal is driven as a user would."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
from pathlib import Path

from test_kernel import COCONUT, LIMIT, SDK

SOURCE = Path(__file__).with_name("terminal.c")
MARK = b"<end of what was shown>"

#: What a shell does with one job: it starts it, and when it has stopped lets it go on.
SHELL = """
import os, signal, sys, termios
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
pid = os.fork()
if pid == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    print(os.getpid(), flush=True)
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    _, status = os.waitpid(pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        sys.exit(os.waitstatus_to_exitcode(status))
    os.tcsetpgrp(0, os.getpid())
    print("stopped, lines", int(termios.tcgetattr(0)[3] & termios.ICANON != 0), flush=True)
    os.tcsetpgrp(0, pid)
    os.killpg(pid, signal.SIGCONT)
"""


class Run:
    """One run at a terminal of its own. stdout, stderr: where they go, if not there; shell: it is a shell's
    job; background: its terminal belongs to another group."""

    def __init__(self, program, word, *options, size=(24, 80), stdout=None, stderr=None, shell=False,
                 background=False):
        self.master, slave = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(slave)
        self._slave = slave
        self.seen = b""

        def take_terminal():
            os.setsid()
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests by nohup
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            if background:
                signal.signal(signal.SIGTTOU, signal.SIG_IGN)
                pid = os.fork()  # the leader waits, in the foreground
                if pid:
                    os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                os.setpgid(0, 0)

        environment = {**os.environ, "TERM": "vt220"}
        environment.pop("COCONUT_RUN_FLAGS", None)
        before = [sys.executable, "-c", SHELL] if shell else []
        self.process = subprocess.Popen(
            [*before, COCONUT, "run", "--no-cwd", "--timeout", str(LIMIT), *options, program, word],
            stdin=slave, stdout=slave if stdout is None else stdout,
            stderr=slave if stderr is None else stderr, env=environment,
            preexec_fn=take_terminal)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.master, text.encode())

    def read(self, seconds):
        """Take what is shown within so many seconds."""
        if select.select([self.master], [], [], seconds)[0]:
            self.seen += os.read(self.master, 65536)

    def _read_rest(self):
        """Read all that was written at the other end; it is passed on behind the writer's back. A mark of ours shows its end."""
        os.write(self._slave, MARK)
        limit = time.monotonic() + LIMIT
        while MARK not in self.seen and time.monotonic() < limit:
            self.read(0.2)
        self.seen = self.seen.replace(MARK, b"")

    def expect(self, text):
        """Wait for text in what is shown; what comes up to it is forgotten, and returned."""
        limit = time.monotonic() + LIMIT
        while text.encode() not in self.seen:
            if time.monotonic() > limit or self.process.poll() is not None:
                self._read_rest()
                if text.encode() not in self.seen:
                    raise AssertionError(f"{text!r} was not shown, but {self.seen!r}")
            self.read(0.2)
        before, _, self.seen = self.seen.partition(text.encode())
        return before.decode()

    def end(self):
        """Wait for the end; returns (status, what was shown since the last expect())."""
        limit = time.monotonic() + LIMIT
        while self.process.poll() is None and time.monotonic() < limit:
            self.read(0.1)
        status = self.process.wait(1)
        self._read_rest()
        return status, self.seen.decode()

    def modes(self):
        """The modes of the host's terminal now."""
        return termios.tcgetattr(self._slave)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self._slave)


class Terminal(unittest.TestCase):
    """Everything the guest shows comes back with the newlines of its own line discipline."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut-terminal-")
        cls.addClassCleanup(folder.cleanup)
        cls.program = Path(folder.name) / "terminal"
        subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-clang", "-O1", "-Wall", "-Wextra",
                        "-Werror", SOURCE, "-o", cls.program], check=True)

    def start(self, word, *options, **more):
        run = Run(self.program, word, *options, **more)
        self.addCleanup(run.close)
        return run

    def expect_end(self, run, status, text=""):
        """The run ends so, and the host's terminal is as it was."""
        self.assertEqual(run.end(), (status, text))
        self.assertEqual(run.modes(), run.before)

    def test_program_has_the_terminal(self):
        run = self.start("about", size=(30, 100))
        self.expect_end(run, 0, "tty 1 1 1, /dev/console, 30x100, leader 1, foreground 1, "
                                "/dev/tty 1, TERM vt220\r\n")

    def test_standard_error_elsewhere(self):
        with tempfile.TemporaryFile() as errors:
            run = self.start("errors", stderr=errors)
            self.expect_end(run, 0)
            errors.seek(0)
            self.assertEqual(errors.read(), b"error 0\n")

    def test_lines_are_edited_and_end(self):
        run = self.start("lines")
        run.expect("> ")
        self.assertNotEqual(run.modes()[3] & termios.ICANON, termios.ICANON)
        run.type("helo\177lo\r")
        run.expect("helo\b \blo\r\n[hello]\r\n> ")
        run.type("lost\025kept\r")
        run.expect("[kept]\r\n> ")
        run.type("\004")
        self.expect_end(run, 3, "end\r\n")

    def test_keys_come_as_they_are_typed(self):
        run = self.start("keys")
        run.expect("ready\r\n")
        run.type("a\003\r\n\x1b[A\x1d\x1dq")
        self.expect_end(run, 0, "<61><03><0d><0a><1b><5b><41><1d>")

    def test_interrupt_and_quit_kill(self):
        for key, number in (("\003", signal.SIGINT), ("\034", signal.SIGQUIT)):
            run = self.start("wait")
            run.expect("ready\r\n")
            run.type(key)
            status, text = run.end()
            self.assertEqual(status, 128 + number)
            self.assertEqual(run.modes(), run.before)
            self.assertTrue(text.startswith("^C" if key == "\003" else "^\\"), text)

    def test_nobody_could_continue_it(self):
        run = self.start("wait")
        run.expect("ready\r\n")
        run.type("\032\003")  # no group that is orphaned is stopped
        self.assertEqual(run.end()[0], 130)

    def test_escape_ends_the_run(self):
        run = self.start("wait")
        run.expect("ready\r\n")
        run.type("\x1dq")
        self.expect_end(run, 130)

    def test_window_changes(self):
        run = self.start("size")
        run.expect("ready\r\n")
        run.resize(50, 132)
        self.expect_end(run, 0, "now 50x132\r\n")

    def test_signals_put_the_terminal_back(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            run = self.start("wait")
            run.expect("ready\r\n")
            run.process.send_signal(number)
            self.expect_end(run, 128 + number)

    def test_time_limit_puts_the_terminal_back(self):
        run = self.start("wait", "--timeout", "2")
        status, text = run.end()
        self.assertEqual(status, 124)
        self.assertIn("time limit", text)
        self.assertEqual(run.modes(), run.before)

    def test_stop_and_go_on(self):
        run = self.start("lines", shell=True)
        pid = int(re.fullmatch(r"(\d+)", run.expect("\r\n")).group(1))
        run.expect("> ")
        os.kill(pid, signal.SIGTSTP)
        run.expect("stopped, lines 1\r\n")
        run.type("on\r")
        run.expect("[on]\r\n> ")
        run.type("\004")
        self.expect_end(run, 3, "end\r\n")

    def test_all_output_arrives(self):
        run = self.start("much")
        status, text = run.end()
        self.assertEqual(status, 0)
        self.assertEqual(text, "".join(f"line {i}\r\n" for i in range(3000)) + "no newline")

    def test_output_that_is_held_arrives_at_the_end(self):
        run = self.start("lines")
        run.expect("> ")
        run.type("\023")
        run.read(0.3)
        run.type("a\r")
        run.read(0.3)
        self.assertEqual(run.seen, b"")
        run.type("\004")
        self.expect_end(run, 3, "a\r\n[a]\r\n> end\r\n")

    def test_several_processors(self):
        run = self.start("lines", "--cpus", "4")
        for i in range(50):
            run.expect("> ")
            run.type(f"{i}\r")
            run.expect(f"[{i}]\r\n")
        run.type("\004")
        self.assertEqual(run.end()[0], 3)

    def test_as_any_other_stream(self):
        run = self.start("about", "--no-terminal")
        status, text = run.end()
        self.assertEqual(status, 0)
        self.assertTrue(re.match(r"tty 0 0 0, -, 0x0", text), text)

    def test_output_elsewhere(self):
        """With output that is no terminal, input is none either, and the terminal keeps its modes."""
        run = self.start("lines", stdout=subprocess.PIPE)
        run.type("one\r\004")  # the host's terminal makes a line and an end of these
        self.assertEqual(run.process.stdout.read(), b"> [one]\n> end\n")
        self.assertEqual(run.modes(), run.before)
        self.assertEqual(run.process.wait(LIMIT), 3)
        run.process.stdout.close()

    def test_in_the_background(self):
        run = self.start("about", background=True)
        status, text = run.end()
        self.assertEqual(status, 0)
        self.assertTrue(text.startswith("tty 0 0 0"), text)
        self.assertEqual(run.modes(), run.before)

    def test_pipes_are_pipes(self):
        done = subprocess.run([COCONUT, "run", "--no-cwd", "--timeout", str(LIMIT), self.program, "lines"],
                              input=b"one\n\003\004\n", capture_output=True, timeout=LIMIT,
                              check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (3, b"> [one]\n> [\003\004]\n> end\n", b""))


if __name__ == "__main__":
    unittest.main()
