#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare the C library's surface with what is on record.

  surface.py SDK            compare; exit status 1 and the differences on standard output
  surface.py SDK --update   write the records

exported.txt   functions and variables that a program can link, reserved names left out
declared.txt   functions that a header declares and no library defines
Every public header is also compiled alone, as C99, C11, and with all extensions.
"""

import argparse
import subprocess
import sys
from pathlib import Path

LICENCE = "# SPDX-License-Identifier: MIT"
FOLDER = Path(__file__).resolve().parent

# Headers of the C++ runtime, parts of other headers, and what newlib has for other systems.
NOT_PUBLIC = ("c++/", "unwind", "libunwind", "__libunwind", "mach-o/", "cxxabi", "__cxxabi",
              "machine/", "newlib/", "coconut/", "_", "sys/_", "ssp/", "regdef.h",
              "sys/custom_file.h", "sys/tree.h", "newlib.h")
MODES = ([], ["-std=c99"], ["-std=c11", "-D_POSIX_C_SOURCE=200809L"], ["-D_GNU_SOURCE"])


class SurfaceError(Exception):
    """One line for the user."""


def run(words, text=None):
    """Output of a command; SurfaceError with its first error line if it fails."""
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "error" in line] or ["failed"]
        raise SurfaceError(f"{Path(words[0]).name}: {lines[0]}")
    return done.stdout


def public_headers(sdk):
    root = sdk / "sysroot" / "usr" / "include"
    names = sorted(str(path.relative_to(root)) for path in root.rglob("*.h"))
    found = [name for name in names if not name.startswith(NOT_PUBLIC)]
    if not found:
        raise SurfaceError(f"no headers in {root}; run ./coconut build")
    return found


def compile_alone(compiler, headers):
    """Problems, one line each."""
    problems = []
    for name in headers:
        text = f"#include <{name}>\n#include <{name}>\nint surface;\n"
        for mode in MODES:
            try:
                run([compiler, *mode, "-Wall", "-Werror", "-fsyntax-only", "-xc", "-"], text)
            except SurfaceError as error:
                problems.append(f"<{name}> does not compile alone {' '.join(mode)}: {error}")
    return problems


def declared_functions(compiler, headers):
    """Names of the functions that the headers declare and do not define."""
    text = "".join(f"#include <{name}>\n" for name in headers)
    dump = run([compiler, "-D_GNU_SOURCE", "-fsyntax-only", "-Xclang", "-ast-dump",
                "-fno-color-diagnostics", "-xc", "-"], text)
    found = set()
    for line in dump.splitlines():
        # Declarations at top level start at column 2; " inline" ones have their body in the header.
        if line[:2] in ("|-", "`-") and line[2:].startswith("FunctionDecl") and "'" in line:
            words = line.split("'")[0].split()
            flags = line.rsplit("'", 1)[1].split()
            if "static" not in flags and "implicit" not in words:
                found.add(words[-1])
    return found


def defined_symbols(sdk):
    found = set()
    for name in ("libc.a", "libm.a"):
        archive = sdk / "sysroot" / "usr" / "lib" / name
        for line in run(["llvm-nm-19", "--extern-only", "--defined-only", "--format=posix",
                         "--quiet", str(archive)]).splitlines():
            if line and not line.endswith(":"):
                found.add(line.split()[0])
    return found


def compare(name, now, update):
    """Differences between a set of names and its record, one line each."""
    record = FOLDER / name
    if update:
        record.write_text("".join(f"{line}\n" for line in [LICENCE, *sorted(now)]), encoding="utf-8")
        return []
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    before = {line for line in lines if not line.startswith("#")}
    return ([f"{name}: new: {entry}" for entry in sorted(now - before)] +
            [f"{name}: gone: {entry}" for entry in sorted(before - now)])


def check(sdk, update):
    """All problems, one line each."""
    compiler = str(sdk / "bin" / "x86_64-unknown-coconut-clang")
    headers = public_headers(sdk)
    symbols = defined_symbols(sdk)
    declared = declared_functions(compiler, headers)
    exported = {name for name in symbols if not name.startswith("_")}
    holes = {name for name in declared - symbols if not name.startswith(("_", "coco_"))}
    return (compile_alone(compiler, headers) + compare("exported.txt", exported, update) +
            compare("declared.txt", holes, update))


def main():
    """Command entry; returns the exit status."""
    parser = argparse.ArgumentParser(description="Check the C library's surface.")
    parser.add_argument("sdk", type=Path, help="folder of the SDK, such as build/sdk")
    parser.add_argument("--update", action="store_true", help="write the records")
    options = parser.parse_args()
    try:
        problems = check(options.sdk, options.update)
    except (SurfaceError, OSError) as error:
        print(f"surface: error: {error}", file=sys.stderr)
        return 1
    for problem in problems:
        print(f"not ok - libc.surface: {problem}")
    if not problems:
        print("ok - libc.surface")
    print(f"{int(not problems)} passed, {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
