# SPDX-License-Identifier: MIT
"""`coconut logs`: what programs wrote to their logs."""

from coconut_cli import servicelog
from coconut_cli.options import Command, Option

COMMAND = Command(
    "logs", "[OPTIONS] LOG [PROGRAM]",
    "Show the kernel log of a machine, or what concerns one program of it.",
    (Option("--crashes", None, "only the reports on processes that ended badly", default=False),), """
LOG is the file that 'coconut boot --kernel-log LOG' writes. PROGRAM is the last part of the
executable's path, or a service's name; 'init' tells of starts, ends and restarts.
'coconut symbolize PROGRAM' puts functions and lines below the reports on a program.""")


def run(values, words):
    """Run the command; returns the exit status."""
    if len(words) not in (1, 2):
        raise COMMAND.fail("which log?")
    if values["crashes"]:
        name = f"[{words[1]}] " if len(words) == 2 else "["
        found = servicelog.crashes(words[0], name)
    else:
        found = servicelog.lines(words[0]) if len(words) == 1 else servicelog.of_program(*words)
    for line in found:
        print(line)
    return 0
