# SPDX-License-Identifier: MIT
"""`coconut bench ipc`: what exchanges between processes cost, beside pipes and local sockets of Linux."""

import os

from coconut_cli import benchmeasure, linuxguest

#: (operation, what the table calls it, at most this share of Linux's instructions)
OPERATIONS = (
    ("call_empty", "call and reply, empty; a byte over pipes", 0.1),
    ("call_among_many", "the same, 4,000 other channels open", 0.1),
    ("call_8", "call and reply, 8 bytes; over pipes", 0.2),
    ("call_64", "call and reply, 64 bytes; local socket", 0.2),
    ("call_4096", "call and reply, 4 KiB; local socket", 0.5),
    ("call_handle", "call with a handle; local socket with one", 0.5),
    ("event_wake", "event: signal, wake another process, and back; eventfd", 0.5),
    ("event_futex", "the same; futexes", 0.5),
    ("service_start", "start under a policy, first answer, end; fork, exec, a byte over pipes", 0.5),
)
#: (operation, what the table calls it), where Linux has nothing like it
OWN = (
    ("interface_nothing", "call through an interface, without arguments"),
    ("interface_number", "call through an interface, a number each way"),
    ("interface_words", "call through an interface, 56 bytes each way"),
    ("interface_bytes", "call through an interface, 4,080 bytes each way"),
    ("null_alone", "null call"),
    ("null_batch_1", "null call, in a batch of 1"),
    ("null_batch_8", "null call, in a batch of 8"),
    ("null_batch_64", "null call, in a batch of 64"),
)
#: (operation, what the table calls it) between two CPUs, as times
APART = (
    ("call_empty", "on two CPUs: call and reply, empty; a byte over pipes"),
    ("call_64", "on two CPUs: call and reply, 64 bytes; local socket"),
    ("call_4096", "on two CPUs: call and reply, 4 KiB; local socket"),
    ("event_wake", "on two CPUs: event, there and back; eventfd"),
    ("event_futex", "on two CPUs: the same; futexes"),
)
SOURCES = ("measure.c", "linux_machine.c", "ipc_linux.c")


def make_linux(folder):
    """Compile Linux's programs; see benchmeasure.linux()."""
    init = os.path.join(folder, "init-ipc")
    linuxguest.compile_static([benchmeasure.source(name) for name in SOURCES], init,
                              ["-D_GNU_SOURCE", "-I" + benchmeasure.source("")])
    return {"init": init}


def rows(with_linux, force):
    """Measure; returns the rows of the table."""
    make = make_linux if with_linux else None
    sides = benchmeasure.Sides("ipc", make, force)
    own = [benchmeasure.Row(name, title, sides.ours[0][name][0], "instructions") for name, title in OWN]
    return [sides.operation(*words) for words in OPERATIONS] + own + benchmeasure.wall_rows(
        "ipc", APART, make, force, 2)
