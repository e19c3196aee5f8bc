# SPDX-License-Identifier: MIT
"""`coconut port-check`: which interfaces a program needs that are not there, or not as it knows them."""

import json
import os
import re

from coconut_cli import elfsections
from coconut_cli.fault import STATUS_FAILED, Fault
from coconut_cli.interfaces import Interfaces, plain
from coconut_cli.options import Command, flag

COMMAND = Command(
    "port-check", "[OPTIONS] FILE ...",
    "Say which interfaces a program needs that this SDK lacks or has in part only.",
    (flag("--notes", "show also what works, but otherwise than elsewhere"),
     flag("--json", "print everything as JSON")), """
FILE is an object file, a static library, a program or shared library of Linux, or the log of a
configure script, of CMake or of a compiler. Files are taken together: what one of them defines, such
as another library that the program needs, the others need not find. Of a log, what was found on the
system it ran on counts as needed, and what a compiler or linker missed.

  missing   not there: headers cannot be included, functions cannot be linked
  fails     there to link against, always fails with ENOSYS
  partly    a test that passes on Linux fails here
  differs   works, otherwise than elsewhere; shown with --notes

JSON: [{"name", "kind": "function" or "header", "state", "text", "files": [...]}], all states but 'there'.
exit status: 0 nothing is missing or fails, 1 something is, or a file cannot be read, 2 wrong use.""")

NAME = r"([A-Za-z_]\w*)"
HEADER = r"([\w./+-]+\.h)"
_FUNCTIONS = tuple(re.compile(pattern) for pattern in (
    rf"^checking for (?:function )?{NAME}(?:\(\))?(?: in -l\w+)?\.\.\. (?:\(cached\) )?yes", rf"^checking whether {NAME} "
    r"is declared\.\.\. (?:\(cached\) )?yes", rf"^-- Looking for {NAME} - found", rf"undefined symbol: {NAME}",
    rf"undefined reference to [`'‘]{NAME}['’]", rf"undeclared (?:library )?function ['‘]{NAME}['’]",
    rf"implicit declaration of function ['‘]{NAME}['’]"))
_HEADERS = tuple(re.compile(pattern) for pattern in (
    rf"^checking for {HEADER}\.\.\. (?:\(cached\) )?yes", rf"^-- Looking for (?:\d+ include files )?(?:[\w./+-]+, )*{HEADER} - found",
    rf"fatal error: ['‘]?{HEADER}['’]? file not found", rf"fatal error: {HEADER}: No such file"))
#: Answers of configure scripts that are about something else than a function of that name.
_NO_FUNCTION = frozenset(("gcc", "cc", "clang", "grep", "egrep", "sed", "awk", "gawk", "mawk", "ar", "ranlib", "strip",
                          "inline", "const", "volatile", "restrict", "size_t", "ssize_t", "pid_t", "off_t", "mode_t",
                          "pthread_create", "working", "suffix", "BSD", "library", "ANSI", "GNU", "ld", "nm"))
LINE_MAX = 4096


def _of_log(path, data):
    """Yield (name, kind) of what a log names."""
    any_line = False
    for line in data.decode("utf-8", "replace").splitlines():
        line = line[:LINE_MAX].removeprefix("#").strip()
        for patterns, kind in ((_HEADERS, "header"), (_FUNCTIONS, "function")):
            found = next((match for match in (pattern.search(line) for pattern in patterns) if match), None)
            if found:
                any_line = True
                if found.group(1) not in _NO_FUNCTION and not found.group(1).endswith("_t"):
                    yield found.group(1), kind
                break
    if not any_line:
        raise Fault(f"{path}: is no object, library or program, and nothing in it looks like the log of a "
                    "configure script, CMake or a compiler", STATUS_FAILED)


def _of_objects(path):
    """Return (needed names, defined names) of a compiled file."""
    needed, defined = set(), set()
    for item in elfsections.objects(path):
        if item.kind != elfsections.ET_REL and not item.is_dynamic():
            raise Fault(f"{path}: is linked statically: what it needs is in it; give its object files",
                        STATUS_FAILED)
        needed |= {plain(name) for name in item.imports()}
        defined |= item.exports()
    return needed, defined


def collect(paths):
    """Return {(name, kind): [files]} of what the files need and none of them defines."""
    needed, defined = {}, set()
    for path in paths:
        data = elfsections.read_file(path)
        if data[:4] == b"\x7fELF" or data[:7] in (b"!<arch>", b"!<thin>"):
            names, own = _of_objects(path)
            defined |= own
            wanted = {(name, "function") for name in names}
        else:
            wanted = set(_of_log(path, data))
        for key in wanted:
            needed.setdefault(key, []).append(path)
    return {key: files for key, files in needed.items() if key[0] not in defined}


def judge(needed):
    """Return the rows of the answer, worst first, each as JSON has it."""
    interfaces, rows = Interfaces(), []
    for (name, kind), files in needed.items():
        if kind == "function" and interfaces.own(name):
            continue
        state, text = interfaces.header(name) if kind == "header" else interfaces.function(name)
        rows.append({"name": name, "kind": kind, "state": state, "text": text, "files": files})
    order = [Interfaces.MISSING, Interfaces.FAILS, Interfaces.PARTLY, Interfaces.DIFFERS, Interfaces.THERE]
    return sorted(rows, key=lambda row: (order.index(row["state"]), row["kind"], row["name"]))


def _print(rows, notes, several):
    shown = {Interfaces.MISSING, Interfaces.FAILS, Interfaces.PARTLY} | ({Interfaces.DIFFERS} if notes else set())
    for row in rows:
        if row["state"] in shown:
            name = f"<{row['name']}>" if row["kind"] == "header" else row["name"]
            text = f": {row['text']}" if row["text"] else ""
            where = f" ({', '.join(map(os.path.basename, row['files'][:3]))})" if several else ""
            print(f"{row['state']:<9}{name}{text}{where}")
    counts = {state: sum(row["state"] == state for row in rows)
              for state in ("there", "differs", "partly", "fails", "missing")}
    print(f"{len(rows)} interfaces: " + ", ".join(f"{count} {state}" for state, count in counts.items()))


def run(values, words):
    """Run the command; returns the exit status."""
    if not words:
        raise COMMAND.fail("which files?")
    rows = judge(collect(words))
    if values["json"]:
        print(json.dumps([row for row in rows if row["state"] != Interfaces.THERE], indent=1))
    else:
        _print(rows, values["notes"], len(words) > 1)
    return STATUS_FAILED if any(row["state"] in ("missing", "fails") for row in rows) else 0
