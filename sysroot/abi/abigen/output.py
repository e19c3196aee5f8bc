# SPDX-License-Identifier: MIT
"""Write generated files; a file whose content is the same keeps its time, so nothing is rebuilt."""

import os

C_NOTICE = "// SPDX-License-Identifier: MIT\n// Generated from sysroot/abi by gen.py; do not edit.\n"


def write_if_changed(path, text):
    """Write `text` to `path` in one step; returns whether the file changed."""
    data = text.encode("utf-8")
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def header(body, includes=()):
    """A C header with notice, guard and includes around `body`."""
    lines = [C_NOTICE + "#pragma once\n"]
    lines += [f"#include {name}" for name in includes]
    if includes:
        lines.append("")
    return "\n".join(lines) + "\n" + body.rstrip("\n") + "\n"


def wrap(text, prefix, width=100):
    """Break `text` into lines that start with `prefix`."""
    lines, current = [], prefix
    for word in text.split():
        if len(current) + 1 + len(word) > width and current != prefix:
            lines.append(current)
            current = prefix
        current += ("" if current.endswith(" ") else " ") + word
    lines.append(current)
    return lines
