# SPDX-License-Identifier: MIT
"""Runs test programs in machines, many in a boot, and reads what driver.c says of each.

A machine that ends before the driver has said `done` is the deed of the test that ran last: it is recorded as
`crash`, and the tests behind it go on in a fresh machine.
"""

import collections
import os
import shutil
import subprocess
from pathlib import Path

from reader import Reader, Result

HERE = Path(__file__).resolve().parent
DRIVER = HERE / "driver.c"

#: One test to run. program: a file of the host; data: files that its working directory has besides.
Job = collections.namedtuple("Job", "name program data words", defaults=((), ()))


class BatchError(Exception):
    """One line that says what is wrong and where."""


def compile_tool(sdk, source, output):
    """Compile a C program of ours, which is of one file, for the machines; returns output."""
    output.parent.mkdir(parents=True, exist_ok=True)
    words = [sdk / "bin" / "x86_64-unknown-coconut-clang", "-O1", "-s", source, "-o", output]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BatchError(f"{source.name} does not compile: {done.stderr.splitlines()[:1]}")
    return output


class Machine:
    """Boots the kernel with a batch of jobs."""

    def __init__(self, sdk, folder, cpus=1, memory="512M", test_seconds=60, machine_seconds=3600, folders=None):
        """folder: for the driver and what the machines take along, which is replaced by each run.

        folders: {path in the machine: folder of the host that is there}.
        """
        self._folders = folders or {}
        self._sdk, self._folder, self._cpus, self._memory = Path(sdk), Path(folder), cpus, memory
        self._test_seconds, self._machine_seconds = test_seconds, machine_seconds
        self._driver = None

    def run(self, jobs, report=lambda name, result: None):
        """Run jobs to the end, in as many boots as it takes; returns {name: Result}.

        report is called for each test as soon as its result is known.
        """
        results, rest = {}, list(jobs)
        while rest:
            reader, message = self._boot(rest, results, report)
            if not reader.done:
                self._blame(reader, results, message, report)
            rest = [job for job in rest if job.name not in results]
        return results

    def _boot(self, jobs, results, report):
        """One boot: returns the reader and what is to be said of its end."""
        reader = Reader()
        with subprocess.Popen(self._words(self._stage(jobs)), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            last = "no message"
            for data in process.stdout:
                line = data.decode("utf-8", "replace").rstrip()
                name = reader.take(line)
                if name is not None:
                    results[name] = reader.results[name]
                    report(name, results[name])
                last = line if line.startswith("coconut: ") else last
        return reader, last.removeprefix("coconut: ")

    @staticmethod
    def _blame(reader, results, message, report):
        """The machine died: the test that ran is to blame."""
        if reader.running is None:
            if not reader.results:
                raise BatchError(f"no test ran: {message}")
            return
        name = reader.running
        results[name] = Result("crash", message, 0)
        report(name, results[name])

    def _words(self, root):
        # In virtual time neither a test's result nor its limit depend on how busy the host is.
        words = [self._sdk / "bin" / "coconut", "run", "--virtual-time", "--cpus", self._cpus, "--no-cwd", "--mem",
                 self._memory, "--timeout", self._machine_seconds, "--dir", f"{root}:/batch:ro",
                 *(word for guest, host in self._folders.items() for word in ("--dir", f"{host}:{guest}:ro")),
                 self.driver(), "/batch/list", self._test_seconds]
        return [str(word) for word in words]

    def driver(self):
        """Path of the driver, compiled at its first use."""
        if self._driver is None:
            self._driver = compile_tool(self._sdk, DRIVER, self._folder / "driver")
        return self._driver

    def _stage(self, jobs):
        """Lay out what the machine takes along; returns the folder."""
        root = self._folder / "batch"
        shutil.rmtree(root, ignore_errors=True)
        lines = []
        for number, job in enumerate(jobs):
            place = root / str(number)
            place.mkdir(parents=True)
            for path in job.data:
                shutil.copyfile(path, place / Path(path).name)
            _link(job.program, place / "program")
            lines.append(" ".join((job.name, f"/batch/{number}", f"/batch/{number}/program", *job.words)))
        (root / "list").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return root


def _link(path, target):
    """Make an executable file at target, a hard link to path where that is possible."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)
    os.chmod(target, 0o755)
