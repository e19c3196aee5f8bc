# SPDX-License-Identifier: MIT
"""`coconut bench ports [NAME ...]`: one of each port's own tests from its start to its end, beside Linux.

The same source is built with the SDK and, statically, with the same compiler for Linux. What the program prints is
thrown away on both sides; its files stand in memory. The figures are kept for docs/ports.md.
"""

import hashlib
import json
import os
import subprocess
import sys

from coconut_cli import benchmeasure, guestfiles, linuxguest, places
from coconut_cli.benchmeasure import Row
from coconut_cli.fault import STATUS_FAILED, Fault
from coconut_cli.options import size

#: Where tests/bench/program.c finds what to run.
JOB_FOLDER = "/bench"
#: Ports without a figure: their tests are C++, for which Linux's side has no libraries of its own here.
CXX = frozenset(("catch2", "doctest", "fmt", "googletest", "json"))


def _recipes():
    folder = os.path.join(places.SOURCE, "tests", "conformance", "ports")
    return {file.removesuffix(".json"): os.path.join(folder, file)
            for file in sorted(os.listdir(folder)) if file.endswith(".json")}


def _build(name, linux):
    """Build a port; returns what run.py says of the test to measure."""
    script = os.path.join(places.SOURCE, "tests", "conformance", "ports", "run.py")
    words = [sys.executable, "-B", script, "--sdk", places.SDK, "--job", name, "--build",
             os.path.join(places.BUILD, "ports-linux" if linux else "ports"), *(["--linux"] if linux else [])]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Fault(f"{name} could not be built{' for Linux' if linux else ''}", STATUS_FAILED)
    return json.loads(done.stdout)


def _write_job(job, name):
    """Write the file that program.c reads, in a folder of its own; returns the folder."""
    lines = [f"cwd {job['cwd']}", *([f"input {job['input']}"] if job["input"] else []),
             *(f"env {text}" for text in job["env"]), *(f"arg {text}" for text in job["words"])]
    if any("\n" in line for line in lines):
        raise Fault(f"{name}: a word of the test '{job['test']}' has a line break; name another one", STATUS_FAILED)
    folder = os.path.join(benchmeasure.folder(), f"job-{name}")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "job"), "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")
    return folder


def _trees(job):
    """{place in the machine: folder of the host} of what the program sees."""
    own = {folder: folder for folder in (job["cwd"], os.path.dirname(job["words"][0]))}
    return {**own, **job["dirs"]}


def _measured(name, operations):
    if not operations.get("program"):
        raise Fault(f"{name} was not measured: its test did not end well", STATUS_FAILED)
    return operations["program"][0]


def _ours(name, job):
    """Run the test in the kernel; returns its instructions."""
    folders = {**_trees(job), JOB_FOLDER: _write_job(job, name)}
    options = [word for place, folder in folders.items() for word in ("--dir", f"{folder}:{place}:ro")]
    options += ["--mem", job["memory"]] if job["memory"] else []
    return _measured(name, benchmeasure.ours("program", True, options=options)[0])


def _linux(name, recipe, memory, force):
    """Run the test on Linux with the MiB of memory, or take the kept figure; returns its instructions."""
    def make(folder):
        job = _build(name, True)
        files = guestfiles.Collection()
        files.add_program(job["words"][0], job["words"][0])
        for place, tree in _trees(job).items():
            files.add_tree(tree, place, name)
        files.add_tree(_write_job(job, f"{name}-linux"), JOB_FOLDER, name)
        program = os.path.join(folder, "linux-program")
        linuxguest.compile_static([benchmeasure.source(file) for file in ("program.c", "measure.c")], program,
                                  ["-D_GNU_SOURCE"])
        return {"init": benchmeasure.linux_init(folder, keep_tmp=True), "program": program,
                **{place.lstrip("/"): path for place, path in files.files.items()}}
    with open(recipe, "rb") as stream:
        version = hashlib.sha256(stream.read()).hexdigest()[:16]
    return _measured(name, benchmeasure.linux(f"port-{name}-{version}", make, True, force, memory=memory)[0])


def _row(name, recipe, with_linux, force):
    """Measure one port; returns its row, and keeps what docs/ports.md takes over."""
    job = _build(name, False)
    row = Row(name, f"{name}: {job['test']}", _ours(name, job), "instructions")
    if with_linux:
        row.beside(_linux(name, recipe, size(job["memory"]) if job["memory"] else None, force))
        with open(os.path.join(places.BUILD, "ports", name, "time.json"), "w", encoding="utf-8") as stream:
            json.dump({"version": job["version"], "test": job["test"], "coconut": row.ours, "linux": row.linux},
                      stream, indent=1)
            stream.write("\n")
    return row


def rows(with_linux, force, names=()):
    """Measure the named ports, by default all that can be; returns the rows of the table. Where several are
    measured, one that cannot be does not keep the others from it."""
    recipes = _recipes()
    unknown = [name for name in names if name not in recipes or name in CXX]
    if unknown:
        raise Fault(f"no port '{unknown[0]}' to measure; there are: {', '.join(name for name in recipes if name not in CXX)}", 2)
    found = []
    for name in names or [name for name in recipes if name not in CXX]:
        try:
            found.append(_row(name, recipes[name], with_linux, force))
        except Fault as fault:
            if len(names) == 1:
                raise
            print(f"coconut: {fault}; the others follow", file=sys.stderr, flush=True)
            found.append(Row(name, f"{name}: not measured", None, "instructions"))
            found[-1].failed = True
    return found
