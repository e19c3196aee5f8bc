# SPDX-License-Identifier: MIT
"""`coconut logs`: what programs wrote to their logs."""

from coconut_cli import servicelog
from coconut_cli.options import Command

COMMAND = Command(
    "logs", "LOG [PROGRAM]",
    "Show the kernel log of a machine, or what concerns one program of it.",
    (), """
LOG is the file that 'coconut boot --kernel-log LOG' writes. PROGRAM is the last part of the
executable's path; 'init' tells of starts, ends and restarts.""")


def run(_values, words):
    """Run the command; returns the exit status."""
    if len(words) not in (1, 2):
        raise COMMAND.fail("which log?")
    found = servicelog.lines(words[0]) if len(words) == 1 else servicelog.of_program(*words)
    for line in found:
        print(line)
    return 0
