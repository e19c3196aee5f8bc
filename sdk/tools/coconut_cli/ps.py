# SPDX-License-Identifier: MIT
"""`coconut ps`: the services of a machine that runs, or ran."""

from coconut_cli import servicelog
from coconut_cli.options import Command

COMMAND = Command(
    "ps", "LOG",
    "Show the services of a machine: state, process, starts, how the last one ended.",
    (), """
LOG is the file that 'coconut boot --kernel-log LOG' writes; it may be looked at meanwhile.""")


def run(_values, words):
    """Run the command; returns the exit status."""
    if len(words) != 1:
        raise COMMAND.fail("which log?")
    print(f"{'SERVICE':<32}{'STATE':<10}{'PROCESS':>8}{'STARTS':>8}  LAST END")
    for one in servicelog.states(words[0]):
        print(f"{one.name:<32}{one.state:<10}{one.process:>8}{one.starts:>8}  {one.end}")
    return 0
