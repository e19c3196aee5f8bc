# SPDX-License-Identifier: MIT
"""`coconut ps` and `coconut logs` on a kernel log."""

from support import Case

LOG = (b"platform native\n[init] service clock: running, process 5, start 1\r\n"
       b"[init] service asker: running, process 7, start 1\n"
       b"[clock] [init] service asker: stopped\n"
       b"[init] service clock: ended, reason 2, code 6\n"
       b"[init] service clock: running, process 9, start 2\n"
       b"warning: policy: asker (process 7) may not call channel_create\n"
       b"[asker] \x1b[2Jbad \xff\n[init] service asker: ended, reason 0, code 3\n"
       b"[init] service third: given up after 2 restarts\n")


class Logs(Case):
    """What they show, and that nothing from the guest reaches the terminal as a command."""

    def setUp(self):
        super().setUp()
        (self.work / "log").write_bytes(LOG)

    def test_ps(self):
        done = self.coconut("ps", "log")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual([line.split() for line in done.stdout.splitlines()[1:]],
                         [["clock", "running", "9", "2", "signal", "6"],
                          ["asker", "ended", "-", "1", "code", "3"],
                          ["third", "given", "up", "-", "0", "-"]])

    def test_logs(self):
        done = self.coconut("logs", "log", "asker")
        self.assertEqual(done.stdout.splitlines(),
                         ["warning: policy: asker (process 7) may not call channel_create",
                          "[asker] ?[2Jbad \N{REPLACEMENT CHARACTER}"])
        self.assertEqual(len(self.coconut("logs", "log").stdout.splitlines()), 10)

    def test_wrong_use(self):
        for words in (["ps"], ["logs"], ["ps", "a", "b"]):
            self.assertEqual(self.coconut(*words).returncode, 2)
        done = self.coconut("ps", "missing")
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "missing", "--kernel-log")
