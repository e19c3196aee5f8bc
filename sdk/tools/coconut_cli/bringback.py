# SPDX-License-Identifier: MIT
"""Brings what a program changed in directories of --dir back to the host.

The guest is not trusted: a path is followed name by name from the directory that the user named, never
through a symbolic link, and nothing outside of it is touched.
"""

import os
import stat

from coconut_cli import interrupt, protocol
from coconut_cli.fault import STATUS_USAGE, Fault, reason

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Tree:
    """A directory of the host and its place in the guest. taken: {names below it that went along: is a directory}."""

    def __init__(self, host, guest, collection):
        """collection: what goes along, a guestfiles.Collection."""
        self.host, self.guest = os.path.realpath(host), guest.rstrip("/")
        if not self.guest:
            raise Fault(f"--dir {host}: nothing can be brought back from /; add :ro", STATUS_USAGE)
        start, self.taken = f"{self.guest}/", {}
        for name in (*collection.files, *collection.directories):
            if name.startswith(start) and os.path.lexists(os.path.join(self.host, name[len(start):])):
                self.taken[tuple(name[len(start):].split("/"))] = name in collection.directories


def _names(tree, path):
    """Return the names of a guest path below the tree, [] for the tree itself, None for one outside."""
    text = os.fsdecode(path)
    if text == tree.guest:
        return []
    if not text.startswith(tree.guest + "/"):
        return None
    names = text[len(tree.guest) + 1:].split("/")
    if any(name in ("", ".", "..") for name in names):
        raise protocol.BadGuest(f"a file sent back with the path {text!r}")
    return names


def _parent(root, names):
    """Open the directory that holds the last of the names; the caller closes it."""
    at = os.dup(root)
    try:
        for name in names[:-1]:
            below = os.open(name, DIRECTORY, dir_fd=at)
            os.close(at)
            at = below
    except OSError:
        os.close(at)
        raise
    return at


def _write(parent, name, permissions, data):
    """Make the file what it shall be, if it is not that already; whole or not at all."""
    try:
        state = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        state = None
    if state is not None:
        if stat.S_ISLNK(state.st_mode):
            return  # what it leads to went along as a copy
        if not stat.S_ISREG(state.st_mode):
            raise Fault(f"{name}: is no plain file on the host; nothing more was brought back")
        if state.st_size == len(data):
            with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent), "rb") as stream:
                if stream.read() == data:
                    return
        permissions = stat.S_IMODE(state.st_mode)
    _replace(parent, name, permissions, data)


@interrupt.whole
def _replace(parent, name, permissions, data):
    partial = f".coconut-{os.getpid()}"
    file = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=parent)
    try:
        with open(file, "wb") as stream:
            stream.write(data)
            os.fchmod(stream.fileno(), permissions)
        os.rename(partial, name, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        os.unlink(partial, dir_fd=parent)
        raise


def _apply(root, names, item):
    _, kind, permissions, data = item
    parent = _parent(root, names)
    try:
        if kind == protocol.TYPE_DIR:
            try:
                os.mkdir(names[-1], permissions | 0o700, dir_fd=parent)
            except FileExistsError:
                os.close(os.open(names[-1], DIRECTORY, dir_fd=parent))  # it is one, too, or that fails
        else:
            _write(parent, names[-1], permissions, data)
    finally:
        os.close(parent)


def _remove(root, taken, kept):
    """Remove what went along and is gone; directories only if they are empty then."""
    for names, is_dir in sorted(taken.items(), key=lambda one: -len(one[0])):
        if names in kept:
            continue
        try:
            parent = _parent(root, list(names))
        except FileNotFoundError:
            continue
        try:
            if is_dir:
                os.rmdir(names[-1], dir_fd=parent)
            else:
                os.unlink(names[-1], dir_fd=parent)
        except OSError as error:
            if not is_dir and not isinstance(error, FileNotFoundError):
                raise
        finally:
            os.close(parent)


def _bring(tree, files):
    if not any(kind == protocol.TYPE_DIR and _names(tree, path) == [] for path, kind, _, _ in files):
        raise Fault(f"{tree.guest}: the program left no such directory; nothing was brought back to {tree.host}")
    root, kept = os.open(tree.host, DIRECTORY), set()
    try:
        for item in files:
            names = _names(tree, item[0])
            if names:
                kept.add(tuple(names))
                _apply(root, names, item)
        _remove(root, tree.taken, kept)
    finally:
        os.close(root)


def bring(trees, files):
    """Make the directories of the host what those of the guest are. Fault for the first that fails."""
    for tree in trees:
        try:
            _bring(tree, files)
        except OSError as error:
            raise Fault(f"cannot bring changes back to {tree.host}: {reason(error)}") from error
