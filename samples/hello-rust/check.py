#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the numbers and layouts in coconut.rs against the SDK's tables; builds the sample if there is a rustc, and runs it.

usage: check.py SDK
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
#: Debian's own before another one in PATH: that is what the documents name.
COMPILERS = (os.environ.get("RUSTC"), "/usr/bin/rustc", "rustc")
#: Any target of the same data model and calling convention does; this one's core is what Debian has.
OPTIONS = ("--edition", "2021", "--crate-name", "hello_rust", "--crate-type", "staticlib", "--target",
           "x86_64-unknown-linux-gnu", "-C", "panic=abort", "-C", "opt-level=2", "-C", "relocation-model=pie",
           "-C", "force-frame-pointers=yes", "-D", "warnings")
EXPECTED = """Hello, Rust!
sorted by libc: [-3, 0, 5, 9]
threads: right
clock: forward
no such clock: refused
children have used: Ok(0)
"""
SIZES = {"u64": 8, "i64": 8, "u32": 4, "i32": 4}


class Lines:
    """Prints a line for each test, and the closing one."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def expect(self, name, found, wanted):
        """Report whether two values are the same."""
        if found == wanted:
            self.passed += 1
            print(f"ok - rust.{name}", flush=True)
        else:
            self.failed += 1
            print(f"not ok - rust.{name}: {found!r}, not {wanted!r}", flush=True)

    def skip(self, name, why):
        """Report a test that cannot be made."""
        self.skipped += 1
        print(f"skip - rust.{name}: {why}", flush=True)


def check_tables(lines, text):
    """The numbers, errors and layouts of coconut.rs are those of the recorded ABI."""
    golden = TOP / "sysroot" / "abi" / "golden"
    numbers = dict(re.findall(r"^call (\w+) (0x\w+)$", (golden / "numbers.txt").read_text(), re.M))
    found = re.findall(r"pub const (\w+): u64 = (\w+);", text)
    lines.expect("calls-named", len(found) > 0, True)
    for name, value in found:
        lines.expect(f"number-{name.lower()}", int(value, 0), int(numbers.get(name.lower(), "0"), 0))
    errors = (TOP / "sysroot" / "abi" / "errors.def").read_text()
    for name, value in re.findall(r"pub const E(\w+): i64 = (-\d+);", text):
        lines.expect(f"error-{name.lower()}", value, re.search(rf"ERROR\({name}, (-\d+)", errors).group(1))
    layout = (golden / "layout.txt").read_text()
    for name, body in re.findall(r"#\[repr\(C\)\](?:\n#\[.*\])*\npub struct (\w+) \{\n(.*?)\n\}", text, re.S):
        here, offset = [], 0
        for field, kind in re.findall(r"pub (\w+): (\w+),", body):
            offset = -(-offset // SIZES[kind]) * SIZES[kind]
            here.append((str(offset), str(SIZES[kind]), field))
            offset += SIZES[kind]
        there = re.search(rf"struct coco_{name.lower()} size=.*\n((?:    .*\n)+)", layout).group(1)
        lines.expect(f"layout-{name.lower()}", here, re.findall(r"\+(\d+) +(\d+) +\w+ (\w+)", there))


def rustc():
    """Return a Rust compiler, or None."""
    return next((found for found in map(shutil.which, filter(None, COMPILERS)) if found), None)


def check_program(lines, sdk, compiler, folder):
    """The program is built, linked against the SDK's libraries, and runs in the kernel."""
    archive, program = folder / "libhello.a", folder / "hello"
    done = subprocess.run([compiler, *OPTIONS, "-o", archive, HERE / "main.rs"], capture_output=True, text=True, check=False)
    lines.expect("compiles", (done.returncode, done.stderr), (0, ""))
    done = subprocess.run([sdk / "bin" / "x86_64-unknown-coconut-clang", "-Wl,--gc-sections", "-o", program, archive],
                          capture_output=True, text=True, check=False)
    lines.expect("links", (done.returncode, done.stderr), (0, ""))
    run = [sdk / "bin" / "coconut", "run", "--no-cwd", "--timeout", "120", program]
    done = subprocess.run([*run, "Rust"], capture_output=True, text=True, check=False)
    lines.expect("runs", (done.returncode, done.stdout), (0, EXPECTED))
    done = subprocess.run([*run, "panic"], capture_output=True, text=True, check=False)
    lines.expect("panics", (done.returncode, "as asked" in done.stderr), (134, True))


def main(words):
    """Returns the exit status."""
    lines, sdk = Lines(), Path(words[0])
    check_tables(lines, (HERE / "coconut.rs").read_text(encoding="utf-8"))
    compiler = rustc()
    if compiler is None:
        lines.skip("program", "rustc was not found; apt-get install rustc")
    else:
        with tempfile.TemporaryDirectory(prefix="coconut-rust-") as folder:
            check_program(lines, sdk, compiler, Path(folder))
    print(f"{lines.passed} passed, {lines.failed} failed, {lines.skipped} skipped")
    return 1 if lines.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
