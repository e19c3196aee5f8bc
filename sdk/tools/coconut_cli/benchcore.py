# SPDX-License-Identifier: MIT
"""`coconut bench core`: what basic operations of the kernel cost, by its own calls."""

import os

from coconut_cli import benchmeasure, linuxguest, places
from coconut_cli.benchmeasure import Row
from coconut_cli.fault import STATUS_FAILED, Fault

#: (operation in both programs, what the table calls it)
OPERATIONS = (
    ("null_call", "null call"),
    ("spawn_wait", "spawn and wait for a minimal program"),
    ("thread_create_join", "thread create and join"),
    ("yield", "context switch by yield"),
    ("page_fault", "page fault, anonymous page"),
    ("open_read_close", "open, read 4 KiB, close"),
)
#: goal for operations: at most this share of Linux's instructions
SHARE = 0.5
#: (mark, what the table calls it, unit, goal)
MARKS = (
    ("boot_to_main", "boot to main, beyond firmware", "instructions", 10_000_000),
    ("kernel_size", "kernel image", "bytes", 300 << 10),
    ("memory_used", "memory in use after boot", "bytes", 2 << 20),
)


def make_linux(folder):
    """Compile Linux's programs; see benchmeasure.linux()."""
    init = os.path.join(folder, "init-core")
    sources = [benchmeasure.source(name) for name in ("linux.c", "linux_machine.c", "measure.c")]
    linuxguest.compile_static(sources, init, ["-pthread"])
    return {"init": init, "tiny": benchmeasure.linux_minimal(folder)}


def rows(with_linux, force):
    """Measure; returns the rows of the table."""
    sides = benchmeasure.Sides("core", make_linux if with_linux else None, force)
    found = [sides.operation(name, title, SHARE) for name, title in OPERATIONS]
    marks = {**sides.ours[1], "kernel_size": os.path.getsize(places.boot_file(places.KERNEL))}
    for name, title, unit, goal in MARKS:
        if name not in marks:
            raise Fault(f"our program did not report '{name}'", STATUS_FAILED)
        row = Row(name, title, marks[name], unit, goal)
        if with_linux:
            row.beside(sides.linux[1].get(name))
        found.append(row)
    if "boot_to_main_ns" in sides.ours_wall[1]:
        found.append(Row("boot_to_main_ms", "boot to main, beyond firmware",
                         sides.ours_wall[1]["boot_to_main_ns"] / 1e6, "ms"))
    return found
