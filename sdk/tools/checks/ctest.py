# SPDX-License-Identifier: MIT
"""Configures and builds a CMake project and prints its ctest results in the line protocol.

usage: ctest.py NAME SOURCE BUILD [CMAKE-OPTION ...]
       ctest.py NAME --built BUILD [CTEST-OPTION ...]   of a project that was built before
"""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from common import TOP, Lines

SECONDS = 1800  # more than what `coconut run` gets, which says what went wrong, and than limits of single tests


def step(words):
    """Run a step whose output belongs to the log; True if it succeeded."""
    print(f"# {' '.join(words)}", flush=True)
    return subprocess.run(words, cwd=TOP, stderr=subprocess.STDOUT, check=False).returncode == 0


def results(junit):
    """Yield (name, reason of failure or None, output) for each test."""
    for case in ElementTree.parse(junit).getroot().iter("testcase"):
        failure = case.find("failure")
        output = case.findtext("system-out") or ""
        if failure is not None:
            yield case.get("name"), failure.get("message") or "failed", output
        elif case.get("status") != "run":
            yield case.get("name"), f"was not run: {case.get('status')}", output
        else:
            yield case.get("name"), None, output


def report(lines, name, why, output):
    """Report a test; one that prints the line protocol itself counts with its own lines."""
    inner = re.findall(r"^(ok|not ok|skip) - ([^:\n]+)(?:: (.*))?$", output, re.MULTILINE)
    for word, test, reason in inner:
        if word == "ok":
            lines.ok(f"{name}.{test}")
        elif word == "skip":
            lines.skip(f"{name}.{test}", reason or "skipped")
        else:
            lines.bad(f"{name}.{test}", reason or "failed")
    if why is not None:
        print(re.sub("^", "  ", output, flags=re.MULTILINE))  # indented: its lines are counted already
        lines.bad(name, why)
    elif not inner:
        lines.ok(name)


def build_project(lines, source, build, options):
    """Configure and build; reports only what fails."""
    if not step(["cmake", "-G", "Ninja", "-S", source, "-B", build, *options]):
        lines.bad("configure", f"cmake failed on {source}")
        return False
    if not step(["cmake", "--build", build]):
        lines.bad("build", f"building {source} failed")
        return False
    return True


def main():
    """Build and test."""
    name, source, build, *options = sys.argv[1:]
    lines = Lines(name)
    junit = os.path.join(build, "results.xml")
    if os.path.exists(junit):
        os.unlink(junit)
    test_options = []
    if source == "--built":
        test_options = options
    elif not build_project(lines, source, build, options):
        lines.finish()
    step(["ctest", "--test-dir", build, "--timeout", str(SECONDS),
          "--output-junit", junit, "--test-output-size-passed", "10000000",
          "--test-output-size-failed", "10000000", *(test_options or ["-j2"])])
    if os.path.exists(junit):
        for test, why, output in results(junit):
            report(lines, test, why, output)
    else:
        lines.bad("ctest", "no results")
    lines.finish()


main()
