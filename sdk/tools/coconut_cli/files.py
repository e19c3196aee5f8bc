# SPDX-License-Identifier: MIT
"""Files that appear complete or not at all."""

import os
import tempfile

from coconut_cli.fault import Fault, reason


def make_folder(path):
    """Make a folder, and those above it, where they are missing."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise Fault(f"cannot make {path}: {reason(error)}") from error


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
