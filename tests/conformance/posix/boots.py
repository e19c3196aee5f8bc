# SPDX-License-Identifier: MIT
"""Runs built tests in machines, many in a boot, and reads what the driver says of each.

A machine that ends before the driver has said `done` is the deed of the test that ran last: it is recorded as
`crash`, and the tests behind it go on in a fresh machine.
"""

import collections
import concurrent.futures
import re
import subprocess
import threading

from cases import STATUSES, SuiteError
from compiler import stage

BATCH = 64
#: Time limit for a test on the guest's clock. The longest that ends on any system takes 41 s.
TEST_SECONDS = 60
#: For one machine, on the host's clock: only a kernel that does not come to rest can take so long.
MACHINE_SECONDS = 900
TAIL_LINES = 12
_END = re.compile(r"end (\S+) (exit|signal|hung|lost) (\S+)(?: (\d+))?$")

#: result: pass fail unresolved unsupported untested, nobuild, hung, signal-NAME, status-N, crash
Result = collections.namedtuple("Result", "result text milliseconds")


class Reader:
    """Takes the driver's lines as they come."""

    def __init__(self):
        self.results, self.running, self.done = {}, None, False
        self.noise = []
        self._tail = []

    def take(self, line):
        """Take one line."""
        found = _END.match(line)
        if line.startswith("start "):
            self.running, self._tail = line.split()[1], []
        elif line.startswith("| "):
            self._tail.append(line[2:])
        elif found and found.group(1) == self.running:
            self.results[self.running] = self._judge(found)
            self.running = None
        elif line == "done":
            self.done = True
        elif line:
            self.noise.append(line)

    def _judge(self, found):
        how, value = found.group(2), found.group(3)
        if how == "exit":
            result = STATUSES.get(int(value), f"status-{value}")
        elif how == "signal":
            result = f"signal-{value}"
        else:
            result = "hung" if how == "hung" else "lost"
        text = f"error {value} at its start" if how == "lost" else "\n".join(self._tail[-TAIL_LINES:])
        return Result(result, text, int(found.group(4) or 0))


class CoconutMachine:
    """Boots the platform's kernel with a batch."""

    batch = BATCH

    def __init__(self, sdk, driver, folder, cpus=1):
        self._sdk, self._driver, self._folder, self._cpus = sdk, driver, folder, cpus
        self.seconds = TEST_SECONDS

    def run(self, number, programs, lines, reader):
        """Run one boot; returns what is to be said of its end if the driver was not done."""
        root = stage(programs, self._folder / f"boot-{number}" / "pts")
        lists = self._folder / f"boot-{number}" / "driver"
        lists.mkdir(exist_ok=True)
        (lists / "list").write_text("\n".join(lines) + "\n", encoding="utf-8")
        words = [self._sdk / "bin" / "coconut", "run", "--virtual-time", "--cpus", self._cpus, "--no-cwd",
                 "--mem", "1G", "--timeout", MACHINE_SECONDS, "--dir", f"{root}:/pts:ro",
                 "--dir", f"{lists}:/driver:ro", self._driver, "/driver/list", self.seconds]
        with subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process, \
                open(lists.parent / "output", "wb", buffering=0) as record:
            errors = []
            drain = threading.Thread(target=lambda: errors.extend(process.stderr.read().splitlines()))
            drain.start()
            for data in process.stdout:
                record.write(data)
                reader.take(data.decode("utf-8", "replace").rstrip("\n"))
            process.wait()
            drain.join()
        last = errors[-1].decode("utf-8", "replace") if errors else "no message"
        return last.removeprefix("coconut: ").removeprefix("error: ")


class Runner:
    """Runs cases on a machine, in batches, `jobs` at a time."""

    def __init__(self, machine, built, jobs, report=lambda text: None):
        self._machine, self._built, self._jobs, self._report = machine, built, jobs, report
        self._lock, self._boots, self._finished, self._total = threading.Lock(), 0, 0, 0

    def run(self, cases):
        """Return {name: Result}, for tests that could not be built as well."""
        results, ready = {}, []
        for case in cases:
            program, error = self._built[case.name]
            if error is not None:
                results[case.name] = Result("nobuild", error, 0)
            elif case.kind == "build":
                results[case.name] = Result("pass", "", 0)
            else:
                ready.append((case, program))
        self._total, size = len(ready), self._machine.batch
        batches = [ready[at:at + size] for at in range(0, len(ready), size)]
        with concurrent.futures.ThreadPoolExecutor(self._jobs) as pool:
            for found in pool.map(self._batch, batches):
                results.update(found)
        return results

    def _batch(self, batch):
        """Run a batch to its end, in as many boots as it takes."""
        results, rest = {}, list(batch)
        while rest:
            with self._lock:
                self._boots += 1
                number = self._boots
            reader = Reader()
            message = self._machine.run(number, self._programs(rest), [_line(case) for case, _ in rest], reader)
            results.update(reader.results)
            if not reader.results and not reader.running:
                raise SuiteError(f"boot {number}: no test ran: {'; '.join([*reader.noise, message])}")
            if not reader.done:
                self._blame(reader, rest, results, message)
            rest = [item for item in rest if item[0].name not in results]
            with self._lock:
                self._finished += len(reader.results)
                self._report(f"{self._finished} of {self._total} tests have run")
        return results

    @staticmethod
    def _blame(reader, rest, results, message):
        """The machine died: the test that ran is to blame, or, between tests, the next one."""
        suspects = [reader.running] if reader.running else [
            case.name for case, _ in rest if case.name not in results][:1]
        for name in suspects:
            results[name] = Result("crash", message, 0)

    def _programs(self, batch):
        """Programs for a boot: the tests' own, and those that tests of the same folder start."""
        programs = {case.program: program for case, program in batch}
        folders = {case.program.rsplit("/", 1)[0] for case, _ in batch}
        for program, _ in self._built.values():
            if program is not None and "buildonly" in program.name:
                guest = "conformance/interfaces/" + "/".join(program.parts[-2:])
                if guest.rsplit("/", 1)[0] in folders:
                    programs[guest] = program
        return programs


def _line(case):
    return " ".join((case.name, case.program, *case.words))
