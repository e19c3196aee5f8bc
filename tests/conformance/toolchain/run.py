#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the SDK as a tool chain, from a copy of it at another, read-only place.

One line for each check; arguments select by part of a name. Nothing is run in the kernel here but a program of imported modules.
"""

import argparse
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

import support

HERE = Path(__file__).resolve().parent


class Lines(unittest.TestResult):
    """Prints the one-line protocol; details of failures go to standard error."""

    def __init__(self):
        super().__init__()
        self.passed = self.failed = 0

    @staticmethod
    def _name(test):
        return "toolchain." + test.id().split(".")[-1].removeprefix("test_")

    def _fail(self, test, error):
        lines = str(error[1]).strip().splitlines() or [error[0].__name__]
        print(f"not ok - {self._name(test)}: {lines[0]}", flush=True)
        print(self._exc_info_to_string(error, test), file=sys.stderr, flush=True)
        self.failed += 1

    def addSuccess(self, test):
        print(f"ok - {self._name(test)}", flush=True)
        self.passed += 1

    addFailure = _fail
    addError = _fail


def _cases(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _cases(item)
        else:
            yield item


def _set_writable(folder, writable):
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o200 if writable else mode & ~0o222)


def main():
    """Run the selected checks; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="parts of names (default: all)")
    parser.add_argument("--sdk", type=Path, default=support.TOP / "build" / "sdk")
    options = parser.parse_args()
    if not (options.sdk / "etc").is_dir():
        print(f"run.py: error: no SDK at {options.sdk}; run ./coconut build", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="coconut moved ") as moved:
        support.SDK = Path(os.path.realpath(moved)) / "sdk"
        shutil.copytree(options.sdk, support.SDK, symlinks=True)
        _set_writable(support.SDK, False)
        try:
            suite = unittest.defaultTestLoader.discover(str(HERE), top_level_dir=str(HERE))
            result = Lines()
            for case in _cases(suite):
                if not options.names or any(name in case.id() for name in options.names):
                    case.run(result)
        finally:
            _set_writable(support.SDK, True)
    print(f"{result.passed} passed, {result.failed} failed")
    return 1 if result.failed or not result.passed else 0


if __name__ == "__main__":
    sys.exit(main())
