# SPDX-License-Identifier: MIT
"""Files that appear complete or not at all."""

import os
import tempfile

from coconut_cli import interrupt
from coconut_cli.fault import Fault, reason


def make_folder(path):
    """Make a folder, and those above it, where they are missing."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise Fault(f"cannot make {path}: {reason(error)}") from error


def _missing_folders(path):
    """Return the folders that make_folder(path) would make, the innermost first."""
    path, found = os.path.abspath(path), []
    while not os.path.lexists(path):
        found.append(path)
        path = os.path.dirname(path)
    return found


@interrupt.whole
def write_together(folder, content):
    """Write {path below the folder: bytes}: all of them, or none, and no folder then either."""
    made, partial = [], {}
    try:
        for name, data in content.items():
            path = os.path.join(folder, name)
            made = _missing_folders(os.path.dirname(path)) + made
            make_folder(os.path.dirname(path))
            partial[path] = path + ".coconut-new"
            write_whole(partial[path], data)
        for path in list(partial):
            os.replace(partial[path], path)
            del partial[path]
    except BaseException as error:
        for path in partial.values():
            if os.path.lexists(path):
                os.unlink(path)
        for path in made:
            if not os.listdir(path):
                os.rmdir(path)
        if isinstance(error, OSError):
            raise Fault(f"cannot write {error.filename}: {reason(error)}") from error
        raise


@interrupt.whole
def write_whole(path, data):
    """Write the bytes `data` to the file `path` in one step."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        descriptor, partial = tempfile.mkstemp(prefix=".coconut-", dir=folder)
    except OSError as error:
        raise Fault(f"cannot write {path}: {reason(error)}") from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            os.fchmod(stream.fileno(), 0o644)
        os.replace(partial, path)
    except BaseException as error:
        os.unlink(partial)
        if isinstance(error, OSError):
            raise Fault(f"cannot write {path}: {reason(error)}") from error
        raise
