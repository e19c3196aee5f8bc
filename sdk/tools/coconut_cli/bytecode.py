# SPDX-License-Identifier: MIT
"""Compiled modules of the command for an installed SDK, which is never written to: the same source gives the
same bytes, whatever its folder. Python takes them as long as the source has the same hash (PEP 552)."""

import importlib.util
import marshal
import os
import struct
import sys

CHECKED_HASH = struct.pack("<I", 0b11)
#: Without references between objects, which depend on what else the interpreter holds.
FORMAT = 2


def place(path):
    """Return the path of the compiled form of a module."""
    folder, name = os.path.split(path)
    return os.path.join(folder, "__pycache__", f"{name.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc")


def compiled(name, source):
    """Return the compiled form of a module's source; name: what tracebacks call it."""
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    return importlib.util.MAGIC_NUMBER + CHECKED_HASH + importlib.util.source_hash(source) + marshal.dumps(code, FORMAT)


def modules(folder):
    """Yield (path below the folder, source) of all modules."""
    for path, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(".py"):
                with open(os.path.join(path, name), "rb") as stream:
                    yield os.path.relpath(os.path.join(path, name), folder), stream.read()


def write(folder):
    """Put the compiled form of each module below the folder beside it."""
    for name, source in modules(folder):
        path = os.path.join(folder, place(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(f"{path}.new", "wb") as stream:
            stream.write(compiled(name, source))
        os.replace(f"{path}.new", path)


if __name__ == "__main__":
    write(sys.argv[1])
