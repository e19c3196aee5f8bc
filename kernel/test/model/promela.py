#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Have spin go through wait.pml: the protocol as it is must be clean, and each fault must be found.

Prints the line protocol of the tests.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MODEL = Path(__file__).resolve().parent / "wait.pml"
#: Threads that take, threads that poll, signallers.
CASES = ((1, 0, 2), (0, 1, 2), (2, 0, 2), (1, 1, 2), (0, 2, 2), (2, 1, 1))
FAULTS = ("FORGETFUL_WAKE", "LOOK_WITHOUT_LOCK", "POLL_LOOKS_FIRST", "TAKE_WITHOUT_LOCK",
          "WAKE_BEFORE_CHANGE")
SECONDS = 900


class Unusable(Exception):
    """spin, or what it makes, does not work."""


def run(words, folder):
    """Run a program; its output."""
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=SECONDS,
                              check=False)
    except subprocess.TimeoutExpired as error:
        raise Unusable(f"{words[0]} takes longer than {SECONDS} s") from error
    if done.returncode != 0:
        raise Unusable(f"{words[0]} fails: {(done.stdout + done.stderr).strip()[-300:]}")
    return done.stdout


def errors(case, fault=None):
    """(number of errors that spin finds, number of states)."""
    takers, pollers, signals = case
    defines = [f"-DTAKERS={takers}", f"-DPOLLERS={pollers}", f"-DSIGNALS={signals}"]
    if fault:
        defines.append(f"-DFAULT_{fault}")
    with tempfile.TemporaryDirectory(prefix="coconut-spin-") as folder:
        run(["spin", *defines, "-a", str(MODEL)], folder)
        # Invalid end states are what Judge is for: threads may sleep when no signal is left.
        run(["clang-19", "-O1", "-w", "-DSAFETY", "-o", "pan", "pan.c"], folder)
        text = run(["./pan", "-E", "-m200000"], folder)
    found = re.search(r"errors: (\d+)", text)
    states = re.search(r"(\d+) states, stored", text)
    if not found or not states or "max search depth too small" in text or "out of memory" in text:
        raise Unusable(f"the search did not end: {text.strip()[-300:]}")
    if not fault and "unreached in proctype Judge" in text and '"judged' in text:
        raise Unusable("the judge is never reached: the model does not run")
    return int(found[1]), int(states[1])


def report(good, name, text=""):
    """Print one line."""
    print(f"ok - spin.{name}" if good else f"not ok - spin.{name}: {text}")
    return good


def main():
    """Check the protocol and the faults; returns the exit status."""
    if shutil.which("spin") is None:
        print("not ok - spin.installed: spin is missing; 'coconut setup' installs it")
        print("0 passed, 1 failed")
        return 1
    results = []
    try:
        for case in CASES:
            count, states = errors(case)
            name = "takers_{}_pollers_{}_signals_{}".format(*case)
            results.append(report(count == 0, name, f"{count} errors"))
            print(f"# {states} states")
        for fault in FAULTS:
            found = any(errors(case, fault)[0] for case in CASES[:5])
            results.append(report(found, f"finds.{fault.lower()}", "nothing is found"))
    except Unusable as error:
        results.append(report(False, "runs", str(error).replace("\n", " ")))
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
