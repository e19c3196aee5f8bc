#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Install each port into a prefix of its own, and use it from there as a program of somebody else's would.

consumers/NAME.c or NAME.cpp is the program for the port NAME. Its head says how CMake finds the library:

    // find_package: PACKAGE [CONFIG] -> TARGET     by its configuration file, or by CMake's module
    // include: FOLDER                              what a module that has no target says of its headers
    // pkg-config: MODULE                           by pkg-config
    // output: TEXT                                 a line that the program prints in the kernel

Each way is a test: the prefix is all that CMake is told, beside the toolchain file.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONSUMERS = HERE / "consumers"
BY_PACKAGE, BY_MODULE = "find_package", "pkg-config"
RUN_SECONDS = 600


class ConsumerError(Exception):
    """One line that says what is wrong and where."""


def head_of(source):
    """{key: value} of a program's head."""
    return dict(re.findall(r"^// ([a-z_-]+): (.+)$", source.read_text(encoding="utf-8"), re.MULTILINE))


def project(source, way, head):
    """The CMakeLists.txt for a program that finds its library in one way."""
    if way == BY_PACKAGE:
        package, target = head[BY_PACKAGE].split(" -> ")
        find = f"find_package({package} REQUIRED)"
    else:
        target = "PkgConfig::LIBRARY"
        find = f"find_package(PkgConfig REQUIRED)\npkg_check_modules(LIBRARY REQUIRED IMPORTED_TARGET {head[BY_MODULE]})"
    return "\n".join((
        "cmake_minimum_required(VERSION 3.16)", f"project(consumer LANGUAGES C{'XX' if source.suffix == '.cpp' else ''})",
        "set(CMAKE_CXX_STANDARD 17)", find, f'add_executable(consumer "{source}")',
        f"target_link_libraries(consumer PRIVATE {target})",
        *([f"target_include_directories(consumer PRIVATE {head['include']})"] if "include" in head else []), ""))


def call(words, log, seconds=None):
    """Run a command, what it says in the log, and return what it printed. Raises ConsumerError."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False, text=True, errors="replace", timeout=seconds)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConsumerError(f"{words[0]}: {error}") from None
    with open(log, "a", encoding="utf-8") as stream:
        stream.write(f"\n== {' '.join(map(str, words))}\n{done.stdout}")
    if done.returncode != 0:
        raise ConsumerError(f"{Path(words[0]).name} {words[1]} ended with status {done.returncode}; see {log}")
    return done.stdout


def use(source, way, prefix, options):
    """Build the program and run it."""
    head, folder = head_of(source), options.build / source.stem / way
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    log.write_bytes(b"")
    (folder / "CMakeLists.txt").write_text(project(source, way, head), encoding="utf-8")
    call(["cmake", "--fresh", "-G", "Ninja", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
          f"-DCMAKE_TOOLCHAIN_FILE={options.sdk / 'toolchain' / 'coconut.cmake'}"], log)
    call(["cmake", "--build", folder / "build"], log)
    printed = call([options.sdk / "bin" / "coconut", "run", folder / "build" / "consumer"], log, RUN_SECONDS)
    if head["output"] not in printed.splitlines():
        raise ConsumerError(f"prints no line '{head['output']}'; see {log}")


def consume(source, options):
    """The tests of one port; returns (passed, failed)."""
    name, prefix = source.stem, options.build / source.stem / "prefix"
    counts = [0, 0]
    installed = subprocess.run([sys.executable, "-B", HERE / "run.py", "--sdk", options.sdk, "--build",
                                options.build / "ports", "--jobs", str(options.jobs), "--install", prefix, name],
                               stderr=subprocess.PIPE, text=True, check=False)
    for way in (BY_PACKAGE, BY_MODULE):
        if way not in head_of(source):
            continue
        why = installed.stderr.strip().splitlines()[-1] if installed.returncode else ""
        try:
            if not why:
                use(source, way, prefix, options)
        except ConsumerError as error:
            why = str(error)
        print(f"not ok - {name}.{way}: {why}" if why else f"ok - {name}.{way}", flush=True)
        counts[bool(why)] += 1
    return counts


def main():
    """Run the program; returns its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sdk", type=Path, default=HERE.parents[2] / "build" / "sdk")
    parser.add_argument("--build", type=Path, default=HERE.parents[2] / "build" / "port-consumers")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("names", nargs="*", help="ports (default: all that have a program)")
    options = parser.parse_args()
    options.sdk, options.build = options.sdk.resolve(), options.build.resolve()
    sources = {path.stem: path for path in sorted(CONSUMERS.glob("*.c*"))}
    unknown = [name for name in options.names if name not in sources]
    if unknown:
        parser.error(f"there is no program for '{unknown[0]}'; there are: {', '.join(sources)}")
    results = [consume(sources[name], options) for name in options.names or sources]
    passed, failed = (sum(column) for column in zip(*results))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
