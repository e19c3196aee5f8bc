# SPDX-License-Identifier: MIT
"""`coconut doctor`: each thing that must be there, and the one command that mends it."""

import os
import shutil

from coconut_cli import hostpackages, places, version
from coconut_cli.fault import STATUS_FAILED, Fault
from coconut_cli.options import Command

COMMAND = Command(
    "doctor", "", "Check that everything is there that the commands need; say how to mend the rest.",
    notes="exit status: 0 when nothing is missing, else 1.")
DISK_NEEDED = 3 << 30


def _packages():
    absent = hostpackages.missing()
    if absent:
        return f"missing: {' '.join(package.name for package in absent)}", "coconut setup"
    return None


def _qemu():
    try:
        path = places.qemu()
    except Fault as fault:
        return str(fault), "coconut setup"
    if version.first_line([path, "--version"]) is None:
        return f"{path} does not run", "coconut setup"
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


def _compiler():
    for name in ("clang-19", "ld.lld-19", "llvm-ar-19"):
        if places.find_program(name) is None:
            return f"{name} is not in PATH", "apt-get install clang-19 lld-19 llvm-19"
    return None


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
    return [("compiler", _compiler), *shared]


def run(_values, words):
    """Run the command; returns the exit status."""
    if words:
        raise COMMAND.fail(f"'{words[0]}' is not expected")
    failed = 0
    for name, check in checks():
        try:
            found = check()
        except Fault as fault:
            found = (str(fault), "see above")
        if found is None:
            print(f"ok - {name}")
        else:
            failed += 1
            print(f"not ok - {name}: {found[0]}; mend it with: {found[1]}")
    return STATUS_FAILED if failed else 0
