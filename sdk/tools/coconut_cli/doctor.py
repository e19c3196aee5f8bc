# SPDX-License-Identifier: MIT
"""`coconut doctor`: each thing that must be there, and the one command that mends it."""

import json
import os
import shutil

from coconut_cli import hostpackages, places, version
from coconut_cli.fault import STATUS_FAILED, Fault
from coconut_cli.options import Command, flag

COMMAND = Command(
    "doctor", "[OPTIONS]", "Check that everything is there that the commands need; say how to mend the rest.",
    (flag("--json", "print a list: check, ok, problem, mend; the last two are null when all is well"),),
    notes="exit status: 0 when nothing is missing, else 1, 2 wrong use.")
DISK_NEEDED = 3 << 30
MEND = "coconut setup"


def _packages():
    absent = hostpackages.missing()
    if absent:
        return f"missing: {' '.join(package.name for package in absent)}", MEND
    return None


def _qemu():
    try:
        path = places.qemu()
    except Fault as fault:
        return str(fault).split(";", maxsplit=1)[0], "correct it" if os.environ.get("COCONUT_QEMU") else MEND
    if version.first_line([path, "--version"]) is None:
        return f"{path} does not run", MEND
    return None


def _sdk():
    mend = "coconut build" if places.SOURCE else "install the SDK again"
    for name in (places.KERNEL, places.INIT):
        try:
            places.boot_file(name)
        except Fault as fault:
            return str(fault).split(";")[0], mend
    if not os.path.isfile(os.path.join(places.SDK, "sysroot", "usr", "lib", "libc.a")):
        return "the C library is not built", mend
    return None


def _programs(*names):
    def check():
        absent = [name for name in names if places.find_program(name) is None]
        return (f"not in PATH: {' '.join(absent)}", MEND) if absent else None
    return check


def _memory_file():
    try:
        os.close(os.memfd_create("probe"))
    except OSError as error:
        return f"memory files do not work: {error.strerror}", "use a Linux 3.17 or later"
    return None


def _disk():
    free = shutil.disk_usage(places.SOURCE).free
    if free < DISK_NEEDED:
        return f"only {free >> 20} MiB free for a build", f"free {DISK_NEEDED >> 20} MiB of disk space"
    return None


def checks():
    """Return the (name, function) pairs for this place."""
    shared = [("QEMU", _qemu), ("memory files", _memory_file), ("SDK", _sdk)]
    if places.SOURCE:
        return [("host packages", _packages), ("disk space", _disk), *shared]
    return [("compiler", _programs("clang-19", "ld.lld-19", "llvm-ar-19")),
            ("build tools", _programs("cmake", "ninja")), ("debugger", _programs("gdb")), *shared]


def results():
    """Return what --json prints."""
    found = []
    for name, check in checks():
        try:
            problem = check()
        except Fault as fault:
            problem = (str(fault), "see there")
        found.append({"check": name, "ok": problem is None, "problem": problem and problem[0],
                      "mend": problem and problem[1]})
    return found


def run(values, words):
    """Run the command; returns the exit status."""
    if words:
        raise COMMAND.fail(f"'{words[0]}' is not expected")
    found = results()
    if values["json"]:
        print(json.dumps(found, indent=1))
    for one in [] if values["json"] else found:
        text = f"not ok - {one['check']}: {one['problem']}; mend it with: {one['mend']}"
        print(f"ok - {one['check']}" if one["ok"] else text)
    return 0 if all(one["ok"] for one in found) else STATUS_FAILED
