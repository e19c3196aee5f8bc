# SPDX-License-Identifier: MIT
"""The tests of the suites: what each is called, what is compiled for it and what is started.

A test's name is its place in the suite without the suffix: interfaces/fork/7-1. Kinds:
    run       compile, link, start; the exit status is the result
    build     only compile (headers), or compile and link (a program that other tests start)
    script    a shell script of the suite that starts a program of the same folder with an argument
"""

import re
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
FETCH = TOP / "sdk" / "deps" / "fetch.py"
STATUSES = {0: "pass", 1: "fail", 2: "unresolved", 4: "unsupported", 5: "untested"}
GROUPS = ("interfaces", "definitions", "behavior", "scripts", "newlib")
_NUMBERED = re.compile(r"[0-9]+-.*\.c$")
_COMMAND = re.compile(r"^\s*(conformance/\S+)\.test((?: +[\w.-]+)*)\s*$")


class SuiteError(Exception):
    """One line that says what is wrong and where."""


class Case:
    """One test. source: what is compiled; program: guest path below /pts, None if nothing is started."""

    def __init__(self, name, group, kind, source, program=None, words=()):
        self.name, self.group, self.kind, self.source = name, group, kind, source
        self.program, self.words = program, tuple(words)
        self.includes = ()

    @property
    def interface(self):
        """The folder that holds the test: the function or header it is about."""
        return self.name.split("/")[1]


def fetch(lock):
    """Path of the verified file of a lock entry."""
    done = subprocess.run([sys.executable, "-B", FETCH, "--quiet", "--path", lock],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SuiteError(f"the source of {lock} could not be fetched")
    return Path(done.stdout.strip())


def unpack(lock, folder, prefix):
    """Unpack what lies below prefix in a source tarball into folder, once for each version of it."""
    tarball = fetch(lock)
    stamp = folder.with_name(folder.name + ".stamp")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == str(tarball):
        return folder
    with tarfile.open(tarball) as archive:
        members = []
        for member in archive:
            inner = member.name.partition("/")[2]
            if inner.startswith(prefix) and (member.isfile() or member.isdir()):
                member.name = inner
                members.append(member)
        # Python 3.11.2 lacks the argument; the archive's content is known by its digest.
        options = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(folder, members, **options)
    stamp.write_text(str(tarball), encoding="utf-8")
    return folder


def _posix_cases(root):
    for path in sorted((root / "conformance").rglob("*.c")):
        place = path.relative_to(root / "conformance").with_suffix("")
        group = place.parts[0]
        if group == "definitions":
            yield Case(str(place), group, "build", path)
        elif _NUMBERED.match(path.name):
            kind = "build" if "buildonly" in path.name else "run"
            yield Case(str(place), group, kind, path, f"conformance/{place}.test")


def _script_cases(root):
    """Scripts that start a program; those that only refer to another test's result are no tests."""
    for path in sorted((root / "conformance" / "interfaces").rglob("*.sh")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            found = _COMMAND.match(line)
            if found:
                place = path.relative_to(root / "conformance").with_suffix("")
                yield Case(f"scripts/{'/'.join(place.parts[1:])}", "scripts", "script",
                           root / (found.group(1) + ".c"), found.group(1) + ".test",
                           found.group(2).split())


def _newlib_cases(root):
    for path in sorted(root.rglob("newlib.*/*.c")):
        place = f"{path.parent.name.removeprefix('newlib.')}/{path.stem}"
        yield Case(f"newlib/{place}", "newlib", "run", path, f"conformance/newlib/{place}.test")


def all_cases(build):
    """Fetch and unpack the suites below build; return every test, sorted by name within its group."""
    posix = unpack("posixtestsuite", build / "posixtestsuite", "")
    newlib = unpack("newlib", build / "newlib", "newlib/testsuite/")
    found = []
    for case in (*_posix_cases(posix), *_script_cases(posix)):
        case.includes = (posix / "include",)
        found.append(case)
    for case in _newlib_cases(newlib / "newlib" / "testsuite"):
        case.includes = (newlib / "newlib" / "testsuite" / "include",)
        found.append(case)
    return sorted(found, key=lambda case: (GROUPS.index(case.group), case.name))
