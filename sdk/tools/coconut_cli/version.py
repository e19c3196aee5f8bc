# SPDX-License-Identifier: MIT
"""`coconut version`: what is installed here."""

import json
import os
import re
import subprocess

from coconut_cli import places
from coconut_cli.fault import Fault
from coconut_cli.options import Command, flag

COMMAND = Command("version", "[OPTIONS]", "Print the versions of the platform and of the tools it uses.",
                  (flag("--json", "print them as JSON: version, abi_level, place, compiler, emulator"),), """
What is not there is null in JSON.

exit status: 0 always, 2 wrong use.""")
VERSION = "0.1"


def first_line(words):
    """Return the first line a program prints, or None if it does not run."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError:
        return None
    lines = done.stdout.splitlines()
    return lines[0] if lines else None


def abi_level():
    """Return the ABI level from the installed headers, or None."""
    path = os.path.join(places.SDK, "sysroot", "usr", "include", "coconut", "types.h")
    try:
        with open(path, encoding="utf-8") as stream:
            found = re.search(r"^#define COCO_ABI_LEVEL (\d+)", stream.read(), re.MULTILINE)
    except OSError:
        return None
    return found.group(1) if found else None


def _as_json():
    try:
        emulator = first_line([places.qemu(), "--version"])
    except Fault:
        emulator = None
    level = abi_level()
    return json.dumps({"version": VERSION, "abi_level": level and int(level),
                       "place": places.SOURCE or places.SDK,
                       "compiler": first_line(["clang-19", "--version"]), "emulator": emulator}, indent=1)


def run(values, words):
    """Run the command; returns the exit status."""
    if words:
        raise COMMAND.fail(f"'{words[0]}' is not expected")
    if values["json"]:
        print(_as_json())
        return 0
    print(f"coconut {VERSION}, ABI level {abi_level() or 'unknown (not built)'}")
    print(f"place: {places.SOURCE or places.SDK}")
    print(first_line(["clang-19", "--version"]) or "clang-19: not found")
    try:
        print(first_line([places.qemu(), "--version"]) or "QEMU: does not run")
    except Fault as fault:
        print(f"QEMU: {fault}")
    return 0
