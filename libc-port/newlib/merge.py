#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Merge newlib's libc.a and libc-port's objects into the libc.a of the sysroot.

A function libc-port defines replaces newlib's: the newlib member that defines it is left out. That is
refused if the member also defines something needed that neither libc-port nor the start file has, since
it would go missing unnoticed. A member of newlib's can be given something of libc-port's in place of what
others of newlib's have under the same name; and what a member defines can be given another name, for libc-port's
function of the old name to call. Members are sorted, so equal inputs give equal archives.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path


class MergeError(Exception):
    """One line for the user."""


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise MergeError(f"{command[0]}: {done.stderr.strip().splitlines()[0]}")
    return done.stdout


def symbols(archive, letters):
    """{member: set of global symbols of these nm types}; an object file is its own only member."""
    member = archive
    found = {member: set()}
    for line in _run("llvm-nm-19", "--extern-only", "--format=posix", archive).splitlines():
        if line.endswith(":"):
            member = line.rsplit("[", 1)[1][:-2] if "[" in line else line[:-1]
            found.setdefault(member, set())
        elif line:
            name, kind = line.split()[:2]
            if kind in letters:
                found[member].add(name)
    return found


DEFINED = "TDBRVWC"


def choose(newlib, port, start, renamed=()):
    """Return newlib's members to keep; raise MergeError for one that may neither stay nor go."""
    ours = set().union(*symbols(port, DEFINED).values())
    if start:
        ours |= set().union(*symbols(start, DEFINED).values())
    theirs = symbols(newlib, DEFINED)
    needed = set().union(*symbols(newlib, "U").values(), *symbols(port, "U").values())
    del theirs[newlib]  # the archive itself is no member
    for member, old, new in renamed:
        if old in theirs.get(member, ()):
            theirs[member] = theirs[member] - {old} | {new}
    keep = [member for member, names in theirs.items() if not names & ours]
    kept = set().union(*(theirs[member] for member in keep))
    for member, names in theirs.items():
        missing = (names & needed) - ours - kept
        if names & ours and missing:
            raise MergeError(f"libc-port defines {', '.join(sorted(names & ours))} of newlib's "
                             f"{member} but not {', '.join(sorted(missing))}, which is needed too")
    return keep


def rename(folder, member, old, new):
    """Have a member of newlib's, extracted to a folder, use or define `new` where it does so with `old`."""
    path = os.path.join(folder, member)
    if not os.path.exists(path) or old not in symbols(path, "U" + DEFINED)[path]:
        raise MergeError(f"newlib's {member} that has {old} is not there; {new} cannot take the place of that")
    _run("llvm-objcopy-19", f"--redefine-sym={old}={new}", path)


def merge(newlib, port, start, output, renamed=()):
    """Write output atomically."""
    keep = choose(newlib, port, start, renamed)
    members = _run("llvm-ar-19", "t", port).split()
    doubled = [name for name, count in Counter(members + keep).items() if count > 1]
    if doubled:
        raise MergeError(f"two members are called {doubled[0]}; rename one source file")
    with tempfile.TemporaryDirectory(prefix="coconut-merge-") as scratch:
        _run("llvm-ar-19", "x", "--output", scratch, newlib, *keep)
        for member, old, new in renamed:
            rename(scratch, member, old, new)
        _run("llvm-ar-19", "x", "--output", scratch, port)
        files = [str(Path(scratch) / name) for name in sorted(members + keep)]
        part = output.with_name(f".{output.name}.part")
        part.unlink(missing_ok=True)
        _run("llvm-ar-19", "rcDP", str(part), *files)
        os.replace(part, output)


def main():
    """Command entry; returns the exit status."""
    parser = argparse.ArgumentParser(description="Make the sysroot's libc.a.")
    parser.add_argument("--newlib", type=Path, required=True, help="newlib's libc.a")
    parser.add_argument("--port", type=Path, required=True, help="archive of libc-port's objects")
    parser.add_argument("--start", type=Path, help="start file that every program is linked with")
    parser.add_argument("--rename", nargs=3, action="append", default=[], metavar=("MEMBER", "OLD", "NEW"),
                        help="have newlib's MEMBER use or define NEW where it does so with OLD")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    try:
        merge(str(options.newlib), str(options.port), options.start and str(options.start),
              options.output, options.rename)
    except MergeError as error:
        print(f"merge: error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"merge: error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
