#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare the surface of the SDK's libraries and headers with what is on record.

  surface.py SDK            compare; exit status 1 and the differences on standard output
  surface.py SDK --update   write the records

exported.txt   functions and variables that a program can link, reserved names left out
declared.txt   functions that a header declares and no library defines
macros.txt     macros that the compiler predefines, in C and C++
constants.txt  values of the public constants of the C library's headers
layouts.txt    sizes, alignments and fields of their types
libraries/     for each library what it defines and what it needs from others; of libc and libm what exported.txt leaves out
Every public header is also compiled alone: as C99, C11, C with all extensions, and C++. A change of a record
needs an entry in docs/abi/CHANGES.md: its digest is part of the line 'golden:' there.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import records
from records import SurfaceError, includes, run

LICENCE = "# SPDX-License-Identifier: MIT"
FOLDER = Path(__file__).resolve().parent

# Headers of the C++ runtime, parts of other headers, and what newlib has for other systems.
NOT_PUBLIC = ("c++/", "unwind", "libunwind", "__libunwind", "mach-o/", "cxxabi", "__cxxabi",
              "machine/", "newlib/", "_", "sys/_", "ssp/", "regdef.h",
              "sys/custom_file.h", "sys/tree.h", "newlib.h")
#: Of the system call interface, whose own golden files hold its numbers and layouts; types_*.h are parts of types.h.
INTERFACE, PARTS = "coconut/", "coconut/types_"
#: Constants and layouts in them are those of a file format.
FORMATS = ("elf.h", "link.h")
MODES = (["-xc"], ["-xc", "-std=c99"], ["-xc", "-std=c11", "-D_POSIX_C_SOURCE=200809L"], ["-xc", "-D_GNU_SOURCE"],
         ["-xc++"])
#: Headers of C that C++ has in another way, or not.
NOT_CXX = ("stdatomic.h", "threads.h")
WORKERS = 2


def public_headers(sdk):
    root = sdk / "sysroot" / "usr" / "include"
    names = sorted(str(path.relative_to(root)) for path in root.rglob("*.h"))
    found = [name for name in names if not name.startswith(NOT_PUBLIC)]
    if not found:
        raise SurfaceError(f"no headers in {root}; run ./coconut build")
    return found


def compile_alone(compiler, headers):
    """Problems, one line each."""
    def attempt(case):
        name, mode = case
        driver = f"{compiler}++" if mode[0] == "-xc++" else compiler
        text = f"#include <{name}>\n#include <{name}>\nint surface;\n"
        try:
            run([driver, *mode, "-Wall", "-Werror", "-fsyntax-only", "-"], text)
        except SurfaceError as error:
            return f"<{name}> does not compile alone {' '.join(mode)}: {error}"
        return None

    cases = [(name, mode) for name in headers for mode in MODES
             if not (mode[0] == "-xc++" and name in NOT_CXX) and not name.startswith(PARTS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        return [problem for problem in pool.map(attempt, cases) if problem]


def declared_functions(compiler, headers):
    """Names of the functions that the headers declare and do not define."""
    dump = run([compiler, "-D_GNU_SOURCE", "-fsyntax-only", "-Xclang", "-ast-dump",
                "-fno-color-diagnostics", "-xc", "-"], includes(headers))
    found = set()
    for line in dump.splitlines():
        # Declarations at top level start at column 2; " inline" ones have their body in the header.
        if line[:2] in ("|-", "`-") and line[2:].startswith("FunctionDecl") and "'" in line:
            words = line.split("'")[0].split()
            flags = line.rsplit("'", 1)[1].split()
            if "static" not in flags and "implicit" not in words:
                found.add(words[-1])
    return found


def libraries(sdk):
    """Return {name: path} of the archives."""
    return {path.stem: path for path in sorted((sdk / "sysroot" / "usr" / "lib").glob("*.a"))}


def compare(name, now, update):
    """Differences between a set of names and its record, one line each."""
    record = FOLDER / name
    if update:
        record.parent.mkdir(exist_ok=True)
        record.write_text("".join(f"{line}\n" for line in [LICENCE, *sorted(now)]), encoding="utf-8")
        return []
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    before = {line for line in lines if not line.startswith("#")}
    return ([f"{name}: new: {entry}" for entry in sorted(now - before)] +
            [f"{name}: gone: {entry}" for entry in sorted(before - now)])


def recorded(sdk, compiler, headers):
    """Return {name of a record: what it should hold}."""
    archives = libraries(sdk)
    own = [name for name in headers if not name.startswith(INTERFACE)]
    of_c = [archives[name] for name in ("libc", "libm")]
    symbols = set().union(*(records.symbols(path, "defined-only") for path in of_c))
    exported = {name for name in symbols if not name.startswith("_")}
    found = {
        "exported.txt": exported,
        "declared.txt": {name for name in declared_functions(compiler, own) - symbols
                         if not name.startswith(("_", "coco_"))},
        "macros.txt": records.macros(compiler, "c") | records.macros(f"{compiler}++", "c++"),
        "constants.txt": records.constants(compiler, [name for name in own if name not in FORMATS]),
        "layouts.txt": records.layouts(compiler, [name for name in own if name not in FORMATS]),
    }
    for name, path in archives.items():
        found[f"libraries/{name}.txt"] = records.library(path, exported if path in of_c else frozenset())
    return found


def check(sdk, update):
    """All problems, one line each."""
    compiler = str(sdk / "bin" / "x86_64-unknown-coconut-clang")
    headers = public_headers(sdk)
    found = recorded(sdk, compiler, headers)
    known = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.txt")}
    problems = [f"{name}: there is no such library any more" for name in sorted(known - set(found))]
    for name, lines in found.items():
        problems += compare(name, lines, update)
    return compile_alone(compiler, headers) + problems


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
