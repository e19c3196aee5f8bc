# SPDX-License-Identifier: MIT
"""The lock file of third-party files, and the cache they are kept in.

Nothing here touches the network. All functions raise LockError with a one-line message.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

LOCK_FILE = Path(__file__).resolve().parent / "deps.lock"
KINDS = ("source", "deb")
_FIELDS = 8
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~-]*")


class LockError(Exception):
    """The lock file or a file it names is not as it must be."""


@dataclass(frozen=True)
class Entry:
    """One pinned file: size in bytes, sha256 in lower-case hex."""

    kind: str
    name: str
    version: str
    source: str
    suites: tuple
    file: str
    size: int
    sha256: str

    @property
    def pool_path(self):
        """Conventional place of the file below the root of a Debian archive."""
        length = 4 if self.source.startswith("lib") else 1
        return f"pool/main/{self.source[:length]}/{self.source}/{self.file}"


def _parse_line(line, where):
    fields = line.split()
    if len(fields) != _FIELDS:
        raise LockError(f"{where}: {len(fields)} fields, expected {_FIELDS}")
    kind, name, version, source, suites, file, size, sha256 = fields
    if kind not in KINDS:
        raise LockError(f"{where}: unknown kind '{kind}', expected one of {', '.join(KINDS)}")
    if not _FILE_NAME.fullmatch(file):
        raise LockError(f"{where}: '{file}' is not a plain file name")
    if not size.isdigit() or int(size) == 0:
        raise LockError(f"{where}: size '{size}' is not a positive number")
    if not _SHA256.fullmatch(sha256):
        raise LockError(f"{where}: '{sha256}' is not a sha256")
    return Entry(kind, name, version, source, tuple(suites.split(",")), file, int(size), sha256)


def load(path=LOCK_FILE):
    """Return {name: Entry} in file order."""
    entries = {}
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LockError(f"{path}: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        entry = _parse_line(line, f"{path}:{number}")
        if entry.name in entries:
            raise LockError(f"{path}:{number}: '{entry.name}' is listed twice")
        entries[entry.name] = entry
    return entries


def cache_root():
    """Directory shared by all trees of this user; made on demand by its users."""
    own = os.environ.get("COCONUT_CACHE")
    if own:
        return Path(own).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).absolute() / "coconut"


def cached_path(entry):
    """Where the file of entry is, or would be."""
    return cache_root() / "downloads" / entry.sha256 / entry.file


def sha256_of(path):
    """Hex digest of a file's contents."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check(path, entry):
    """Return None if path holds exactly the pinned bytes, else what differs."""
    try:
        size = os.path.getsize(path)
        if size != entry.size:
            return f"size {size}, expected {entry.size}"
        digest = sha256_of(path)
    except OSError as error:
        return error.strerror or str(error)
    if digest != entry.sha256:
        return f"wrong checksum: sha256 {digest}, expected {entry.sha256}"
    return None
