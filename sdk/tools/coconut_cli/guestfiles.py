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
#: How compiled code starts: programs and objects, static libraries.
COMPILED = (b"\x7fELF", b"!<ar")


class Collection:
    """Host files and directories by guest path. Deterministic: sorted within each directory.

    left_out: trees (as the user named them) whose compiled code stayed behind because of the limit.
    """

    def __init__(self, limit=LIMIT):
        self.files = {}
        self.directories = {}
        self.left_out = []
        self._limit, self._total = limit, 0

    def add_program(self, host, guest):
        """Add the program itself; it does not count against the limit."""
        self.files[guest] = host

    def add_directory(self, guest):
        """Have a directory in the guest even if no file is in it."""
        self.directories[guest] = True

    def add_tree(self, host, guest, option):
        """Add all files below host under guest; option is named when there are too many.

        A tree that exceeds the limit is tried without its compiled code: build trees hold many large
        programs, of which a run needs one.
        """
        root = os.path.realpath(host)
        if not os.path.isdir(root):
            raise Fault(f"{host}: not a directory (given with {option})")
        found, pending = {}, [(root, guest.rstrip("/"))]
        while pending:
            folder, name = pending.pop()
            self.add_directory(name or "/")
            pending += self._scan(folder, name, (root, option), found)
        fresh = {name: item for name, item in found.items() if name not in self.files}
        if self._total + _size(fresh) > self._limit:
            fresh = {name: item for name, item in fresh.items() if not _is_compiled(item[0])}
            self.left_out.append(host)
        self._total += _size(fresh)
        if self._total > self._limit:
            raise Fault(f"{host} holds more than the {self._limit // MEBIBYTE} MiB of files that a run "
                        "takes along; use --cwd with a smaller directory, or --no-cwd")
        self.files.update((name, item[0]) for name, item in fresh.items())

    @staticmethod
    def _scan(folder, guest, tree, found):
        """Note the files of one folder in found {guest: (host, size)}; return the folders below."""
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            raise Fault(f"cannot read the directory {folder}: {reason(error)}; make it readable "
                        f"or leave it out ({tree[1]})") from error
        below = []
        for entry in entries:
            path = f"{guest}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED and not _is_build_tree(entry.path):
                    below.append((entry.path, path))
            elif entry.is_symlink():
                _follow(entry.path, path, tree[0], found)
            elif entry.is_file(follow_symlinks=False):
                found[path] = (entry.path, entry.stat(follow_symlinks=False).st_size)
        return reversed(below)


def _follow(path, guest, root, found):
    """A link to a file inside of the tree becomes a copy; all others are left out."""
    target = os.path.realpath(path)
    if target.startswith(root.rstrip("/") + "/"):
        try:
            state = os.stat(target)
        except OSError:
            return
        if stat.S_ISREG(state.st_mode):
            found[guest] = (target, state.st_size)


def _size(found):
    return sum(size for _, size in found.values())


def _is_compiled(path):
    try:
        with open(path, "rb") as stream:
            return stream.read(4) in COMPILED
    except OSError:
        return False  # whoever packs the file says what is wrong with it


def _is_build_tree(path):
    # A build tree inside of the directory is not data of its programs, and can be huge.
    return os.path.exists(os.path.join(path, "CMakeCache.txt"))
