# SPDX-License-Identifier: MIT
"""Classes and numbers of the system calls, from the tables of sysroot/abi and from nowhere else.

An installed SDK has them as share/coconut/calls.json, which gen.py wrote from the same tables.
"""

import json
import os
import sys
from pathlib import Path

from coconut_cli import places
from coconut_cli.fault import Fault, reason

#: What every process may do: end itself, end a thread, return from a signal.
ALWAYS = ("exit", "process_exit", "thread_exit", "signal_return")


class Calls:
    """classes: name -> value; calls: name -> (class name, index); objects: kind -> rights."""

    def __init__(self, table):
        self.classes = dict(table["classes"])
        self.calls = {name: tuple(place) for name, place in table["calls"].items()}
        self.objects = dict(table["objects"])

    def of_class(self, name):
        """Names of the calls of a class."""
        return [call for call, (owner, _) in self.calls.items() if owner == name]

    def records(self, names):
        """The calls `names` as sorted records (class value, first index, 64-bit mask)."""
        masks = {}
        for name in names:
            owner, index = self.calls[name]
            key = (self.classes[owner], index & ~63)
            masks[key] = masks.get(key, 0) | 1 << (index & 63)
        return [(value, first, mask) for (value, first), mask in sorted(masks.items())]

    def names(self, records):
        """The other way: sorted names of the calls in such records."""
        chosen = {(value, first): mask for value, first, mask in records}
        return sorted(name for name, (owner, index) in self.calls.items()
                      if chosen.get((self.classes[owner], index & ~63), 0) >> (index & 63) & 1)


def load():
    """Read the tables that belong to this command."""
    if places.SOURCE:
        folder = os.path.join(places.SOURCE, "sysroot", "abi")
        if folder not in sys.path:
            sys.path.append(folder)
        from abigen import reader, user  # only there in a source tree
        return Calls(json.loads(user.calls_json(reader.read_abi(Path(folder)))))
    path = os.path.join(places.SDK, "share", "coconut", "calls.json")
    try:
        with open(path, encoding="utf-8") as stream:
            return Calls(json.load(stream))
    except (OSError, ValueError, KeyError) as error:
        text = reason(error) if isinstance(error, OSError) else "it is damaged"
        raise Fault(f"cannot read {path}: {text}; install the SDK again") from error
