# SPDX-License-Identifier: MIT
"""`coconut logs`: what programs wrote to their logs."""

import json
import re

from coconut_cli import servicelog
from coconut_cli.options import Command, flag

COMMAND = Command(
    "logs", "[OPTIONS] LOG [PROGRAM]",
    "Show the kernel log of a machine, or what concerns one program of it.",
    (flag("--crashes", "only the reports on processes that ended badly"),
     flag("--json", "print a list of the lines: program, null for the kernel's own, and text")), """
LOG is the file that 'coconut boot --kernel-log LOG' writes. PROGRAM is the last part of the
executable's path, or a service's name; 'init' tells of starts, ends and restarts.
'coconut symbolize PROGRAM' puts functions and lines below the reports on a program.""")


_OF_PROGRAM = re.compile(r"\[([^][]+)\] ?(.*)\Z")


def _as_json(lines):
    parts = [(line, _OF_PROGRAM.match(line)) for line in lines]
    return json.dumps([{"program": match.group(1) if match else None, "text": match.group(2) if match else line}
                       for line, match in parts], indent=1)


def run(values, words):
    """Run the command; returns the exit status."""
    if len(words) not in (1, 2):
        raise COMMAND.fail("which log?")
    if values["crashes"]:
        name = f"[{words[1]}] " if len(words) == 2 else "["
        found = servicelog.crashes(words[0], name)
    else:
        found = servicelog.lines(words[0]) if len(words) == 1 else servicelog.of_program(*words)
    if values["json"]:
        print(_as_json(found))
        return 0
    for line in found:
        print(line)
    return 0
