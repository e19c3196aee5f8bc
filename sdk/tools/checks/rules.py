# SPDX-License-Identifier: MIT
"""Every rule of every system call is claimed by a test: one line per rule."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from common import TOP, Lines

GENERATOR = TOP / "sysroot" / "abi" / "gen.py"
TESTS = TOP / "tests" / "conformance" / "raw"


def generator(*words):
    """Run gen.py; returns the CompletedProcess."""
    return subprocess.run([sys.executable, "-B", GENERATOR, *map(str, words)], capture_output=True,
                          text=True, check=False)


def main():
    """Compare the rules with the claims."""
    lines = Lines("rules")
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "rules.json"
        made = generator("--rules", path)
        if made.returncode != 0:
            lines.bad("tables", made.stderr.strip().split("\n")[-1])
            lines.finish()
        rules = json.loads(path.read_text(encoding="utf-8"))
    names = [rule["id"] for rule in (rules["rules"] if isinstance(rules, dict) else rules)]
    checked = generator("--check-tests", TESTS)
    complaints = {}
    for line in checked.stderr.splitlines() + checked.stdout.splitlines():
        what, _, why = line.partition(": ")
        if why:
            complaints[what.removeprefix("rule ").replace(" ", ".")] = why
    if checked.returncode != 0 and not complaints:
        lines.bad("check", f"gen.py --check-tests ended with status {checked.returncode}")
    for name, why in complaints.items():
        lines.bad(name, why)
    for name in names:
        if name not in complaints:
            lines.ok(name)
    lines.finish()


main()
