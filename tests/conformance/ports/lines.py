# SPDX-License-Identifier: MIT
"""What a port's tests gave, as lines of the protocol that all suites speak."""

import re


def _verdict(why, known):
    """The line's beginning and end for a test that failed for `why` (None: passed)."""
    if known is not None:
        return ("skip", f"known: {known}") if why else ("not ok", "passes; take it off the known ones")
    return ("not ok", why) if why else ("ok", "")


def _label_of(test):
    """A test's name as the line protocol can hold it."""
    return re.sub(r"[^A-Za-z0-9_.+-]", "_", test)


def tell(name, recipe, results):
    """Print a line for each test; returns (passed, failed, skipped)."""
    counts = {"ok": 0, "not ok": 0, "skip": 0}
    for test, reason in recipe.get("exclude", {}).items():
        print(f"skip - port.{name}.{_label_of(test)}: not run: {reason}")
        counts["skip"] += 1
    for test, why in results:
        word, reason = _verdict(why, recipe.get("known", {}).get(test))
        print(f"{word} - port.{name}.{_label_of(test)}" + (f": {reason}" if reason else ""))
        counts[word] += 1
    return counts["ok"], counts["not ok"], counts["skip"]
