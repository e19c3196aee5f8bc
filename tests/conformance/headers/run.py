#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each header of headers.txt compiles alone in each language version, or is absent as listed.

  run.py SDK      prints the line protocol; exit status 1 if anything differs
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LIST = Path(__file__).resolve().parent / "headers.txt"
POSIX = ["-D_POSIX_C_SOURCE=202405L", "-D_XOPEN_SOURCE=800"]
ALL = ["-D_GNU_SOURCE"]
#: what a mode is called, compiler, language, options
MODES = (
    ("c11", "clang", "c", ["-std=c11", *POSIX]),
    ("c17", "clang", "c", ["-std=c17", *POSIX]),
    ("c23", "clang", "c", ["-std=c23", *POSIX]),
    ("gnu17", "clang", "c", ["-std=gnu17", *ALL]),
    ("c++17", "clang++", "c++", ["-std=c++17"]),
    ("c++20", "clang++", "c++", ["-std=c++20"]),
)
#: C's headers that C++ does not have, by its standard: libc++ refuses or deprecates them.
NOT_CXX = {"threads.h", "stdatomic.h", "stdnoreturn.h", "stdalign.h", "iso646.h"}
WORKERS = 2


def entries():
    """Yield (header, reason for its absence or "")."""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            yield name, reason.strip()


def first_error(text):
    """The line of a compiler's output that says what is wrong."""
    lines = [line for line in text.splitlines() if "error:" in line]
    return lines[0] if lines else (text.strip().splitlines() or ["failed"])[0]


def compile_alone(sdk, name, mode):
    """Return an error message, or None."""
    _, compiler, language, options = mode
    text = f"#include <{name}>\n#include <{name}>\nint header_alone;\n"
    words = [str(sdk / "bin" / f"x86_64-unknown-coconut-{compiler}"), *options, "-Wall", "-Wextra",
             "-Werror", "-Wsystem-headers", "-Wno-unused-parameter", "-Wno-unused-function", "-fsyntax-only", f"-x{language}",
             "-"]
    if language == "c++":
        words.remove("-Wsystem-headers")  # libc++'s are not ours
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else first_error(done.stderr)


def present(sdk, name):
    """Whether the compiler finds a header."""
    words = [str(sdk / "bin" / "x86_64-unknown-coconut-clang"), "-fsyntax-only", "-xc", "-"]
    text = f"#if !__has_include(<{name}>)\n#error absent\n#endif\n"
    return subprocess.run(words, input=text, capture_output=True, text=True,
                          check=False).returncode == 0


def check(sdk, name, reason):
    """Return the lines of one header."""
    if reason:
        if present(sdk, name):
            return [f"not ok - headers.{name}: listed as absent, and is there"]
        return [f"ok - headers.{name}: absent: {reason}"]
    if not present(sdk, name):
        return [f"not ok - headers.{name}: is not there"]
    lines = []
    for mode in MODES:
        if mode[2] == "c++" and name in NOT_CXX:
            continue
        error = compile_alone(sdk, name, mode)
        label = f"headers.{name}.{mode[0]}"
        lines.append(f"not ok - {label}: {error}" if error else f"ok - {label}")
    return lines


def main():
    """Command entry; returns the exit status."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "bin").is_dir():
        print("headers: error: usage: run.py SDK, a folder such as build/sdk", file=sys.stderr)
        return 2
    sdk = Path(sys.argv[1])
    failed = passed = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        for lines in pool.map(lambda entry: check(sdk, *entry), entries()):
            for line in lines:
                print(line)
                failed += line.startswith("not ok")
                passed += line.startswith("ok")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
