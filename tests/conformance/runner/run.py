#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the unittest cases of a folder and prints a line for each.

usage: run.py [--folder FOLDER] [PART-OF-A-NAME ...]; without --folder: the tests of this folder.
"""

import signal
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Lines(unittest.TestResult):
    """Prints the one-line protocol; details of failures go to standard error."""

    def __init__(self):
        super().__init__()
        self.passed = self.failed = 0
        self._bad = set()

    @staticmethod
    def _name(test):
        return test.id().split(".", 1)[1]

    def _fail(self, test, error):
        self._bad.add(test.id())
        text = str(error[1]).strip().splitlines() or [error[0].__name__]
        print(f"not ok - {self._name(test)}: {text[0]}", flush=True)
        print(self._exc_info_to_string(error, test), file=sys.stderr, flush=True)
        self.failed += 1

    def addSuccess(self, test):
        if test.id() not in self._bad:
            print(f"ok - {self._name(test)}", flush=True)
            self.passed += 1

    def addFailure(self, test, err):
        self._fail(test, err)

    def addError(self, test, err):
        self._fail(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None and test.id() not in self._bad:
            self._fail(test, err)


def cases(suite):
    """Yield the single tests of a suite."""
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from cases(item)
        else:
            yield item


def main(words):
    """Run the selected tests; returns the exit status."""
    folder = HERE
    if words[:1] == ["--folder"]:
        folder, words = Path(words[1]).resolve(), words[2:]
    # A shell starts what runs in its background without Ctrl-C; the programs under test are to have it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    loaded = unittest.defaultTestLoader.discover(str(folder), top_level_dir=str(folder))
    chosen = [case for case in cases(loaded) if not words or any(w in case.id() for w in words)]
    result = Lines()
    unittest.TestSuite(chosen).run(result)
    print(f"{result.passed} passed, {result.failed} failed")
    return 1 if result.failed or not result.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
