# SPDX-License-Identifier: MIT
"""Which calls and rules have no conformance test."""

import fnmatch
import re

from .rules import all_rules

CLAIM = re.compile(r'\bRULE\(\s*"([^"]+)"')
# Rules that follow from argument kinds may be claimed by a table-driven test with a pattern.
PATTERN_CATEGORIES = ("width", "flags", "handle", "memory", "order")


def claims(folder):
    """Map of claimed id or pattern to the file that claims it."""
    found = {}
    for path in sorted(folder.rglob("*.c")):
        for match in CLAIM.finditer(path.read_text(encoding="utf-8")):
            found.setdefault(match.group(1), path.name)
    return found


def check_tests(abi, folder, unit_tests):
    """List of complaints, one line each; empty when everything is covered. What user mode cannot bring
    about, such as the failure of one allocation, may be claimed by a unit test under `unit_tests`."""
    complaints = []
    for call in abi.calls:
        if not (folder / f"{call.name}.c").is_file():
            complaints.append(f"call {call.name}: no test file {folder.name}/{call.name}.c")
    claimed = claims(folder)
    for test_folder in sorted(unit_tests.glob("*/test")):
        claimed.update(claims(test_folder))
    patterns = [c for c in claimed if "*" in c]
    rules = all_rules(abi)
    for rule in rules:
        by_pattern = rule["category"] in PATTERN_CATEGORIES and any(
            fnmatch.fnmatchcase(rule["id"], p) for p in patterns)
        if rule["id"] not in claimed and not by_pattern:
            complaints.append(f"rule {rule['id']}: no test claims it ({rule['text']})")
    ids = [r["id"] for r in rules]
    for claim, name in claimed.items():
        if not any(fnmatch.fnmatchcase(i, claim) for i in ids):
            complaints.append(f"{name}: RULE(\"{claim}\") names no rule")
    return complaints
