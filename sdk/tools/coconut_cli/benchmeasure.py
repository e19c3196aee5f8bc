# SPDX-License-Identifier: MIT
"""What the topics of `coconut bench` share: running a program on both sides, the table of figures.

Programs print
    R <operation> <n> <min> <median> <max> <nanoseconds>   ticks for one operation
    S <operation>                                          the system lacks it
    M <mark> <value>                                       a single figure
and use the same names for the same operations on both sides. Under instruction counting a tick is an
instruction and runs repeat to the instruction; without it, the nanoseconds of both sides are compared.
"""

import json
import os
import subprocess

from coconut_cli import linuxguest, places, results
from coconut_cli.fault import STATUS_FAILED, Fault

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


def folder():
    """Return the folder for what the benchmarks make, which exists then."""
    path = os.path.join(places.BUILD, "bench")
    os.makedirs(path, exist_ok=True)
    return path


def source(name):
    """Return the path of a file of tests/bench."""
    return os.path.join(places.SOURCE, "tests", "bench", name)


def ours(name, exact, cpus=1, program=None, options=()):
    """Run build/tests/bench/<name>, or another program, in the kernel; returns what parse() does. options: further ones
    of `coconut run`."""
    program = program or os.path.join(places.BUILD, "tests", "bench", name)
    if not os.path.isfile(program):
        raise Fault(f"{program} is missing; build it with 'coconut build'", STATUS_FAILED)
    place = ("--no-cwd", *options) if options else ("--mem", "256M", "--cwd", os.path.dirname(program))
    words = [os.path.join(places.SDK, "bin", "coconut"), "run", "--timeout", str(SECONDS), "--cpus", str(cpus), *place,
             *(["--icount"] if exact else []), program]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        said = [line for line in done.stdout.splitlines() if line.startswith("E ")]
        raise Fault(f"{program} ended with status {done.returncode}"
                    f"{': ' + said[0][2:] if said else ''}", STATUS_FAILED)
    return parse(done.stdout)


def linux(topic, make, exact, force, cpus=1, sources=(), memory=None):
    """Run Linux's programs of a topic, or take the kept figures; returns what parse() does.

    make(folder): compiles them, returns {name in the machine: path}; "init" is process 1. sources: what they are made
    of beside tests/bench. memory: see linuxguest.run().
    """
    place = folder()
    key = results.Digester().key([os.path.join(places.SOURCE, "sdk", "deps", "deps.lock"),
                                  os.path.join(places.SOURCE, "tests", "bench"), *sources], [topic, exact, cpus, *([memory] if memory else [])])
    kept = os.path.join(place, f"linux-{topic}-{'exact' if exact else 'wall'}-{cpus}.json")
    if not force:
        try:
            with open(kept, encoding="utf-8") as stream:
                record = json.load(stream)
            if record["key"] == key:
                return parse(record["output"])
        except (OSError, ValueError, KeyError):
            pass
    output = linuxguest.run(place, make(place), exact, cpus, memory)
    with open(kept, "w", encoding="utf-8") as stream:
        json.dump({"key": key, "output": output}, stream)
    return parse(output)


def linux_minimal(place):
    """Compile the program for Linux that ends at once; returns its path."""
    path = os.path.join(place, "tiny")
    linuxguest.compile_static([source("linux.c")], path, ["-DTINY", "-nostdlib"])
    return path


def linux_init(place, keep_tmp=False):
    """Compile process 1 of a Linux machine that runs /program only; returns its path. keep_tmp: files of the archive
    stand in /tmp."""
    path = os.path.join(place, "init-keep-tmp" if keep_tmp else "init-program")
    sources = [source(name) for name in ("linux_init.c", "linux_machine.c")]
    linuxguest.compile_static(sources, path, ["-D_GNU_SOURCE", *(["-DKEEP_TMP"] if keep_tmp else [])])
    return path


class Row:
    """One line of the table; goal is the most it may be, None where there is no goal; failed: it could not be measured."""

    def __init__(self, name, title, value, unit, goal=None):
        self.name, self.title, self.ours, self.unit, self.goal = name, title, value, unit, goal
        self.linux = self.ratio = self.wall_ratio = None
        self.failed = False

    def beside(self, value):
        """Set Linux's figure; None if there is none."""
        self.linux = value
        self.ratio = self.ours / value if value else None

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
        verdict = "FAILED" if self.failed else {None: "", True: "met", False: "MISSED"}[self.met]
        return (self.title, number(self.ours), number(self.linux), share(self.ratio),
                share(self.wall_ratio), self.unit, number(self.goal), verdict)


class Sides:
    """The figures of a topic: exact and wall-clock ones, ours and, unless `make` is None, Linux's.

    name: of the topic and of our program; make, force, sources: see linux(); program: see ours().
    """

    def __init__(self, name, make, force, program=None, sources=()):
        self.linux = self.linux_wall = None
        if make is not None:
            self.linux, self.linux_wall = (linux(name, make, exact, force, sources=sources) for exact in (True, False))
        self.ours, self.ours_wall = ours(name, True, program=program), ours(name, False, program=program)

    def operation(self, name, title, share=None):
        """Return the row of an operation; share: at most this share of Linux's instructions."""
        if name not in self.ours[0]:
            raise Fault(f"our program did not measure '{name}'", STATUS_FAILED)
        if self.ours[0][name] is None:
            return Row(name, title, None, "absent")
        row = Row(name, title, self.ours[0][name][0], "instructions")
        if self.linux is not None:
            if self.linux[0].get(name) is None:
                raise Fault(f"Linux's program did not measure '{name}'", STATUS_FAILED)
            row.beside(self.linux[0][name][0])
            row.goal = None if share is None else share * row.linux
            row.wall_ratio = self.ours_wall[0][name][1] / self.linux_wall[0][name][1]
        return row


def wall_rows(name, titles, make, force, cpus):
    """Return rows of times on several CPUs, where instructions cannot be counted; see Sides for name, make, force.

    titles: (operation, what the table calls it).
    """
    here = ours(name, False, cpus)[0]
    there = linux(name, make, False, force, cpus)[0] if make is not None else None
    rows = []
    for operation, title in titles:
        if not here.get(operation) or (there is not None and not there.get(operation)):
            raise Fault(f"'{operation}' was not measured on {cpus} CPUs", STATUS_FAILED)
        row = Row(f"{operation}_{cpus}_cpus", title, here[operation][1], "ns")
        if there is not None:
            row.linux = there[operation][1]
            row.wall_ratio = row.ours / row.linux
        rows.append(row)
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
