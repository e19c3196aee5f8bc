# SPDX-License-Identifier: MIT
"""Runs one test suite and reads its lines: `ok - name`, `not ok - name: reason`, `skip - name: reason`,
and at the end `N passed, N failed` or `N passed, N failed, N skipped`."""

import os
import re
import subprocess
import sys
import threading
import time

from coconut_cli import hostcommand, places, processes
from coconut_cli.fault import reason

_LINE = re.compile(r"^(ok|not ok|skip) - ([^:\s]+)(?:: (.*))?$")
_CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, \d+ skipped)?$")

#: Seconds for a suite that is told to end: it may run a command that runs another one.
PATIENCE = processes.COMMAND_PATIENCE + processes.MORE_PATIENCE


class Outcome:
    """What came of a suite. failures: (test, reason) pairs."""

    def __init__(self, suite, log):
        self.suite, self.log = suite, log
        self.passed, self.skipped, self.failures = 0, 0, []
        self.seconds, self.processor, self.cached = 0.0, 0.0, False
        self._closing = None

    def take(self, line):
        """Take a line of the suite's output."""
        found = _LINE.match(line)
        if found and found.group(1) == "ok":
            self.passed += 1
        elif found and found.group(1) == "skip":
            self.skipped += 1
        elif found:
            self.failures.append((found.group(2), found.group(3) or "failed"))
        elif closing := _CLOSING.match(line):
            self._closing = (int(closing.group(1)), int(closing.group(2)))

    def finish(self, status, late):
        """Judge the suite by its exit status and its closing line."""
        if late:
            self.failures.append((self.suite.name, f"no end within {self.suite.seconds} s"))
        elif self._closing is None:
            self.failures.append((self.suite.name, f"ended with status {status} without a closing "
                                                   "line"))
        elif self._closing != (self.passed, len(self.failures)):
            self.failures.append((self.suite.name, f"says {self._closing[0]} passed, "
                                  f"{self._closing[1]} failed, but showed {self.passed} and "
                                  f"{len(self.failures)}"))
        elif status != 0 and not self.failures:
            self.failures.append((self.suite.name, f"ended with status {status}"))
        elif not self.passed and not self.failures:
            self.failures.append((self.suite.name, "no test ran"))


class Running:
    """Processes under way, so that all of them can be stopped."""

    def __init__(self):
        self._lock = threading.Lock()
        self._processes, self._stopped = set(), False
        processes.suspend_together()

    def add(self, process):
        """Note a process that leads a process group; one that comes too late is stopped at once."""
        with self._lock:
            self._processes.add(process)
            if self._stopped:
                processes.stop(process, PATIENCE)

    def remove(self, process):
        """Forget a process that has ended."""
        with self._lock:
            self._processes.discard(process)

    def stop_all(self):
        """Stop every process group that was noted."""
        with self._lock:
            self._stopped = True
            for process in self._processes:
                processes.stop(process, PATIENCE)


def _processor_seconds(pid):
    """Wait until a child has ended, and leave it to be waited for; what it and its children took of the processors."""
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stream:
            fields = stream.read().rpartition(")")[2].split()
    except (ChildProcessError, FileNotFoundError, ProcessLookupError):  # whoever stopped it has waited for it
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def run(suite, running, jobs, show=None):
    """Run the suite to its end or its time limit, with `jobs` processes at work at a time; returns the Outcome."""
    outcome = Outcome(suite, hostcommand.log_path(suite.name))
    begin = time.monotonic()
    with open(outcome.log, "wb") as log:
        try:
            process = subprocess.Popen(suite.words, stdin=subprocess.DEVNULL, cwd=places.SOURCE,
                                       stdout=subprocess.PIPE, stderr=log, start_new_session=True,
                                       env={**os.environ, "COCONUT_JOBS": str(jobs), **suite.env})
        except OSError as error:
            outcome.failures.append((suite.name, f"cannot start {suite.words[0]}: {reason(error)}"))
            return outcome
        running.add(process)
        late = threading.Event()
        timer = threading.Timer(suite.seconds, lambda: (late.set(), processes.stop(process, PATIENCE)))
        timer.start()
        try:
            for data in process.stdout:
                log.write(data)
                log.flush()
                line = data.decode("utf-8", "replace").rstrip()
                outcome.take(line)
                if show is not None and (_LINE.match(line) or line.startswith("#")):
                    show(line)
            outcome.processor = _processor_seconds(process.pid)
            status = process.wait()
        finally:
            timer.cancel()
            running.remove(process)
            process.stdout.close()
    outcome.seconds = time.monotonic() - begin
    outcome.finish(status, late.is_set())
    return outcome


def print_outcome(outcome, stream=None):
    """Print the suite's line, and one for each failure with the log that tells more."""
    stream = stream or sys.stdout
    if stream.isatty():
        stream.write("\r\x1b[K")  # the build's changing line may stand here
    name, log = outcome.suite.name, hostcommand.shown(outcome.log)
    for test, why in outcome.failures:
        label = test if test.startswith(name) else f"{name}/{test}"
        stream.write(f"not ok - {label}: {why}; log: {log}\n")
    if not outcome.failures:
        how = "unchanged" if outcome.cached else f"{outcome.seconds:.1f} s"
        if outcome.skipped:
            how += f", {outcome.skipped} skipped, see {log}"
        stream.write(f"ok - {name}: {outcome.passed} tests ({how})\n")
    stream.flush()
