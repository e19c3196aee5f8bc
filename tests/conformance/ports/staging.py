# SPDX-License-Identifier: MIT
"""A port's files on their way into a prefix, where they appear all together or not at all.

What a project installs goes below a folder of the prefix that stands for / (DESTDIR), and is moved from there by renaming.
What was in a file's place is put aside until all have been moved. A record says what is moved, so that what a killed
process began is undone by the next one that installs into the prefix.
"""

import fcntl
import json
import os
import shutil
import time
from pathlib import Path

from systems import PortError  # which also says where the SDK's own modules are

from coconut_cli import interrupt

FOLDER = ".coconut-install"
#: Programs that were told to end may still be writing.
REMOVALS, PAUSE_SECONDS = 20, 0.05


def _missing(path):
    """The folders that are to be made for `path` to be one, the outermost first."""
    return [above for above in reversed((path, *path.parents)) if not os.path.lexists(above)]


def _entries(top):
    """(folders, files) below `top` as relative paths, what holds others before them; symbolic links are files."""
    folders, files = [], []
    for above, inner, names in os.walk(top, onerror=_raise):
        links = [name for name in inner if os.path.islink(os.path.join(above, name))]
        here = os.path.relpath(above, top)
        folders += [os.path.normpath(os.path.join(here, name)) for name in sorted(set(inner) - set(links))]
        files += [os.path.normpath(os.path.join(here, name)) for name in sorted(names + links)]
    return folders, files


def _raise(error):
    raise error


class Staging:
    """A context: `root` is a folder to install into as if it were /; move() then puts its files into the prefix.

    Whoever leaves the context without having moved finds the prefix as it was. One process at a time is inside.
    """

    def __init__(self, prefix):
        self.prefix, self.folder = prefix, prefix / FOLDER
        self.root, self._old, self._record = (self.folder / name for name in ("new", "old", "record"))
        self._made, self._lock = [], None

    def __enter__(self):
        try:
            self._take()
            self._clear()
            self.root.mkdir(parents=True)
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(self, *_):
        self._leave()

    def _take(self):
        """Wait until nobody else installs into the prefix, which is there then."""
        while self._lock is None:
            self._make_prefix()
            descriptor = os.open(self.prefix, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                if os.path.samestat(os.stat(self.prefix), os.fstat(descriptor)):
                    self._lock = descriptor
                    return
            except FileNotFoundError:
                pass  # whoever had it has removed it, as it had made it
            os.close(descriptor)

    @interrupt.whole
    def _make_prefix(self):
        for path in _missing(self.prefix):
            self._made.append(path)
            path.mkdir()

    @interrupt.whole
    def _leave(self):
        """Undo what is not finished, and remove what is only ours."""
        try:
            if self._lock is not None:
                self._clear()
        finally:
            for path in reversed(self._made):
                if path.is_dir() and not os.listdir(path):
                    path.rmdir()
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def _clear(self):
        """Undo what a record tells of, and remove the folder."""
        if self._record.exists():
            self._undo(self._read_record())
        for left in reversed(range(REMOVALS)):
            shutil.rmtree(self.folder, ignore_errors=left > 0)
            if not os.path.lexists(self.folder):
                return
            time.sleep(PAUSE_SECONDS)

    @property
    def _tree(self):
        """What is installed into the prefix, in the folder that stands for /."""
        return self.root / self.prefix.relative_to("/")

    def move(self):
        """Put all that was installed into the prefix. Raises PortError or OSError, after which nothing of it is there."""
        self._check_places()
        self._forget_root()
        folders, files = _entries(self._tree)
        for name in folders:
            if os.path.lexists(self.prefix / name) and not (self.prefix / name).is_dir():
                raise PortError(f"{self.prefix / name} is a file; the port installs a folder there")
        for name in files:
            if (self.prefix / name).is_dir() and not (self.prefix / name).is_symlink():
                raise PortError(f"{self.prefix / name} is a folder; the port installs a file there")
        self._move({"tree": str(self._tree.relative_to(self.folder)),
                    "folders": [name for name in folders if not os.path.lexists(self.prefix / name)],
                    "old": [name for name in files if os.path.lexists(self.prefix / name)],
                    "new": [name for name in files if not os.path.lexists(self.prefix / name)]})

    def _check_places(self):
        """All that was installed is below the prefix."""
        for name in _entries(self.root)[1]:
            if self._tree not in (self.root / name).parents:
                raise PortError(f"it installs /{name}, which is outside of {self.prefix}")
        if not self._tree.is_dir():
            raise PortError(f"it installs nothing into {self.prefix}")

    def _forget_root(self):
        """Have no file name the folder that stood for /: not every Makefile knows DESTDIR."""
        root = os.fsencode(self.root)
        for name in _entries(self._tree)[1]:
            path = self._tree / name
            if path.is_symlink():
                target = os.readlink(path)
                if target.startswith(f"{self.root}/"):
                    path.unlink()
                    path.symlink_to(target.removeprefix(str(self.root)))
            elif path.is_file() and root in (data := path.read_bytes()):
                if b"\0" in data:
                    raise PortError(f"{name} names the folder that it was first installed into, and is no text")
                path.write_bytes(data.replace(root, b""))

    @interrupt.whole
    def _move(self, record):
        """Move the files of the record, or none; whoever is killed in between leaves the record for the next."""
        written = self._record.with_name("record.new")
        written.write_text(json.dumps(record), encoding="utf-8")
        written.rename(self._record)
        for name in record["folders"]:
            (self.prefix / name).mkdir()
            shutil.copymode(self._tree / name, self.prefix / name)
        for name in record["old"]:
            (self._old / name).parent.mkdir(parents=True, exist_ok=True)
            os.rename(self.prefix / name, self._old / name)
            os.rename(self._tree / name, self.prefix / name)
        for name in record["new"]:
            os.rename(self._tree / name, self.prefix / name)
        self._record.unlink()

    def _read_record(self):
        """The record of a process that was killed, whose names are below the prefix."""
        try:
            record = json.loads(self._record.read_text(encoding="utf-8"))
            for name in (record["tree"], *record["folders"], *record["old"], *record["new"]):
                if os.path.isabs(name) or ".." in Path(name).parts:
                    raise ValueError(name)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise PortError(f"{self._record} is damaged: an installation was cut off; remove {self.folder}, and install "
                            "again what you had installed") from None
        return record

    def _undo(self, record):
        """Have the prefix be as it was before the record was written, however much of it was done; may be repeated."""
        tree = self.folder / record["tree"]
        for name in record["new"]:
            if not os.path.lexists(tree / name):
                (self.prefix / name).unlink(missing_ok=True)
        for name in record["old"]:
            if os.path.lexists(self._old / name):
                os.replace(self._old / name, self.prefix / name)
        for name in reversed(record["folders"]):
            path = self.prefix / name
            if path.is_dir() and not os.listdir(path):
                path.rmdir()
        self._record.unlink()
