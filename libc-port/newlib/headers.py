#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lay newlib's headers and this project's overlay out in one include folder.

While newlib is built, overlay headers reach newlib's header of the same name by #include_next, which
needs two folders on the search path. Installed, there is one folder: newlib's header of a doubled name
goes to newlib/, and the overlay's #include_next <x> becomes #include <newlib/x>. Programs then need no
special option, and searches for headers by file name find them.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

_NEXT = re.compile(r"#include_next <([^>]+)>")


def headers_of(folder):
    """Relative paths of all headers below a folder, sorted."""
    return sorted(path.relative_to(folder) for path in folder.rglob("*.h"))


def lay_out(newlib, overlay, target):
    """Fill target, which is made new; both sources are left alone."""
    ours = headers_of(overlay)
    target.mkdir(parents=True)
    for name in headers_of(newlib):
        place = target / ("newlib" if name in ours else "") / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(newlib / name, place)
    for name in ours:
        text = (overlay / name).read_text(encoding="utf-8")
        wanted = _NEXT.findall(text)
        for other in wanted:
            if not (newlib / other).is_file():
                raise FileNotFoundError(2, "newlib has no such header", f"{overlay / name}: {other}")
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_NEXT.sub(r"#include <newlib/\1>", text), encoding="utf-8")


def update(fresh, target):
    """Make target's files those of fresh, touching only what differs, and nothing else there."""
    for name in headers_of(fresh):
        place = target / name
        text = (fresh / name).read_bytes()
        if not place.is_file() or place.read_bytes() != text:
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_name(f".{place.name}.part")
            part.write_bytes(text)
            part.replace(place)


def main():
    """Command entry; returns the exit status."""
    parser = argparse.ArgumentParser(description="Install the C library's headers.")
    parser.add_argument("--newlib", type=Path, required=True)
    parser.add_argument("--overlay", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, required=True, help="folder to work in; replaced")
    parser.add_argument("--target", type=Path, required=True, help="include folder to update")
    options = parser.parse_args()
    try:
        if options.scratch.exists():
            shutil.rmtree(options.scratch)
        lay_out(options.newlib, options.overlay, options.scratch)
        update(options.scratch, options.target)
    except OSError as error:
        print(f"headers: error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
