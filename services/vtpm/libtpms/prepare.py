#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Provide libtpms: headers and library below a folder, from Debian's binary package that deps.lock pins.

The archive's objects are used as they are; what they ask of another libc (glibc) by names that are not in ours, or that
mean another thing there, is renamed in a copy of the archive, to names that glibc.c defines.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FETCH = HERE.parents[2] / "sdk" / "deps" / "fetch.py"
#: What libtpms would take instead of random numbers; random.c has better ones.
ALWAYS = ("rand", "srand")
#: glibc's spelling, numbers and variables that are glibc's, and memset(), which memory.c has a faster one for.
ELSEWHERE = ("__asprintf_chk", "__assert_fail", "__ctype_b_loc", "__dprintf_chk", "__errno_location",
             "__longjmp_chk", "__memcpy_chk", "__memset_chk", "__snprintf_chk", "__vdprintf_chk",
             "__vsnprintf_chk", "_setjmp", "clock", "clock_gettime", "memset", "stderr")


def run(*words):
    """Run a command; its standard output."""
    return subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, text=True, check=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--host", action="store_true", help="for Linux: only rand and srand are renamed")
    options = parser.parse_args()
    renamed = ALWAYS if options.host else ALWAYS + ELSEWHERE
    try:
        package = run(sys.executable, FETCH, "--quiet", "--path", "libtpms-dev").strip()
        with tempfile.TemporaryDirectory(prefix="libtpms-") as scratch:
            run("dpkg-deb", "--extract", package, scratch)
            (archive,) = Path(scratch).glob("usr/lib/*/libtpms.a")
            shutil.rmtree(options.output, ignore_errors=True)
            (options.output / "lib").mkdir(parents=True)
            shutil.copytree(Path(scratch) / "usr" / "include", options.output / "include")
            names = [f"--redefine-sym={name}=vtpm_glibc_{name}" for name in renamed]
            run("llvm-objcopy-19", *names, archive, options.output / "lib" / "libtpms.a")
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        print(f"prepare.py: libtpms cannot be provided: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
