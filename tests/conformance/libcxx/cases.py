# SPDX-License-Identifier: MIT
"""The tests of the three libraries: where they are, what each is, which of them are chosen.

A test's name is the library and its place in that library's test folder: libcxx/std/re/re.badexp/regex_error.pass.cpp.
"""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from directives import Directives

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
FETCH = TOP / "sdk" / "deps" / "fetch.py"
LOCK = "llvm"

#: What is unpacked: the tests, and sources that some of them include.
MEMBERS = ("libunwind/test", "libunwind/src", "libcxxabi/test", "libcxxabi/src", "libcxx/test",
           "libcxx/src/include")

#: library -> folders of its test folder that are taken. libc++'s others test the library's own extensions,
#: the build and the host's tools.
FOLDERS = {"libunwind": (".",), "libcxxabi": (".",), "libcxx": ("std",)}

#: Kinds by the end of the file's name; the first that fits counts.
#:     run: compile, link, run, exit status 0     compile: must compile         refuse: must not compile
#:     link, no-link: must (not) link             verify: diagnostics as the comments say
#:     commands: as its RUN lines say             generator: a script that makes tests
ENDINGS = ((".compile.pass.cpp", "compile"), (".compile.fail.cpp", "refuse"), (".link.pass.cpp", "link"),
           (".link.fail.cpp", "no-link"), (".verify.cpp", "verify"), (".pass.cpp", "run"))

#: Tests that count so much that they take minutes of an emulated processor unless they are optimised.
OPTIMISED = re.compile("|".join((
    r"libcxx/std/algorithms/alg\.sorting/alg\.sort/sort/sort\.pass\.cpp",
    r"libcxx/std/containers/sequences/deque/.*\.pass\.cpp",
    r"libcxx/std/numerics/rand/rand\.dist/.*/eval[^/]*\.pass\.cpp",
    r"libcxx/std/utilities/charconv/charconv\.msvc/test\.pass\.cpp")))

TRIPLE = "x86_64-unknown-coconut"
STANDARD = "c++26"
#: What this compiler, library and system have, in the words of LLVM's tests. Not here, as on any system without
#: locale data: locale.*. Not here, as the library is built without a time zone data base: tzdb.
FEATURES = frozenset((
    "clang", "clang-19", "clang-19.1", "clang-19.1.7", "gcc-style-warnings", "thread-safety",
    "diagnose-if-support", "verify-support", "has-fconstexpr-steps", "has-fblocks", "-fsized-deallocation",
    "-faligned-allocation", "fdelayed-template-parsing", "has-64-bit-atomics", "has-1024-bit-atomics",
    "has-unix-headers", "executor-has-no-bash", "has-no-zdump", f"target={TRIPLE}", STANDARD,
    "optimization=none", "stdlib=llvm-libc++", "stdlib=libc++", "libcpp-has-thread-api-pthread",
    "libcpp-abi-version=1", "no-tzdb", "long_tests", "large_tests", "can-create-symlinks", "buildhost=linux"))
#: Features by library: libc++'s tests are run with its experimental parts, the others without.
EXPERIMENTAL = {True: frozenset(("c++experimental",)),
                False: frozenset(("libcpp-has-no-incomplete-pstl", "libcpp-has-no-experimental-stop_token",
                                  "libcpp-has-no-experimental-tzdb",
                                  "libcpp-has-no-experimental-syncstream"))}


class SuiteError(Exception):
    """One line that says what is wrong and where."""


def kind_of(name):
    """What kind of test a file of this name is, None if it is none that is known here."""
    if name.startswith("."):
        return None
    for ending, kind in ENDINGS:
        if name.endswith(ending):
            return kind
    parts = name.split(".")
    if len(parts) > 2 and parts[-2] in ("sh", "gen"):
        return {"sh": "commands", "gen": "generator"}[parts[-2]]
    return None


def in_sample(name, part):
    """Whether a test belongs to the sample of one in `part`. A sample holds those of its multiples."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:8], "big") % part == 0


class Case:
    """One test."""

    def __init__(self, name, library, path):
        self.name, self.library, self.path = name, library, path
        self.kind = kind_of(path.name)
        features = FEATURES | EXPERIMENTAL[library == "libcxx"]
        self.directives = Directives(path.read_text(encoding="utf-8", errors="replace"), features)

    @property
    def level(self):
        """Options for the compiler's optimisation."""
        return ["-O2"] if OPTIMISED.fullmatch(self.name) else []

    @property
    def group(self):
        """The part of the table that it is counted in."""
        parts = self.name.split("/")
        return "/".join(parts[:3]) if self.library == "libcxx" else self.library

    def why_not_run(self):
        """Why it does not apply here, or None."""
        if self.kind == "generator":
            return "a script that makes tests"
        if "/arm-linux-eabi/" in self.name:
            return "for another processor"
        return self.directives.why_not()


def unpack(build):
    """Unpack what is needed of LLVM's source, once for each version; returns the folder."""
    done = subprocess.run([sys.executable, "-B", FETCH, "--quiet", "--path", LOCK],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SuiteError("LLVM's source could not be fetched")
    tarball, folder = done.stdout.strip(), build / "source"
    stamp, state = build / "source.stamp", f"{done.stdout.strip()} {' '.join(MEMBERS)}"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == state:
        return folder
    stamp.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    print("# unpacking LLVM's tests", file=sys.stderr, flush=True)
    unpacked = subprocess.run(["tar", "-xf", tarball, "-C", folder, "--strip-components=1", "--no-same-owner",
                               "--wildcards", "--no-wildcards-match-slash",
                               *(f"*/{member}" for member in MEMBERS)], check=False)
    if unpacked.returncode != 0:
        raise SuiteError(f"{tarball} could not be unpacked to {folder}")
    stamp.write_text(state, encoding="utf-8")
    return folder


def all_cases(source):
    """Every test, sorted by name."""
    found = []
    for library, folders in FOLDERS.items():
        root = source / library / "test"
        for folder in folders:
            for path in (root / folder).rglob("*"):
                if kind_of(path.name) and path.is_file() and "configs" not in path.parts:
                    found.append(Case(f"{library}/{path.relative_to(root)}", library, path))
    return sorted(found, key=lambda case: case.name)
