# SPDX-License-Identifier: MIT
"""Which host files a run image holds: the program, the working directory, added directories.

Files keep their absolute host paths in the guest, so that absolute paths in arguments work. They
are copies: what the program changes is gone when the machine ends.
"""

import os
import stat

from coconut_cli.fault import Fault, reason

LIMIT = 256 << 20
MEBIBYTE = 1 << 20
#: Folders that no program needs as data: version control, CMake's object files.
SKIPPED = frozenset((".git", "CMakeFiles"))


class Collection:
    """Host files and directories by guest path. Deterministic: sorted within each directory."""

    def __init__(self, limit=LIMIT):
        self.files = {}
        self.directories = {}
        self._limit, self._total = limit, 0

    def add_program(self, host, guest):
        """Add the program itself; it does not count against the limit."""
        self.files[guest] = host

    def add_directory(self, guest):
        """Have a directory in the guest even if no file is in it."""
        self.directories[guest] = True

    def add_tree(self, host, guest, option):
        """Add all files below host under guest; option is named when there are too many."""
        root = os.path.realpath(host)
        if not os.path.isdir(root):
            raise Fault(f"{host}: not a directory (given with {option})")
        pending = [(root, guest.rstrip("/"))]
        while pending:
            folder, name = pending.pop()
            self.add_directory(name or "/")
            pending += self._add_folder(folder, name, (root, host, option))

    def _add_folder(self, folder, guest, tree):
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            raise Fault(f"cannot read the directory {folder}: {reason(error)}; make it readable "
                        f"or leave it out ({tree[2]})") from error
        below = []
        for entry in entries:
            path = f"{guest}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED and not _is_build_tree(entry.path):
                    below.append((entry.path, path))
            elif entry.is_symlink():
                self._add_link(entry.path, path, tree)
            elif entry.is_file(follow_symlinks=False):
                self._add(entry.path, path, entry.stat(follow_symlinks=False).st_size, tree)
        return reversed(below)

    def _add_link(self, path, guest, tree):
        """A link to a file inside of the tree becomes a copy; all others are left out."""
        target = os.path.realpath(path)
        if target.startswith(tree[0].rstrip("/") + "/"):
            try:
                state = os.stat(target)
            except OSError:
                return
            if stat.S_ISREG(state.st_mode):
                self._add(target, guest, state.st_size, tree)

    def _add(self, host, guest, length, tree):
        if guest in self.files:
            return
        self._total += length
        if self._total > self._limit:
            raise Fault(f"{tree[1]} holds more than the {self._limit // MEBIBYTE} MiB of files that "
                        f"a run takes along; use --cwd with a smaller directory, or --no-cwd")
        self.files[guest] = host


def _is_build_tree(path):
    # A build tree inside of the directory is not data of its programs, and can be huge.
    return os.path.exists(os.path.join(path, "CMakeCache.txt"))
