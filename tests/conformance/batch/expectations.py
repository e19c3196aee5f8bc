# SPDX-License-Identifier: MIT
"""What is expected of tests: a file of lines `TEST: RESULT: REASON` for those that do not pass."""

import re

_LINE = re.compile(r"(\S+): ([a-z]+(?:-\d+)?): (\S.*)$")


class ExpectationError(Exception):
    """A line that is wrong."""


def load(path, names):
    """Return {test: (result, reason)}; each test must be one of `names`."""
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        match = _LINE.match(line)
        if not match:
            raise ExpectationError(f"{path}:{number}: not of the form TEST: RESULT: REASON")
        name, result, reason = match.groups()
        if name not in names:
            raise ExpectationError(f"{path}:{number}: there is no test {name}")
        if name in found or result == "pass":
            raise ExpectationError(f"{path}:{number}: {name} is there twice, or expected to pass")
        found[name] = (result, reason)
    return found


def judge(result, expected, upstream):
    """What to say of a result: (word of the line protocol, text).

    expected: of load(), or None; upstream: why the test's authors expect it to fail here, or None.
    """
    if expected is not None:
        if result == expected[0]:
            return "skip", f"known, {result}: {expected[1]}"
        return "not ok", f"{result}, expected is {expected[0]}"
    if upstream is not None:
        return ("not ok", f"passes, but has {upstream}") if result == "pass" else ("skip", upstream)
    return ("ok", "") if result == "pass" else ("not ok", result)
