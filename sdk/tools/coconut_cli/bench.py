# SPDX-License-Identifier: MIT
"""`coconut bench core|posix`: what operations cost, beside Linux in the same emulator.

Both sides run a program from tests/bench that prints
    R <operation> <n> <min> <median> <max> <nanoseconds>   ticks for one operation
    S <operation>                                          the system lacks it
    M <mark> <value>                                       a single figure
and use the same names for the same operations. Under instruction counting a tick is an instruction
and runs repeat to the instruction; without it, the nanoseconds of both sides are compared.
"""

import json
import os
import subprocess

from coconut_cli import build, hostpackages, linuxguest, places, results
from coconut_cli.fault import STATUS_FAILED, Fault
from coconut_cli.options import Command, flag

COMMAND = Command(
    "bench", "[OPTIONS] core|posix",
    "Measure operations in guest instructions and time, beside Linux's.",
    (flag("--no-linux", "our side only"),
     flag("--force", "measure Linux again, too; its figures are kept otherwise"),
     flag("--json", "print one JSON object instead of the table")), """
core: the kernel's calls without libc; posix: functions of the C library, one source for both systems.
exit status: 0 when each goal is met, 1 when one is not.""")


class Bench:
    """One benchmark: its program here, its sources on Linux, its rows."""

    def __init__(self, name, sources, options, operations, marks=()):
        self.name, self.sources, self.options = name, sources, options
        #: (operation in both programs, what the table calls it, goal as a share of Linux's figure)
        self.operations = operations
        #: (mark, what the table calls it, unit, goal)
        self.marks = marks
        self.program = os.path.join(places.BUILD, "tests", "bench", name)


CORE = Bench("core", ("linux.c",), (), (
    ("null_call", "null call", 0.5),
    ("spawn_wait", "spawn and wait for a minimal program", 0.5),
    ("thread_create_join", "thread create and join", 0.5),
    ("yield", "context switch by yield", 0.5),
    ("page_fault", "page fault, anonymous page", 0.5),
    ("open_read_close", "open, read 4 KiB, close", 0.5),
), (
    ("boot_to_main", "boot to main, beyond firmware", "instructions", 10_000_000),
    ("kernel_size", "kernel image", "bytes", 300 << 10),
    ("memory_used", "memory in use after boot", "bytes", 2 << 20),
))
POSIX = Bench("posix", tuple(os.path.join("posix", f"{name}.c") for name in (
    "files", "main", "memory", "platform_linux", "processes", "threads")), ("-D_GNU_SOURCE",), (
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
    ("fork_exec_wait", "fork, exec, wait", 1),
))
BENCHES = {bench.name: bench for bench in (CORE, POSIX)}
SOURCES = os.path.join("tests", "bench")
SECONDS = 600


def parse(text):
    """Return (operations {name: (median ticks, nanoseconds), None if absent}, marks {name: value})."""
    operations, marks = {}, {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 7 and words[0] == "R":
            operations[words[1]] = (float(words[4]), float(words[6]))
        elif len(words) == 2 and words[0] == "S":
            operations[words[1]] = None
        elif len(words) == 3 and words[0] == "M":
            marks[words[1]] = float(words[2])
    return operations, marks


def measure_ours(bench, exact):
    """Run our program; returns what parse() does."""
    program = bench.program
    if not os.path.isfile(program):
        raise Fault(f"{program} is missing; build it with 'coconut build'", STATUS_FAILED)
    words = [os.path.join(places.SDK, "bin", "coconut"), "run", "--timeout", str(SECONDS), "--mem",
             "256M", "--cwd", os.path.dirname(program), *(["--icount"] if exact else []), program]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        said = [line for line in done.stdout.splitlines() if line.startswith("E ")]
        raise Fault(f"{program} ended with status {done.returncode}"
                    f"{': ' + said[0][2:] if said else ''}", STATUS_FAILED)
    return parse(done.stdout)


def measure_linux(bench, exact, force):
    """Run Linux's program, or take its kept figures; returns what parse() does."""
    folder = os.path.join(places.BUILD, "bench")
    os.makedirs(folder, exist_ok=True)
    folder_of_sources = os.path.join(places.SOURCE, SOURCES)
    sources = [os.path.join(folder_of_sources, name) for name in bench.sources]
    key = results.Digester().key([os.path.join(places.SOURCE, "sdk", "deps", "deps.lock"),
                                  folder_of_sources], [bench.name, exact])
    kept = os.path.join(folder, f"linux-{bench.name}-{'exact' if exact else 'wall'}.json")
    if not force:
        try:
            with open(kept, encoding="utf-8") as stream:
                record = json.load(stream)
            if record["key"] == key:
                return parse(record["output"])
        except (OSError, ValueError, KeyError):
            pass
    programs = {"init": os.path.join(folder, "init"), "tiny": os.path.join(folder, "tiny")}
    linuxguest.compile_static(sources, programs["init"], ["-pthread", *bench.options])
    linuxguest.compile_static([os.path.join(folder_of_sources, "linux.c")], programs["tiny"],
                              ["-DTINY", "-nostdlib"])
    output = linuxguest.run(folder, programs, exact)
    with open(kept, "w", encoding="utf-8") as stream:
        json.dump({"key": key, "output": output}, stream)
    return parse(output)


class Row:
    """One line of the table; goal and met are None where there is no goal."""

    def __init__(self, name, title, ours, unit):
        self.name, self.title, self.ours, self.unit = name, title, ours, unit
        self.linux = self.ratio = self.wall_ratio = self.goal = None

    @property
    def met(self):
        """Whether the goal is met; None if there is none."""
        return None if self.goal is None or self.ours is None else self.ours <= self.goal

    def cells(self):
        """Return the texts of the table."""
        def number(value, shape="{:,.0f}"):
            return "-" if value is None else shape.format(value)
        def share(value):
            return number(value, "{:.2f}" if value is None or value >= 0.01 else "{:.4f}")
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return (self.title, number(self.ours), number(self.linux), share(self.ratio),
                share(self.wall_ratio), self.unit, number(self.goal), verdict)


def rows_of(bench, ours, ours_wall, linux, linux_wall):
    """Put the figures together; linux and linux_wall may be None."""
    rows = []
    for name, title, share in bench.operations:
        if name not in ours[0]:
            raise Fault(f"our program did not measure '{name}'", STATUS_FAILED)
        if ours[0][name] is None:
            rows.append(Row(name, title, None, "absent"))
            continue
        row = Row(name, title, ours[0][name][0], "instructions")
        if linux is not None and linux[0].get(name):
            row.linux = linux[0][name][0]
            row.ratio, row.goal = row.ours / row.linux, share * row.linux
            row.wall_ratio = ours_wall[0][name][1] / linux_wall[0][name][1]
        rows.append(row)
    marks = {**ours[1], "kernel_size": os.path.getsize(places.boot_file(places.KERNEL))}
    for name, title, unit, goal in bench.marks:
        if name not in marks:
            raise Fault(f"our program did not report '{name}'", STATUS_FAILED)
        row = Row(name, title, marks[name], unit)
        row.goal = goal
        if linux is not None:
            row.linux = linux[1].get(name)
            row.ratio = row.ours / row.linux if row.linux else None
        rows.append(row)
    if "boot_to_main_ns" in ours_wall[1]:
        rows.append(Row("boot_to_main_ms", "boot to main, beyond firmware",
                        ours_wall[1]["boot_to_main_ns"] / 1e6, "ms"))
    return rows


def print_table(rows):
    """Print the rows in columns."""
    heads = ("", "coconut", "linux", "ratio", "wall ratio", "unit", "goal", "")
    table = [heads] + [row.cells() for row in rows]
    widths = [max(len(line[column]) for line in table) for column in range(len(heads))]
    for line in table:
        cells = [cell.ljust(width) if at in (0, 5, 7) else cell.rjust(width)
                 for at, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())


def run(values, words):
    """Run the command; returns the exit status."""
    if len(words) != 1 or words[0] not in BENCHES:
        raise COMMAND.fail(f"what to measure? there is: {', '.join(BENCHES)}")
    bench = BENCHES[words[0]]
    places.source_root()
    hostpackages.require()
    build.build(quiet=values["json"])
    linux = linux_wall = None
    if not values["no_linux"]:
        linux = measure_linux(bench, True, values["force"])
        linux_wall = measure_linux(bench, False, values["force"])
    rows = rows_of(bench, measure_ours(bench, True), measure_ours(bench, False), linux, linux_wall)
    if values["json"]:
        print(json.dumps({row.name: {"coconut": row.ours, "linux": row.linux, "goal": row.goal,
                                     "wall_ratio": row.wall_ratio, "unit": row.unit}
                          for row in rows}, indent=2))
    else:
        print_table(rows)
    return STATUS_FAILED if any(row.met is False for row in rows) else 0
