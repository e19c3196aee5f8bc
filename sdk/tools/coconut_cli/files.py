# SPDX-License-Identifier: MIT
"""Files that appear complete or not at all."""

import contextlib
import errno
import fcntl
import os
import sys
import tempfile

from coconut_cli import interrupt
from coconut_cli.fault import Fault, reason

#: What a file system says that does not lock folders, as NFS; who works there alone is not refused.
NO_LOCKS = (errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP)
#: The file that is held while much is done in a folder.
LOCK = ".coconut-lock"


def make_folder(path):
    """Make a folder, and those above it, where they are missing."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise Fault(f"cannot make {path}: {reason(error)}") from error


def _hold(lock, what):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if what:
            print(f"coconut: another {what} is under way here; waiting for it", file=sys.stderr)
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise


@contextlib.contextmanager
def alone(folder, what=None):
    """Hold a folder, made if missing: two commands at once would spoil each other's files.

    what: what is done there, where that takes long and may itself use commands that write files there. So it holds a file in
    the folder, and those the folder.
    """
    make_folder(folder)
    path, flags = (os.path.join(folder, LOCK), os.O_RDWR | os.O_CREAT) if what else (folder, os.O_RDONLY | os.O_DIRECTORY)
    with contextlib.ExitStack() as stack:
        try:
            lock = os.open(path, flags | os.O_CLOEXEC, 0o644)
            stack.callback(os.close, lock)
            _hold(lock, what)
        except OSError as error:
            raise Fault(f"cannot lock {folder}: {reason(error)}") from error
        yield


def _missing_folders(path):
    """Return the folders that make_folder(path) would make, the innermost first."""
    path, found = os.path.abspath(path), []
    while not os.path.lexists(path):
        found.append(path)
        path = os.path.dirname(path)
    return found


def write_together(folder, content):
    """Write {path below the folder: bytes}: all of them, or none, and no folder then either. Two that write to the same folder
    do so one after the other, so that its files belong together."""
    made = [path for name in content for path in _missing_folders(os.path.dirname(os.path.join(folder, name)))]
    try:
        with alone(folder):
            _write_together(folder, content)
    except BaseException:
        _remove_empty(made)
        raise


@interrupt.whole
def _remove_empty(folders):
    """Remove those of the folders that are there and empty, the innermost first."""
    for path in sorted(set(folders), key=len, reverse=True):
        if os.path.isdir(path) and not os.listdir(path):
            os.rmdir(path)


@interrupt.whole
def _write_together(folder, content):
    partial = {}
    try:
        for name, data in content.items():
            path = os.path.join(folder, name)
            make_folder(os.path.dirname(path))
            partial[path] = _write_partial(path, data)
        for path in list(partial):
            _put(partial[path], path)
            del partial[path]
    finally:
        for path in partial.values():
            os.unlink(path)


@interrupt.whole
def write_whole(path, data):
    """Write the bytes `data` to the file `path` in one step."""
    partial = _write_partial(path, data)
    try:
        _put(partial, path)
    except BaseException:
        os.unlink(partial)
        raise


def _write_partial(path, data):
    """Write what is to become the file `path`, beside it; returns its name."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        if os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        descriptor, partial = tempfile.mkstemp(prefix=".coconut-", dir=folder)
    except OSError as error:
        raise Fault(f"cannot write {path}: {reason(error)}") from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            os.fchmod(stream.fileno(), 0o644)
        return partial
    except BaseException as error:
        os.unlink(partial)
        if isinstance(error, OSError):
            raise Fault(f"cannot write {path}: {reason(error)}") from error
        raise


def _put(partial, path):
    try:
        os.replace(partial, path)
    except OSError as error:
        raise Fault(f"cannot write {path}: {reason(error)}") from error
