# SPDX-License-Identifier: MIT
"""What a distributed SDK consists of, and its archives: the same entries give the same bytes."""

import hashlib
import io
import lzma
import os
import stat
import tarfile

from coconut_cli import bytecode
from coconut_cli.fault import STATUS_FAILED, Fault, reason

#: What depends on the Python that built: made anew.
LEFT_OUT = frozenset(("__pycache__",))
PRESET = 2


class Entry:
    """One file (data), symbolic link (target) or folder (neither) at `path` below the SDK's top."""

    def __init__(self, path, data=None, target=None, executable=False):
        self.path, self.data, self.target, self.executable = path, data, target, executable

    def mode(self):
        """The permissions, the same whatever those of the build were."""
        return 0o777 if self.target is not None else 0o755 if self.data is None or self.executable else 0o644


def _read(path):
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise Fault(f"cannot read {path}: {reason(error)}") from error


def tree(folder, below=""):
    """Return the Entries of all that is in a folder, under the path `below`."""
    found = []
    try:
        with os.scandir(folder) as scan:
            entries = list(scan)
    except OSError as error:
        raise Fault(f"cannot read {folder}: {reason(error)}") from error
    for entry in entries:
        path = f"{below}{entry.name}"
        if entry.is_symlink():
            target = os.readlink(entry.path)
            if os.path.isabs(target) or os.path.normpath(os.path.join(os.path.dirname(path), target)).startswith(".."):
                raise Fault(f"{entry.path}: leads out of the SDK, to {target}", STATUS_FAILED)
            found.append(Entry(path, target=target))
        elif entry.is_dir():
            if entry.name not in LEFT_OUT:
                found += [Entry(path), *tree(entry.path, f"{path}/")]
        elif entry.is_file():
            executable = bool(entry.stat().st_mode & stat.S_IXUSR)
            found.append(Entry(path, data=_read(entry.path), executable=executable))
        else:
            raise Fault(f"{entry.path}: is neither file, folder nor link", STATUS_FAILED)
    return found


def with_bytecode(entries, folder):
    """Return the Entries with the compiled forms of the Python modules below `folder`."""
    found = [Entry(bytecode.place(entry.path), bytecode.compiled(entry.path.removeprefix(f"{folder}/"), entry.data))
             for entry in entries
             if entry.path.startswith(f"{folder}/") and entry.path.endswith(".py") and entry.data is not None]
    return [*entries, *found]


def with_folders(entries):
    """Return the Entries sorted by path, with the folders above them that are missing."""
    found = {entry.path: entry for entry in entries}
    for path in list(found):
        while path := os.path.dirname(path):
            found.setdefault(path, Entry(path))
    return [found[path] for path in sorted(found)]


def check_paths(entries, places):
    """Raise Fault if a file names one of the folders of the machine that built it, also in debug information."""
    for entry in entries:
        for place in places:
            if entry.data is not None and os.fsencode(place) in entry.data:
                raise Fault(f"{entry.path} names {place}, a folder of this machine; compile it with "
                            "-ffile-prefix-map", STATUS_FAILED)


def tar(entries, top, epoch):
    """Return a tar archive of the entries below the folder `top`; epoch: the time of all of them."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for entry in [Entry(""), *entries]:
            head = tarfile.TarInfo(f"{top}/{entry.path}".rstrip("/"))
            head.mode, head.mtime, head.uname, head.gname = entry.mode(), epoch, "root", "root"
            if entry.target is not None:
                head.type, head.linkname = tarfile.SYMTYPE, entry.target
            elif entry.data is None:
                head.type = tarfile.DIRTYPE
            else:
                head.size = len(entry.data)
            archive.addfile(head, io.BytesIO(entry.data) if entry.data is not None else None)
    return stream.getvalue()


def compress(data):
    """Return the data as xz."""
    return lzma.compress(data, preset=PRESET)


def _member(name, data, epoch):
    head = f"{name:<16}{epoch:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode("ascii")
    return head + data + b"\n" * (len(data) % 2)


def deb(control, entries, prefix, epoch):
    """Return a Debian package: control is the text of its control file; entries go below `prefix`."""
    sums = "".join(f"{hashlib.md5(entry.data, usedforsecurity=False).hexdigest()}  {prefix}/{entry.path}\n"
                   for entry in entries if entry.data is not None)
    head = tar([Entry("control", control.encode()), Entry("md5sums", sums.encode())], ".", epoch)
    placed = with_folders([Entry(f"{prefix}/{entry.path}", entry.data, entry.target, entry.executable)
                           for entry in entries])
    body = tar(placed, ".", epoch)
    return b"!<arch>\n" + b"".join((_member("debian-binary", b"2.0\n", epoch),
                                    _member("control.tar.xz", compress(head), epoch),
                                    _member("data.tar.xz", compress(body), epoch)))
