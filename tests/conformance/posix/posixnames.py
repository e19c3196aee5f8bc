# SPDX-License-Identifier: MIT
"""What of POSIX the SDK has: its headers, functions, macros, and the functions that are there but always fail."""

import re
import subprocess
from pathlib import Path

from cases import HERE, SuiteError

NAMES = HERE / "interfaces.txt"
_ABSENT = re.compile(rb"([\w, *]{3,400}): not implemented on COCONUT")


def posix_headers():
    """Return {header: [function or macro]} as POSIX.1-2024 has them."""
    found, header = {}, None
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if not line.startswith(" "):
            header, _, line = line.partition(":")
            found[header] = []
        found[header] += line.split()
    return found


class Surface:
    """The C library of an SDK."""

    def __init__(self, sdk):
        usr = sdk / "sysroot" / "usr"
        self._include, self._sdk = usr / "include", sdk
        self._symbols, self._failing, self._known = set(), set(), {}
        for name in ("libc.a", "libm.a"):
            self._read_library(usr / "lib" / name)

    def _read_library(self, path):
        done = subprocess.run(["llvm-nm-19", "--defined-only", "--extern-only", "--format=just-symbols",
                               path], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SuiteError(f"{path} cannot be read; run ./coconut build")
        self._symbols.update(line.strip() for line in done.stdout.splitlines())
        for found in _ABSENT.finditer(Path(path).read_bytes()):
            self._failing.update(re.findall(r"\w+", found.group(1).decode()))

    def has_header(self, header):
        """Tell whether a program can include it: a header of the library or of the compiler."""
        return self._macros(header) is not None

    def state(self, header, name):
        """'there', 'fails' (it exists and always fails), or 'missing'."""
        macros = self._macros(header)
        if macros is None:
            return "missing"
        if name in macros:
            return "there"
        if name in self._failing:
            return "fails"
        return "there" if name in self._symbols else "missing"

    def _macros(self, header):
        """Names of the macros that a header defines; None if there is no such header."""
        if header not in self._known:
            compiler = self._sdk / "bin" / "x86_64-unknown-coconut-clang"
            done = subprocess.run([compiler, "-D_GNU_SOURCE", "-std=c11", "-E", "-dM", "-x", "c", "-"],
                                  input=f"#include <{header}>\n", capture_output=True, text=True, check=False)
            self._known[header] = (set(re.findall(r"#define (\w+)", done.stdout))
                                   if done.returncode == 0 else None)
        return self._known[header]
