# SPDX-License-Identifier: MIT
"""Where things are, worked out from the place of this file: a source tree or an installed SDK."""

import os

from coconut_cli.fault import STATUS_USAGE, Fault

_HERE = os.path.dirname(os.path.realpath(__file__))
_UP = os.path.dirname(os.path.dirname(os.path.dirname(_HERE)))

#: Top of the source tree, None in an installed SDK (<sdk>/lib/coconut/coconut_cli).
SOURCE = _UP if os.path.isfile(os.path.join(_UP, "sdk", "tools", "coconut.py")) else None
#: Build tree of the source tree, None in an installed SDK.
BUILD = os.path.join(SOURCE, "build") if SOURCE else None
#: Prefix of the SDK that belongs to this command; in a source tree it may not be built yet.
SDK = os.path.join(BUILD, "sdk") if SOURCE else _UP
#: Logs and results of the tests.
LOGS = os.path.join(BUILD, "logs") if SOURCE else None


#: What a run boots, below the SDK's share/coconut.
KERNEL, INIT = "kernel/coconut-kernel.elf", "init"


def boot_file(name):
    """Return the path of KERNEL or INIT in the SDK; Fault when it is not there."""
    path = os.path.join(SDK, "share", "coconut", name)
    if not os.path.isfile(path):
        mend = "build it with 'coconut build'" if SOURCE else "install the SDK again"
        raise Fault(f"{path} is missing; {mend}")
    return path


def data(name):
    """Return the path of a folder or file that the SDK holds in share/coconut, the source tree in sdk/."""
    path = os.path.join(SOURCE, "sdk", name) if SOURCE else os.path.join(SDK, "share", "coconut", name)
    if not os.path.exists(path):
        raise Fault(f"{path} is missing; install the SDK again")
    return path


def source_root():
    """Return the top of the source tree; Fault in an installed SDK."""
    if SOURCE is None:
        raise Fault("this command works in the source tree only; this is an installed SDK", STATUS_USAGE)
    return SOURCE


def find_program(name):
    """Return the full path of a host program from PATH, or None."""
    for folder in os.environ.get("PATH", os.defpath).split(":"):
        path = os.path.join(folder or ".", name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def qemu():
    """Return the emulator to start: $COCONUT_QEMU or qemu-system-x86_64 from PATH."""
    chosen = os.environ.get("COCONUT_QEMU")
    path = find_program(chosen or "qemu-system-x86_64")
    if path is None:
        what = f"COCONUT_QEMU names '{chosen}', which" if chosen else "qemu-system-x86_64"
        mend = "correct it" if chosen else "install it with 'coconut setup'"
        raise Fault(f"{what} was not found; {mend}")
    return path
