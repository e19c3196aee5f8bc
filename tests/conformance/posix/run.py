#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the Open POSIX Test Suite and newlib's own tests, unmodified, inside the kernel, and hold each result against
expected.txt: one that is not the expected one, better or worse, is a failure."""

import argparse
import json
import os
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import boots
import cases
import compiler
import expect
import ledger
import linux
import posixnames
import yardstick

DRIVER = [cases.HERE / "driver.c", cases.HERE / "system.c"]


def say(text):
    """Progress, on standard error."""
    print(f"# {text}", file=sys.stderr, flush=True)


class Lines:
    """The line protocol."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def ok(self, name):
        self.passed += 1
        print(f"ok - posix.{name}")

    def bad(self, name, why):
        self.failed += 1
        print(f"not ok - posix.{name}: {why}")

    def skip(self, name, why):
        self.skipped += 1
        print(f"skip - posix.{name}: {why}")

    def finish(self):
        """Print the closing line; returns the exit status."""
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0


def run_ours(chosen, hung, options):
    """Build and run tests here; hung: those expected to hang. Returns {name: Result}."""
    tool = compiler.Compiler(compiler.coconut(options.sdk), options.build, options.jobs)
    say(f"{len(chosen)} tests; building")
    built = tool.build(chosen)
    driver = tool.program("driver", DRIVER)
    machine = boots.CoconutMachine(options.sdk, driver, options.build / "boots", options.cpus)
    machine.seconds = options.seconds
    return boots.Runner(machine, built, options.jobs, say, hung).run(chosen)


def run_linux(target, chosen, options):
    """Build and run tests as Linux programs; returns {name: Result}."""
    tool = compiler.Compiler(target, options.build, options.jobs)
    say(f"{target.name}: {len(chosen)} tests; building")
    built = tool.build(chosen)
    machine = linux.LinuxMachine(tool.program("driver", DRIVER), options.build / f"boots-{target.name}")
    return boots.Runner(machine, built, options.jobs, say).run(chosen)


def measure_linux(everything, options):
    """--linux: write linux.txt."""
    glibc, musl = (run_linux(target, everything, options)
                   for target in (linux.glibc(), linux.musl(options.build)))
    yardstick.write(linux.versions(), glibc, musl)
    for name, results in (("glibc", glibc), ("musl", musl)):
        passed = sum(result.result == "pass" for result in results.values())
        print(f"{name}: {passed} of {len(results)} pass")
    return 0


def keep(results, options):
    """Keep the results with what the tests wrote, for a look at them."""
    record = {name: list(result) for name, result in results.items()}
    (options.build / "results.json").write_text(json.dumps(record, indent=1), encoding="utf-8")


def judge(results, names, lines):
    """Print a line for each result."""
    expected = expect.load(names)
    wrong = dict(expect.differences(results, expected))
    for name, result in results.items():
        if name in wrong:
            lines.bad(name, wrong[name])
        elif result.result == "pass":
            lines.ok(name)
        else:
            lines.skip(name, f"{result.result}: {expected[name][1]}")


def check_ledger(names, options, lines):
    """docs/posix.md is what is generated from the files of today."""
    text = ledger_page(names, options)
    if options.update_ledger:
        ledger.PAGE.write_text(text, encoding="utf-8")
        return
    there = ledger.PAGE.read_text(encoding="utf-8") if ledger.PAGE.exists() else ""
    if text == there:
        lines.ok("ledger")
    else:
        lines.bad("ledger", "docs/posix.md is stale; run tests/conformance/posix/run.py --update-ledger")


def ledger_page(names, options):
    """The text that docs/posix.md shall have."""
    facts = ledger.Facts(names, expect.load(names), yardstick.load(), posixnames.Surface(options.sdk))
    missing = [name for name in names if name not in facts.linux]
    if missing:
        raise cases.SuiteError(f"{missing[0]} is not in linux.txt; run tests/conformance/posix/run.py --linux")
    return ledger.page(facts, posixnames.posix_headers())


def arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("patterns", nargs="*", help="tests to run, such as 'interfaces/fork/*' (default: all)")
    parser.add_argument("--sdk", type=Path, default=cases.TOP / "build" / "sdk")
    parser.add_argument("--build", type=Path, default=cases.TOP / "build" / "posix")
    parser.add_argument("--jobs", type=int, default=os.environ.get("COCONUT_JOBS") or os.cpu_count() or 1)
    parser.add_argument("--cpus", type=int, default=1, help="virtual CPUs of each machine")
    parser.add_argument("--seconds", type=int, default=boots.TEST_SECONDS, help="time limit of a test, guest's clock (default: 60, or 20 if it is known to hang)")
    parser.add_argument("--update", action="store_true", help="write expected.txt from the results; reasons stay")
    parser.add_argument("--update-ledger", action="store_true", help="write docs/posix.md; run no test")
    parser.add_argument("--ledger", action="store_true", help="only compare docs/posix.md; run no test")
    parser.add_argument("--linux", action="store_true", help="measure glibc and musl, write linux.txt")
    options = parser.parse_args()
    options.sdk, options.build = options.sdk.resolve(), options.build.resolve()
    return options


def work(options, lines):
    """Do what the command line says; returns the exit status."""
    options.build.mkdir(parents=True, exist_ok=True)
    everything = cases.all_cases(options.build)
    names = [case.name for case in everything]
    if options.linux:
        return measure_linux(everything, options)
    if not options.ledger and not options.update_ledger:
        chosen = [case for case in everything if not options.patterns
                  or any(fnmatch(case.name, pattern) for pattern in options.patterns)]
        if not chosen:
            raise cases.SuiteError(f"no test is called {' or '.join(options.patterns)}")
        hung = [name for name, (result, _) in expect.load(names).items() if result == "hung"]
        results = run_ours(chosen, hung if options.seconds == boots.TEST_SECONDS else (), options)
        keep(results, options)
        if options.update:
            expect.update(results, names)
        judge(results, names, lines)
    if not options.patterns and not options.update:
        check_ledger(names, options, lines)
        if options.update_ledger:
            return 0
    return lines.finish()


def main():
    """Command entry."""
    lines = Lines()
    try:
        return work(arguments(), lines)
    except (cases.SuiteError, OSError, subprocess.CalledProcessError) as error:
        lines.bad("run", str(error).replace("\n", " "))
        return lines.finish()


if __name__ == "__main__":
    sys.exit(main())
