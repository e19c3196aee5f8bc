# SPDX-License-Identifier: MIT
"""What the SDK offers to programs: what its libraries define, which headers it has, what the ledger says."""

import json
import os
import re
import subprocess
from fnmatch import fnmatchcase

from coconut_cli import elfsections, places
from coconut_cli.fault import Fault, reason

LIBRARIES = ("libc.a", "libm.a", "libc++.a", "libc++abi.a", "libunwind.a", "libclang_rt.builtins.a")
COMPILER = "clang-19"
_FAILS = re.compile(rb"([\w, *]{3,400}): not implemented on COCONUT")
#: Names of the compiler and the linker, of start files, and variables that are macros here: no library needs to define them.
_OWN = re.compile(r"(_GLOBAL_OFFSET_TABLE_|__gmon_start__|_ITM_\w+|__cxa_finalize|__libc_start_main|__TMC_END__|"
                  r"__dso_handle|__stack_chk_fail|__errno_location|main|_start|_init|_fini|_end|_edata|__bss_start|"
                  r"__ehdr_start|__(preinit|init|fini)_array_(start|end)|__ctype_\w+_loc|stdin|stdout|stderr)$")
#: What glibc's macros call, and what stands behind the same macros here.
_BEHIND = {"__assert_fail": "__assert_func"}
#: How glibc's headers rename functions: checks of sizes, 64-bit offsets, standards.
_RENAMED = (re.compile(r"__isoc(?:99|23)_(\w+)$"), re.compile(r"__([a-z]\w*)_chk$"), re.compile(r"(\w+?)64$"),
            re.compile(r"__(?:xpg|posix)_(\w+)$"), re.compile(r"__libc_(\w+)$"), re.compile(r"__([a-z]\w*)_2$"),
            re.compile(r"__([a-z]\w*)$"))


def plain(name):
    """Return a name as linkers know it, without its version."""
    return name.partition("@")[0]


class Interfaces:
    """The interfaces of the installed SDK."""

    MISSING, FAILS, PARTLY, DIFFERS, THERE = "missing", "fails", "partly", "differs", "there"

    def __init__(self):
        path = os.path.join(places.SDK, "share", "coconut", "interfaces.json")
        try:
            with open(path, encoding="utf-8") as stream:
                data = json.load(stream)
        except OSError as error:
            mend = "build it with 'coconut build'" if places.SOURCE else "install the SDK again"
            raise Fault(f"cannot read {path}: {reason(error)}; {mend}") from error
        self._data, self._defined, self._fails = data, set(), set()
        for name in LIBRARIES:
            path = os.path.join(places.SDK, "sysroot", "usr", "lib", name)
            content = elfsections.read_file(path)
            self._defined |= elfsections.index(path, content)
            for found in _FAILS.finditer(content):
                self._fails.update(re.findall(r"\w+", found.group(1).decode()))
        self._folders = None

    def own(self, name):
        """Tell whether a name is the tool chain's, whatever the system."""
        return _OWN.match(name) is not None

    def known_name(self, name):
        """Return the name under which the SDK may have what a Linux program calls `name`."""
        name = _BEHIND.get(name, name)
        if name not in self._defined:
            for pattern in _RENAMED:
                found = pattern.match(name)
                if found and found.group(1) in self._defined | self._fails:
                    return found.group(1)
        return name

    def function(self, name):
        """Return (state, text) of a function or variable."""
        name = self.known_name(name)
        if name in self._fails:
            return self.FAILS, self._text("absent", name) or "It is there to link against only."
        if name not in self._defined:
            return self.MISSING, self._text("absent", name) or ""
        if name in self._data["partly"]:
            return self.PARTLY, self._data["partly"][name]
        text = self._text("otherwise", name)
        return (self.DIFFERS, text) if text else (self.THERE, "")

    def header(self, name):
        """Return (state, text) of a header."""
        if name in self._data["headers"]:
            return self.MISSING, self._data["headers"][name]
        if any(os.path.isfile(os.path.join(folder, name)) for folder in self._include_folders()):
            return self.THERE, ""
        return self.MISSING, ""

    def _include_folders(self):
        if self._folders is None:
            usr = os.path.join(places.SDK, "sysroot", "usr", "include")
            self._folders = [usr, os.path.join(usr, "c++", "v1")]
            try:
                done = subprocess.run([COMPILER, "-print-resource-dir"], capture_output=True, text=True,
                                      check=False)
                self._folders.append(os.path.join(done.stdout.strip(), "include"))
            except OSError:
                pass  # its own headers are then unknown, and told as missing
        return self._folders

    def _text(self, part, name):
        return next((text for pattern, text in self._data[part] if fnmatchcase(name, pattern)), None)
