# SPDX-License-Identifier: MIT
"""Runs built tests in machines, many in a boot, and reads what the driver says of each.

A machine that ends before the driver has said `done` is the deed of the test that ran last: it is recorded as
`crash`, and the tests behind it go on in a fresh machine.
"""

import concurrent.futures
import subprocess
import sys
import threading

from cases import HERE, STATUSES, SuiteError
from compiler import stage

sys.path.append(str(HERE.parent / "batch"))

from reader import Reader, Result

BATCH = 64
#: Time limit for a test on the guest's clock. The longest that ends on any system takes 41 s.
TEST_SECONDS = 60
#: For one that is known to hang. Some of them compute until then, in virtual time: 60 s of it take half a minute.
HUNG_SECONDS = 20
#: For one machine, on the host's clock: only a kernel that does not come to rest can take so long.
MACHINE_SECONDS = 3600
TAIL_LINES = 12


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

    def __init__(self, machine, built, jobs, report=lambda text: None, hung=()):
        """hung: names of tests that are expected to hang."""
        self._hung = frozenset(hung)
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
            reader = Reader(STATUSES, TAIL_LINES)
            message = self._machine.run(number, self._programs(rest), [self._line(case) for case, _ in rest], reader)
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

    def _line(self, case):
        limit = [f"@{HUNG_SECONDS}"] if case.name in self._hung else []
        return " ".join((*limit, case.name, case.program, *case.words))

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
