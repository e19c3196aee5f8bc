# SPDX-License-Identifier: MIT
"""coconut run, from end to end, on a QEMU that only plays the guest's part."""

import os
import select
import signal
import subprocess
import time

from support import COCONUT, LIMIT, Case


class Streams(Case):
    """Standard streams and arguments."""

    def test_binary_streams_stay_apart_and_unchanged(self):
        done = self.run_act("both")
        data = bytes(range(256)) * 1000
        self.assertEqual((done.returncode, done.stdout, done.stderr), (7, data, data[::-1]))

    def test_standard_input_arrives(self):
        data = os.urandom(3_000_000)
        done = self.run_act("echo", stdin=data)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, data, b""))

    def test_arguments_environment_and_directory(self):
        done = self.run_act("show", "--cpus", "a b", "", "\u00e9", options=["--env", "A=1=2"],
                            env={"TZ": "UTC", "LANG": "C", "SECRET": "x"})
        words = done.stdout.decode().split("\n")
        self.assertEqual(words[0], str(self.work))
        self.assertEqual(words[2:6], ["--cpus", "a b", "", "\u00e9"])
        self.assertEqual(words[6:-1], ["TZ=UTC", "LANG=C", "A=1=2"])

    def test_named_variables_are_passed_on(self):
        done = self.run_act("show", options=["--env", "B"],
                            env={"A": "1", "B": "2", "COCONUT_RUN_ENV": "A:MISSING", "TZ": "",
                                 "LANG": ""})
        self.assertEqual(done.stdout.decode().split("\n")[2:-1], ["TZ=", "LANG=", "A=1", "B=2"])

    def test_closed_standard_streams(self):
        words = [str(word) for word in self.command("exit", "3")]
        script = 'exec "$@" <&- >&- 2>&-'
        done = subprocess.run(["sh", "-c", script, "sh", *words], cwd=self.work, timeout=LIMIT,
                              env=self.environment(), check=False)
        self.assertEqual(done.returncode, 3)

    def test_closed_standard_error_alone(self):
        done = subprocess.run(["sh", "-c", 'exec "$@" 2>&-', "sh", COCONUT, "bogus"], cwd=self.work, timeout=LIMIT,
                              env=self.environment(), capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, b""))

    def test_reader_gone_ends_the_run(self):
        with subprocess.Popen(self.command("flood"), stdout=subprocess.PIPE, cwd=self.work,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              env=self.environment()) as run:
            run.stdout.read(10)
            run.stdout.close()
            self.assertEqual(run.stderr.read(), b"")
            self.assertEqual(run.wait(LIMIT), 141)

    def test_full_device(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(self.command("both"), stdout=full, stderr=subprocess.PIPE,
                                  cwd=self.work, timeout=LIMIT, env=self.environment(),
                                  stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "standard output", "No space left")

    def test_slow_reader_gets_everything(self):
        with subprocess.Popen(self.command("both"), stdout=subprocess.PIPE, cwd=self.work,
                              stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                              env=self.environment()) as run:
            os.set_blocking(run.stdout.fileno(), True)
            data = b""
            while piece := os.read(run.stdout.fileno(), 1000):
                data += piece
            self.assertEqual(len(data), 256000)


class Endings(Case):
    """Exit statuses and the line that explains them."""

    def test_exit_status(self):
        for status in (0, 1, 255):
            self.assertEqual(self.run_act("exit", str(status)).returncode, status)

    def test_exception(self):
        done = self.run_act("segv")
        self.assertEqual(done.returncode, 139)
        self.assert_one_line(done.stderr, "page fault writing address 0x10", "at 0x1234 in the program")

    def test_abort(self):
        done = self.run_act("abort")
        self.assertEqual(done.returncode, 134)
        self.assert_one_line(done.stderr, "SIGABRT")

    def test_newer_abi_level(self):
        done = self.run_act("newer")
        self.assertEqual(done.returncode, 126)
        self.assert_one_line(done.stderr, "newer")

    def test_panic_names_text_and_log(self):
        done = self.run_act("panic")
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "kernel panic", "test of the dump", "kernel log: ")
        self.assertNotIn(b"\x1b", done.stderr)
        log = done.stderr.decode().rsplit("kernel log: ", 1)[1].strip()
        self.addCleanup(os.unlink, log)
        with open(log, encoding="utf-8") as stream:
            self.assertIn("rip 0x0", stream.read())

    def test_qemu_fails(self):
        done = self.run_act("qemu_error")
        self.assert_one_line(done.stderr, f"{self.kernel} is no kernel: QEMU failed", "could not find the machine")
        self.kernel.write_bytes(b"\x7fELF")
        done = self.run_act("qemu_error")
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "could not find the machine")

    def test_machine_ends_without_report(self):
        done = self.run_act("no_report")
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "without a report")

    def test_hostile_guest(self):
        for act in ("bad_magic", "bad_length", "bad_report", "two_reports", "cut_frame"):
            with self.subTest(act):
                done = self.run_act(act)  # which does not wait until the guest ends
                self.assertEqual(done.returncode, 125)
                self.assert_one_line(done.stderr)


class Stopping(Case):
    """Time limit and signals; nothing is left running."""

    def start(self, *options, act="hang", stdout=subprocess.DEVNULL):
        """Start an act; returns the process and, once it runs, the id of the fake QEMU."""
        note = self.folder / "pid"
        run = subprocess.Popen(self.command(act, options=options), cwd=self.work,
                               stdin=subprocess.DEVNULL, stdout=stdout,
                               stderr=subprocess.PIPE, start_new_session=True,
                               preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # nohup ignores it
                               env=self.environment(FAKE_QEMU_PID=str(note)))
        self.addCleanup(run.stderr.close)
        limit = time.monotonic() + LIMIT
        while time.monotonic() < limit and run.poll() is None:
            if note.exists() and (text := note.read_text()):
                return run, int(text)
            time.sleep(0.01)
        run.kill()
        run.wait()
        raise AssertionError("the fake QEMU did not start")

    def assert_gone(self, pid):
        """Assert that the process ends soon."""
        limit = time.monotonic() + LIMIT
        while time.monotonic() < limit:
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii") as stream:
                    if stream.read().rsplit(")", 1)[1].split()[0] == "Z":
                        return
            except (FileNotFoundError, ProcessLookupError):  # the second: gone between open() and read()
                return
            time.sleep(0.01)
        raise AssertionError(f"process {pid} is still running")

    def test_time_limit(self):
        done = self.run_act("hang", options=["--timeout", "0.5"])
        self.assertEqual(done.returncode, 124)
        self.assert_one_line(done.stderr, "time limit of 0.5 s")

    def test_time_limit_while_output_is_blocked(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        run, pid = self.start("--timeout", str(10 * LIMIT), act="flood", stdout=writer)
        limit, poll = time.monotonic() + LIMIT, select.poll()
        poll.register(writer, select.POLLOUT)
        while poll.poll(0):  # there is room for more
            self.assertLess(time.monotonic(), limit, "it does not write")
            time.sleep(0.01)
        os.close(writer)
        run.send_signal(signal.SIGALRM)  # as the timer does, whenever that may be
        self.assertEqual(run.wait(LIMIT), 124)
        self.assert_gone(pid)

    def test_signals(self):
        for signum, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGALRM, 124)):
            with self.subTest(signum.name):
                (self.folder / "pid").unlink(missing_ok=True)
                run, pid = self.start()
                run.send_signal(signum)
                self.assertEqual(run.wait(LIMIT), status)
                self.assertEqual(run.stderr.read(), b"")
                self.assert_gone(pid)

    def test_killed_runner_takes_qemu_along(self):
        run, pid = self.start()
        run.kill()
        run.wait(LIMIT)
        self.assert_gone(pid)
