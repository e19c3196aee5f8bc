# SPDX-License-Identifier: MIT
"""The stages of coconut test: which suites are at work together, beside the build, and what each may take."""

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

from support import LIMIT, Case

from coconut_cli import places, processes, suiterun, suites, test
from coconut_cli.stage import Stage

#: Says when it began, with how many processes it may work, and how many others were there.
SUITE = """
import os, sys, time
from pathlib import Path
folder, name = Path(sys.argv[1]), sys.argv[2]
with open(folder / "began", "a") as began:
    began.write(f"{name} {os.environ['COCONUT_JOBS']}\\n")
(folder / f"{name}.here").touch()
time.sleep(0.2)
others = len(list(folder.glob("*.here"))) - 1
(folder / f"{name}.here").unlink()
print(f"ok - {name}.{others}")
print("1 passed, 0 failed")
"""

#: Starts another process when it is told to end.
STARTS_ANOTHER = """
import pathlib, signal, subprocess, sys, time
def late(*_):
    subprocess.Popen(["sleep", "900"])
    sys.exit(3)
signal.signal(signal.SIGTERM, late)
pathlib.Path(sys.argv[1], "ready").touch()
time.sleep(900)
"""
DOES_NOT_HEAR = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1], "ready").touch()
time.sleep(900)
"""
#: As ninja does it: what it starts is in a group of its own; and ends without having told it.
GROUPS = """
import pathlib, subprocess, sys, time
script = "import pathlib, sys, time; pathlib.Path(sys.argv[1], 'ready').touch(); time.sleep(900)"
subprocess.Popen([sys.executable, "-c", script, sys.argv[1]], process_group=0)
time.sleep(900)
"""
#: Starts what it is given as the command does.
COMMAND = """
import signal, sys
sys.path.insert(0, sys.argv[2])
from coconut_cli import processes
signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))
processes.call([sys.executable, "-c", sys.argv[3], sys.argv[1]])
"""


class Stages(Case):
    """Suites of this file's own, in a build folder of their own."""

    def setUp(self):
        super().setUp()
        for name, value in (("BUILD", self.folder), ("LOGS", self.folder / "logs")):
            patch = mock.patch.object(places, name, str(value))
            patch.start()
            self.addCleanup(patch.stop)

    def suites(self, names, script=SUITE):
        """Suites with these names."""
        return [suites.Suite(name, name, suites.GUEST, [sys.executable, "-c", script, self.work, name], ())
                for name in names]

    def stage(self, names, workers, cpus=2, force=False, build=None, behind=()):
        """Run suites with these names; returns (the lines of their beginnings, the tally)."""
        tally = test.Tally(False)
        with mock.patch.object(os, "cpu_count", lambda: cpus), contextlib.redirect_stdout(io.StringIO()):
            Stage(tally, force, workers).run(self.suites(names), build, self.suites(behind))
        began = self.work / "began"
        lines = began.read_text().splitlines() if began.exists() else []
        began.unlink(missing_ok=True)
        return lines, tally

    def test_long_ones_first(self):
        with mock.patch.dict(suites.LONG, {"long": 100, "longer": 200}):
            lines, tally = self.stage(["short", "long", "shorter", "longer"], 1)
        self.assertEqual([line.split()[0] for line in lines], ["longer", "long", "short", "shorter"])
        self.assertEqual((tally.passed, tally.failed), (4, 0))

    def test_processors_are_shared(self):
        for names, workers, cpus, jobs in ((["a", "b", "c"], 2, 2, 1), (["a", "b", "c"], 2, 8, 4), (["a"], 2, 8, 8),
                                           (["a", "b"], 1, 8, 8), (["a", "b"], 2, 1, 1)):
            lines, _ = self.stage(names, workers, cpus, force=True)
            self.assertEqual({line.split()[1] for line in lines}, {str(jobs)}, (names, workers, cpus))

    def test_not_more_than_workers(self):
        for workers in (1, 2):
            self.stage(["a", "b", "c", "d"], workers, force=True)
            others = [line.rsplit(".", 1)[1].strip() for name in "abcd"
                      for line in (self.folder / "logs" / f"{name}.log").read_text().splitlines()
                      if line.startswith("ok - ")]
            self.assertEqual(len(others), 4)
            self.assertLess(max(map(int, others)), workers)

    def test_what_passed_is_not_run_again(self):
        self.stage(["a", "b"], 2)
        lines, tally = self.stage(["a", "b"], 2)
        self.assertEqual((lines, tally.passed, tally.failed), ([], 2, 0))
        lines, tally = self.stage(["a", "b", "c"], 2)  # what is left has all processors
        self.assertEqual((lines, tally.passed, tally.failed), (["c 2"], 3, 0))

    def test_beside_the_build(self):
        def build():
            deadline = time.monotonic() + LIMIT
            while "b" not in (began.read_text().split() if began.exists() else ()) and time.monotonic() < deadline:
                time.sleep(0.01)
            seen.append(began.read_text().split())
            return True

        began, seen = self.work / "began", []
        lines, tally = self.stage(["a", "b"], 2, build=build, behind=["c", "d"])
        self.assertEqual(seen, [["a", "1", "b", "1"]])  # the build ends after b began: c and d were not yet there
        self.assertEqual(sorted(lines), ["a 1", "b 1", "c 1", "d 1"])
        self.assertEqual((tally.passed, tally.failed), (4, 0))

    def test_nothing_behind_a_failed_build(self):
        lines, tally = self.stage(["a"], 2, build=lambda: False, behind=["c"])
        self.assertEqual((lines, tally.passed, tally.failed), (["a 1"], 1, 0))

    def test_failed_test_of_a_project_counts_once(self):
        """One that prints the line protocol itself; its output stands in the log."""
        said = "echo 'ok - good'; echo 'not ok - bad: reason'; echo '1 passed, 1 failed'; exit 1"
        (self.work / "CTestTestfile.cmake").write_text(f'add_test(one "/bin/sh" "-c" "{said}")\n')
        words = [sys.executable, "-B", os.path.join(places.SOURCE, "sdk/tools/checks/ctest.py"), "project", "--built", self.work]
        outcome = suiterun.run(suites.Suite("project", "", suites.HOST, words, ()), suiterun.Running(), 1)
        self.assertEqual(outcome.failures, [("project.one.bad", "reason"), ("project.one", "failed")])
        self.assertEqual(outcome.passed, 1)
        self.assertIn("  not ok - bad: reason\n", (self.folder / "logs/project.log").read_text())

    def test_interrupted(self):
        def build():
            while not (self.work / "a.here").exists():
                time.sleep(0.01)
            raise KeyboardInterrupt

        begin = time.monotonic()
        script = SUITE.replace("time.sleep(0.2)", "time.sleep(900)")
        with contextlib.redirect_stdout(io.StringIO()), self.assertRaises(KeyboardInterrupt):
            Stage(test.Tally(False), False, 2).run(self.suites(["a", "b"], script), build, self.suites(["c"]))
        self.assertLess(time.monotonic() - begin, LIMIT)
        self.assertEqual((self.work / "began").read_text().split()[::2], ["a"])

    def stopped(self, script):
        """Status of a process that has touched the file `ready`, with the folder as its argument, when its group was stopped;
        of which nobody must be left."""
        process = processes.start([sys.executable, "-c", script, self.work])
        try:
            while not (self.work / "ready").exists():
                self.assertIsNone(process.poll())
                time.sleep(0.01)
            processes.stop(process, 0.5 if script == DOES_NOT_HEAR else processes.PATIENCE)
            self.assertEqual(processes.members(process.pid), {})
        finally:
            for one in processes.members(process.pid):
                os.kill(one, signal.SIGKILL)
        return process.returncode

    def test_stop_of_who_starts_another(self):
        self.assertEqual(self.stopped(STARTS_ANOTHER), 3)

    def test_stop_of_who_does_not_hear(self):
        self.assertEqual(self.stopped(DOES_NOT_HEAR), -signal.SIGKILL)

    def test_stop_of_several_groups(self):
        self.assertEqual(self.stopped(GROUPS), -signal.SIGTERM)

    def test_call_stops_what_takes_too_long(self):
        for seconds in (1, 10, LIMIT):  # the shell may need more than the first, on a machine that has much else to do
            with self.assertRaises(subprocess.TimeoutExpired) as caught:
                processes.call(["sh", "-c", "sleep 900 & echo $$ more; wait"], seconds=seconds, stdout=subprocess.PIPE, text=True)
            if caught.exception.stdout:
                break
        session, more = caught.exception.stdout.decode().split()
        self.assertEqual((more, processes.members(int(session))), ("more", {}))

    def states(self, states):
        """Wait until all whom a command has started in self.work, and it, are in one of these states; returns how many."""
        while True:
            found = {}
            for entry in filter(str.isdigit, os.listdir("/proc")):
                with contextlib.suppress(OSError):
                    if str(self.work).encode() in Path("/proc", entry, "cmdline").read_bytes().split(b"\0"):
                        found[entry] = Path("/proc", entry, "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
            if set(found.values()) <= set(states):
                return len(found)
            time.sleep(0.01)

    def test_suspended(self):
        """A Ctrl-Z stops all groups of all sessions, which then go on; also the second time."""
        words = [sys.executable, "-c", COMMAND, self.work, os.path.join(places.SOURCE, "sdk/tools"), GROUPS]
        with subprocess.Popen(words, process_group=0, stdin=subprocess.DEVNULL) as process:
            try:
                while not (self.work / "ready").exists():
                    self.assertIsNone(process.poll())
                    time.sleep(0.01)
                for _ in range(2):
                    os.killpg(process.pid, signal.SIGTSTP)
                    self.assertEqual(self.states("T"), 3)
                    os.killpg(process.pid, signal.SIGCONT)
                    self.assertEqual(self.states("RSD"), 3)
            finally:
                process.terminate()
        self.assertEqual((process.returncode, self.states("")), (3, 0))

    def test_times(self):
        """What the processors were used for, and not how long it took: the machine may take a process off them for any time."""
        tally = test.Tally(False)
        busy = SUITE.replace("time.sleep(0.2)", "while time.process_time() < 0.5: pass")
        with contextlib.redirect_stdout(io.StringIO()):
            Stage(tally, False, 1).run([*self.suites(["idle"]), *self.suites(["busy"], busy)])
        tally.write_times()
        rows = re.findall(r"^ *([\d.]+) +([\d.]+)  (\w+)$", (self.folder / "logs/times.txt").read_text(), re.MULTILINE)
        found = {name: (float(seconds), float(processor)) for seconds, processor, name in rows}
        self.assertGreaterEqual(found["idle"][0], 0.2)
        self.assertLess(found["idle"][1], found["idle"][0])
        self.assertGreaterEqual(found["busy"][1], 0.4)

    def test_long_ones_are_there(self):
        self.assertEqual(set(suites.LONG) - {suite.name for suite in suites.all_suites()}, set())
