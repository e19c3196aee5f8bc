# SPDX-License-Identifier: MIT
"""`coconut bench posix`: what functions of the C library cost; one source for both systems."""

import os

from coconut_cli import benchmeasure, linuxguest

#: (operation, what the table calls it, at most this share of Linux's instructions)
OPERATIONS = (
    ("null_call", "null call", 0.5),
    ("clock_gettime", "clock_gettime", 1),
    ("open_read_close", "open, read 4 KiB, close", 1),
    ("stat", "stat", 1),
    ("create_unlink", "create, close, unlink", 1),
    ("pipe_self", "pipe write and read, 1 byte", 1),
    ("poll", "poll of one descriptor", 1),
    ("signal_self", "signal to itself", 1),
    ("mmap_touch_munmap", "mmap, touch, munmap", 1),
    ("mprotect_pair", "mprotect, there and back", 1),
    ("malloc_small", "malloc and free, 64 bytes", 1),
    ("malloc_mix_small", "malloc mix, to 512 bytes", 1),
    ("malloc_mix_wide", "malloc mix, to 32 KiB", 1),
    ("malloc_large", "malloc and free, 64 KiB", 1),
    ("malloc_huge", "malloc and free, 1 MiB", 1),
    ("malloc_threads", "malloc mix, 4 threads", 1),
    ("thread_create_join", "thread create and join", 0.5),
    ("yield", "context switch by yield", 0.5),
    ("mutex_uncontended", "mutex, uncontended", 1),
    ("mutex_contended", "mutex, contended", 1),
    ("cond_round_trip", "condition variable round trip", 1),
    ("pipe_threads", "pipe round trip, threads", 1),
    ("pipe_processes", "pipe round trip, processes", 1),
    ("spawn_wait", "posix_spawn and wait", 0.5),
    ("fork_wait", "fork, exit, wait", 1),
    ("fork_touched", "fork with 4 MiB touched, exit, wait", 1),
    ("fork_exec_wait", "fork, exec, wait", 1),
)
SOURCES = ("measure.c", "linux_machine.c", *(os.path.join("posix", f"{name}.c") for name in (
    "files", "main", "memory", "platform_linux", "processes", "threads")))


def make_linux(folder):
    """Compile Linux's programs; see benchmeasure.linux()."""
    init = os.path.join(folder, "init-posix")
    linuxguest.compile_static([benchmeasure.source(name) for name in SOURCES], init,
                              ["-pthread", "-D_GNU_SOURCE", "-I" + benchmeasure.source("")])
    return {"init": init, "tiny": benchmeasure.linux_minimal(folder)}


def rows(with_linux, force):
    """Measure; returns the rows of the table."""
    sides = benchmeasure.Sides("posix", make_linux if with_linux else None, force)
    return [sides.operation(*words) for words in OPERATIONS]
