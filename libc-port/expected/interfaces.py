#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Write what is known of the C library's interfaces as JSON, for `coconut port-check`.

  interfaces.py OUTPUT

{"partly": {function: what is missing}, "absent": [[pattern, reason]], "otherwise": [[pattern, how]],
 "headers": {header: why it is absent}}, from docs/posix.md, libc-port/ledger.md and
tests/conformance/headers/headers.txt. Patterns as for fnmatch. What can be linked is not in it: the
libraries say that themselves.
"""

import json
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
LEDGER, PAGE = TOP / "libc-port" / "ledger.md", TOP / "docs" / "posix.md"
HEADERS = TOP / "tests" / "conformance" / "headers" / "headers.txt"


def cells(line):
    """The cells of a table's row; none for other lines."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []


def table(heading):
    """[[pattern, text]] of a table of the ledger with two columns."""
    part = LEDGER.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    found = []
    for line in part.replace("\\|", "\0").splitlines():
        row = cells(line)
        if len(row) == 2:
            names = re.findall(r"`([a-z_][\w*]*(?:\.h)?)`", row[0].replace(".c", " "))
            found += [[name, row[1].replace("\0", "|")] for name in names]
    if not found:
        raise SystemExit(f"interfaces.py: no table '{heading}' in {LEDGER}")
    return found


def partly():
    """{function: what is missing} of the interfaces that work partly."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").partition("## Interfaces")[2].splitlines():
        row = cells(line)
        if len(row) == 7 and row[2] == "partly":
            found[row[0].strip("`")] = row[6]
    return found


def headers():
    """{header: why it is absent}."""
    rows = (line.split(None, 1) for line in HEADERS.read_text(encoding="utf-8").splitlines()
            if line.strip() and not line.startswith("#"))
    return {row[0]: row[1].strip() for row in rows if len(row) == 2}


def main():
    """Command entry; returns the exit status."""
    if len(sys.argv) != 2:
        print("usage: interfaces.py OUTPUT", file=sys.stderr)
        return 2
    data = {"partly": partly(), "absent": table("Absent"), "otherwise": table("Otherwise"),
            "headers": headers()}
    output = Path(sys.argv[1])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
