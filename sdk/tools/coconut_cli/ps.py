# SPDX-License-Identifier: MIT
"""`coconut ps`: the services of a machine that runs, or ran."""

import json

from coconut_cli import servicelog
from coconut_cli.options import Command, flag

COMMAND = Command(
    "ps", "[OPTIONS] LOG",
    "Show the services of a machine: state, process, starts, how the last one ended.",
    (flag("--json", "print a list of them: name, state, process, starts, end; null for what is not known"),), """
LOG is the file that 'coconut boot --kernel-log LOG' writes; it may be looked at meanwhile.""")


def _known(text):
    return None if text == "-" else text


def _as_json(services):
    return json.dumps([{"name": one.name, "state": one.state, "process": one.process and int(one.process),
                        "starts": int(one.starts), "end": one.end} for one in services], indent=1)


def run(values, words):
    """Run the command; returns the exit status."""
    if len(words) != 1:
        raise COMMAND.fail("which log?")
    found = servicelog.states(words[0])
    if values["json"]:
        for one in found:
            one.process, one.end = _known(one.process), _known(one.end)
        print(_as_json(found))
        return 0
    print(f"{'SERVICE':<32}{'STATE':<10}{'PROCESS':>8}{'STARTS':>8}  LAST END")
    for one in found:
        print(f"{one.name:<32}{one.state:<10}{one.process:>8}{one.starts:>8}  {one.end}")
    return 0
