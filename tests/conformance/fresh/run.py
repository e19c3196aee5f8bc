#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The trial of a new machine: Debian's minimal system in a folder, and in it what the documents tell a newcomer.

usage: run.py [--folder FOLDER] [sdk] [clone]; needs root, mmdebstrap, and the SDK as `coconut package` packs it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import steps
from machine import USER, Machine, Trouble

TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "sdk" / "tools"))

from coconut_cli import version  # noqa: E402  (the path above must come first)


def host(*words):
    """Run a command of this machine that has to succeed."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"'{words[0]} {words[1]}' failed: {(done.stderr.strip().splitlines() or [''])[-1]}")


class Trial:
    """Runs steps and counts."""

    def __init__(self, machine):
        self._machine, self.passed, self.failed = machine, 0, 0

    def report(self, name, begin, why):
        """Print the line of a step. why: what is wrong, or None."""
        seconds = time.monotonic() - begin
        self.passed, self.failed = self.passed + (why is None), self.failed + (why is not None)
        print(f"ok - {name}: {seconds:.1f} s" if why is None else f"not ok - {name}: {why}", flush=True)
        return why is None

    def step(self, step):
        """Run one step; is it as it should be?"""
        begin = time.monotonic()
        status, output = self._machine.run(step.who, step.command, step.seconds)
        last = (output.strip().splitlines() or ["no output"])[-1]
        why = None
        if status != step.status:
            why = f"status {status}, not {step.status}; last line: {last}"
        elif step.says not in output:
            why = f"does not say '{step.says}'; last line: {last}"
        return self.report(step.name, begin, why)


def provide(root, wanted):
    """Put into the machine what a newcomer has got: packages of the SDK, the repository."""
    place = os.path.join(root, "srv")
    if "sdk" in wanted:
        host(TOP / "coconut", "package", "--no-build", "--output", place)
    if "clone" in wanted:
        repository = os.path.join(place, "coconut.git")
        host("git", "clone", "-q", "--bare", "--no-hardlinks", TOP, repository)
        host("chroot", root, "chown", "-R", f"{USER}:", "/srv/coconut.git")


def trial(folder, wanted):
    """Do all of it; returns the exit status."""
    root = os.path.join(folder, "root")
    with open(TOP / "build" / "logs" / "fresh-machine-steps.log", "wb") as log:
        machine = Machine(root, log)
        run, begin = Trial(machine), time.monotonic()
        try:
            machine.make()
            run.report("machine", begin, None)
            provide(root, wanted)
            todo = (steps.sdk(version.VERSION) if "sdk" in wanted else []) + (steps.clone() if "clone" in wanted else [])
            for step in todo:
                run.step(step)
        except Trouble as trouble:
            run.report("trial", begin, trouble)
    print(f"# {' and '.join(wanted)}: {time.monotonic() - begin:.0f} s in all")
    print(f"{run.passed} passed, {run.failed} failed")
    return 1 if run.failed else 0


def main(words):
    """Returns the exit status."""
    above = None
    if words[:1] == ["--folder"]:
        above, words = words[1], words[2:]
    if not set(words) <= {"sdk", "clone"}:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    if os.geteuid() != 0:
        print("not ok - machine: needs root\n0 passed, 1 failed")
        return 1
    folder = tempfile.mkdtemp(prefix="coconut-fresh-", dir=above)
    try:
        return trial(folder, words or ["sdk", "clone"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
