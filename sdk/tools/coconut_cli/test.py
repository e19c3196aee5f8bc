# SPDX-License-Identifier: MIT
"""`coconut test`: every test there is, two suites at a time where that does no harm."""

import json
import os
import threading
import time

from coconut_cli import build, hostpackages, places, setup, suiterun, suites
from coconut_cli.fault import STATUS_FAILED, Fault
from coconut_cli.options import Command, Option, flag
from coconut_cli.stage import Stage

WORKERS = 2

COMMAND = Command(
    "test", "[OPTIONS] [SUITE ...]",
    "Set up, build, and run all tests, or the named suites; a name that is none stands for all that "
    "start with it. In an installed SDK: build the project in the folder SUITE, or the current one, and "
    "run its tests in the kernel.",
    (Option("--suite", "NAME", "a suite to run, the same as the word NAME", many=True),
     flag("--quick", "only what needs no build of the platform"),
     flag("--force", "run also what passed before and has not changed since"),
     flag("--no-build", "take what was built before"),
     flag("--list", "list the suites"),
     flag("--json", "with --list: as JSON, a list of name, text, on_request (only its name starts it)"),
     flag("--verbose", "show the line of each single test")), """
Each suite prints a line: 'ok - SUITE: N tests', or 'not ok - SUITE/TEST: reason; log: FILE' for each test that
failed. The last line is 'N passed, N failed'. Logs are in build/logs, what each suite took in
build/logs/times.txt. A suite that passed is run again only when something it depends on has changed.

exit status: 0 when all passed, 1 when one failed.""")


class Tally:
    """Counts over all suites."""

    def __init__(self, verbose):
        self.passed = self.failed = 0
        self._times, self._lock = [], threading.Lock()
        self.show = (lambda line: print(f"  {line}", flush=True)) if verbose else None

    def add(self, outcome):
        """Count and print an outcome; any thread may."""
        with self._lock:
            self.passed += outcome.passed
            self.failed += len(outcome.failures)
            if not outcome.cached:
                self._times.append((outcome.suite.name, outcome.seconds, outcome.processor))
            suiterun.print_outcome(outcome)

    def add_build(self, seconds, fault=None):
        """Count and print that the build succeeded, or the Fault it ended with."""
        with self._lock:
            self.passed += fault is None
            self.failed += fault is not None
            self._times.append(("build", seconds, 0.0))
            print(f"not ok - build: {fault}" if fault else f"ok - build: 1 tests ({seconds:.1f} s)", flush=True)

    def write_times(self):
        """Write what each suite took, the most expensive first, to build/logs/times.txt."""
        os.makedirs(places.LOGS, exist_ok=True)
        with open(os.path.join(places.LOGS, "times.txt"), "w", encoding="ascii") as stream:
            stream.write("seconds  of processors  suite\n")
            for name, seconds, processor in sorted(self._times, key=lambda row: -row[1]):
                stream.write(f"{seconds:7.1f}  {processor:13.1f}  {name}\n")


def select(names, quick):
    """Return the suites to run; Fault for a name that fits none."""
    everything = suites.all_suites()
    for name in names:
        if not any(suite.name.startswith(name) for suite in everything):
            raise COMMAND.fail(f"no suite '{name}'; 'coconut test --list' shows them")
    known = {suite.name for suite in everything}

    def wanted(suite):
        if suite.on_request:
            return suite.name in names
        return not names or any(suite.name == name if name in known else suite.name.startswith(name)
                                for name in names)

    return [suite for suite in everything
            if wanted(suite) and (not quick or suite.stage == suites.HOST)]


def _build(tally):
    """Build the platform; a failure counts as one failed test."""
    print("# building", flush=True)
    try:
        seconds = build.build()
    except Fault as fault:
        tally.add_build(0.0, fault)
        return False
    tally.add_build(seconds)
    return True


def run_all(chosen, tally, values):
    """Run the chosen suites: those on the host beside the build, those in the kernel behind it."""
    force = values["force"]
    stages = {stage: [suite for suite in chosen if suite.stage == stage]
              for stage in (suites.HOST, suites.GUEST, suites.ALONE)}
    build_first = bool(stages[suites.GUEST] or stages[suites.ALONE]) and not values["no_build"]
    if Stage(tally, force, WORKERS).run(stages[suites.HOST], (lambda: _build(tally)) if build_first else None,
                                        stages[suites.GUEST]):
        Stage(tally, force, 1).run(stages[suites.ALONE])


def _list(as_json):
    found = suites.all_suites()
    if as_json:
        print(json.dumps([{"name": one.name, "text": one.text, "on_request": one.on_request} for one in found], indent=1))
    for suite in found if not as_json else ():
        print(f"{suite.name:<22}{suite.text}")
    return 0


def run(values, words):
    """Run the command; returns the exit status."""
    if values["json"] and not values["list"]:
        raise COMMAND.fail("--json is for --list")
    if places.SOURCE is None:
        for option in COMMAND.options:
            if values[option.key]:
                raise COMMAND.fail(f"{option.name} is for the suites of the source tree; this is an installed SDK")
        from coconut_cli import project
        project.test(project.find(words, COMMAND))
        return 0
    if values["list"]:
        return _list(values["json"])
    chosen = select([*words, *values["suite"]], values["quick"])
    setup.ensure()
    hostpackages.require()
    begin, tally = time.monotonic(), Tally(values["verbose"])
    run_all(chosen, tally, values)
    tally.write_times()
    print(f"# {time.monotonic() - begin:.0f} s")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return STATUS_FAILED if tally.failed or not tally.passed else 0
