# SPDX-License-Identifier: MIT
"""`coconut test`: every test there is, in stages, two suites at a time where that does no harm."""

import concurrent.futures
import json
import os
import time

from coconut_cli import build, hostcommand, hostpackages, places, results, suiterun, suites
from coconut_cli import setup
from coconut_cli.fault import STATUS_FAILED, Fault
from coconut_cli.options import Command, Option, flag

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
failed. The last line is 'N passed, N failed'. Logs are in build/logs. A suite that passed is run again
only when something it depends on has changed.

exit status: 0 when all passed, 1 when one failed.""")


class Tally:
    """Counts over all suites."""

    def __init__(self, verbose):
        self.passed = self.failed = 0
        self.show = (lambda line: print(f"  {line}", flush=True)) if verbose else None

    def add(self, outcome):
        """Count and print an outcome."""
        self.passed += outcome.passed
        self.failed += len(outcome.failures)
        suiterun.print_outcome(outcome)


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


def changed(chosen, tally, force):
    """The suites that have to run, with the keys of their results, the long ones first; counts the others."""
    digester, found = results.Digester(), []
    for suite in sorted(chosen, key=lambda suite: -suites.LONG.get(suite.name, 0)):
        key = digester.key(suite.inputs, suite.words)
        passed = None if force else results.recall(suite.name, key)
        if passed is None:
            found.append((suite, key))
        else:
            outcome = suiterun.Outcome(suite, hostcommand.log_path(suite.name))
            outcome.passed, outcome.cached = passed, True
            tally.add(outcome)
    return found


def run_stage(chosen, tally, force, workers):
    """Run suites of one stage, `workers` at a time, which share the processors."""
    found, running = changed(chosen, tally, force), suiterun.Running()
    jobs = max(1, (os.cpu_count() or 1) // max(1, min(workers, len(found))))

    def one(suite, key):
        outcome = suiterun.run(suite, running, jobs, tally.show)
        if outcome.failures:
            results.forget(suite.name)
        else:
            results.remember(suite.name, key, outcome.passed)
        return outcome

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        pending = [pool.submit(one, suite, key) for suite, key in found]
        try:
            for future in concurrent.futures.as_completed(pending):
                tally.add(future.result())
        except BaseException:
            for future in pending:
                future.cancel()
            running.stop_all()
            raise


def _build(tally):
    """Build the platform; a failure counts as one failed test."""
    print("# building", flush=True)
    try:
        seconds = build.build()
    except Fault as fault:
        tally.failed += 1
        print(f"not ok - build: {fault}", flush=True)
        return False
    tally.passed += 1
    print(f"ok - build: 1 tests ({seconds:.1f} s)", flush=True)
    return True


def run_all(chosen, tally, values):
    """Run the chosen suites, stage by stage."""
    force = values["force"]

    def stage(name):
        return [suite for suite in chosen if suite.stage == name]

    run_stage(stage(suites.HOST), tally, force, WORKERS)
    if any(suite.stage != suites.HOST for suite in chosen):
        if not values["no_build"] and not _build(tally):
            return
        run_stage(stage(suites.GUEST), tally, force, WORKERS)
        run_stage(stage(suites.ALONE), tally, force, 1)


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
    print(f"# {time.monotonic() - begin:.0f} s")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return STATUS_FAILED if tally.failed or not tally.passed else 0
