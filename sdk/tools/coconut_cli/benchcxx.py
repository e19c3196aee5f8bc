# SPDX-License-Identifier: MIT
"""`coconut bench cxx`: what exceptions, threads and thread-local objects cost, and how big programs are.

Linux's side is linked statically with the libraries of the same LLVM release, from Debian's packages.
"""

import os

from coconut_cli import benchmeasure, hostcommand, linuxguest, places
from coconut_cli.benchmeasure import Row

#: (operation, what the table calls it, at most this share of Linux's instructions or None)
OPERATIONS = (
    ("throw_catch_1", "throw and catch, 1 frame", 1.2),
    ("throw_catch_10", "throw and catch, 10 frames", 1.2),
    ("throw_catch_100", "throw and catch, 100 frames", 1.2),
    ("std_thread", "std::thread create and join", None),
    ("thread_local_plain", "thread_local integer, one use", None),
    ("thread_local_object", "thread_local object, one use", None),
)
#: (source in tests/bench/hello, what the table calls it, options, goal in bytes or None)
SIZES = (
    ("iostream", "hello with iostream, stripped", (), None),
    ("exceptions", "hello with exceptions", (), 250 << 10),
    ("virtual", "hello with new, exceptions off", ("-fno-exceptions",), None),
    ("plain", "hello, exceptions off", ("-fno-exceptions",), 40 << 10),
)
#: Debian packages of Linux's side, by their names in the lock file.
PACKAGES = ("linux-libcxx", "linux-libcxxabi", "linux-libunwind")
SIZE_OPTIONS = ("-std=c++20", "-Os", "-ffunction-sections", "-fdata-sections", "-s")
COMPILER = "x86_64-unknown-coconut-clang++"


def _libraries(folder):
    """Return the folder of the C++ libraries for Linux, unpacked below folder."""
    root = os.path.join(folder, "cxx")
    for name in PACKAGES:
        deb = linuxguest.package(name)
        stamp = os.path.join(root, os.path.basename(deb))
        if not os.path.exists(stamp):
            with open(hostcommand.log_path("bench-linux"), "ab") as log:
                hostcommand.must(["dpkg-deb", "-x", deb, root], "bench-linux", log, "unpacking")
            with open(stamp, "wb"):
                pass
    return os.path.join(root, "usr", "lib", "llvm-19")


def _compile_linux(folder, sources, output, options):
    """Compile a static C++ program for Linux with the same libraries."""
    libraries = _libraries(folder)
    linuxguest.compile_static(sources, output, [
        "-nostdinc++", "-isystem", os.path.join(libraries, "include", "c++", "v1"), "-nostdlib++",
        "-rtlib=compiler-rt", "--unwindlib=none", "-L" + os.path.join(libraries, "lib"),
        "-Wl,--gc-sections,--start-group", "-lc++", "-lc++abi", "-lunwind", "-lc",
        "-Wl,--end-group", *options], compiler="clang++-19")


def make_linux(folder):
    """Compile Linux's programs; see benchmeasure.linux()."""
    measure = os.path.join(folder, "measure.o")
    linuxguest.compile_static([benchmeasure.source("measure.c")], measure, ["-c"])
    program = os.path.join(folder, "cxx-program")
    _compile_linux(folder, [benchmeasure.source("cxx.cpp"), measure], program, ["-std=c++20"])
    return {"init": benchmeasure.linux_init(folder), "program": program}


def _sizes(with_linux):
    """Compile the programs whose size counts, return their rows."""
    folder, found = benchmeasure.folder(), []
    compiler = os.path.join(places.SDK, "bin", COMPILER)
    for name, title, options, goal in SIZES:
        source = benchmeasure.source(os.path.join("hello", f"{name}.cpp"))
        output = os.path.join(folder, f"hello-{name}")
        with open(hostcommand.log_path("bench-sizes"), "ab") as log:
            hostcommand.must([compiler, *SIZE_OPTIONS, *options, source, "-o", output],
                             "bench-sizes", log, f"compiling {hostcommand.shown(source)}")
        row = Row(f"size_{name}", title, os.path.getsize(output), "bytes", goal)
        if with_linux:
            _compile_linux(folder, [source], output + "-linux", [*SIZE_OPTIONS, *options])
            row.beside(os.path.getsize(output + "-linux"))
        found.append(row)
    return found


def rows(with_linux, force):
    """Measure; returns the rows of the table."""
    sides = benchmeasure.Sides("cxx", make_linux if with_linux else None, force)
    return [sides.operation(*words) for words in OPERATIONS] + _sizes(with_linux)
