# SPDX-License-Identifier: MIT
"""Boot archives in the PKIT format: 8 bytes of header, then packed records to the end.

A record is type (1: file), length of the name, length of the data, name, data; little endian, the
name UTF-8 without a leading slash. Directories, modes and times are not part of the format.
"""

import os
import struct

from coconut_cli.fault import Fault, reason

HEADER = b"PKIT" + struct.pack("<I", 8)
RECORD = struct.Struct("<HHQ")
TYPE_FILE = 1
NAME_MAX = 65535
CHUNK = 1 << 20


def _name_bytes(name):
    try:
        data = name.encode("utf-8")
    except UnicodeEncodeError:
        shown = ascii(name)
        raise Fault(f"{shown}: the name is not UTF-8, which the guest's files need; rename it "
                    "or leave its folder out") from None
    data = data.lstrip(b"/")
    if not data or b"\0" in data or len(data) > NAME_MAX:
        raise Fault(f"'{name}' is not a usable name for a file of the archive")
    return data


class Writer:
    """Writes an archive to a file descriptor that can seek; size is what stands there so far."""

    def __init__(self, descriptor):
        self._fd = descriptor
        self._names = set()
        self._pending = bytearray(HEADER)
        self._flushed = 0

    @property
    def size(self):
        """Bytes of the archive up to now."""
        return self._flushed + len(self._pending)

    def has(self, name):
        """Tell whether the archive holds a file of that name."""
        return name.lstrip("/") in self._names

    def _start(self, name, length):
        encoded = _name_bytes(name)
        plain = name.lstrip("/")
        if plain in self._names:
            raise Fault(f"the archive would hold '{plain}' twice")
        self._names.add(plain)
        self._pending += RECORD.pack(TYPE_FILE, len(encoded), length) + encoded

    def add_bytes(self, name, data):
        """Add a file with the given content."""
        self._start(name, len(data))
        self._pending += data
        if len(self._pending) > CHUNK:
            self.flush()

    def add_file(self, name, path):
        """Add a host file; a file that changes meanwhile is recorded as long as it was read."""
        try:
            source = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise Fault(f"cannot read {path}: {reason(error)}; make it readable or leave its "
                        "folder out") from error
        try:
            expected = os.fstat(source).st_size
            if expected <= CHUNK:
                self.add_bytes(name, self._read_small(source, path))
                return
            self._start(name, expected)
            self._copy_large(source, path, expected)
        finally:
            os.close(source)

    @staticmethod
    def _read_small(source, path):
        try:
            return os.read(source, CHUNK)
        except OSError as error:
            raise Fault(f"cannot read {path}: {reason(error)}") from error

    def _copy_large(self, source, path, expected):
        self.flush()
        done = 0
        while done < expected:
            try:
                count = os.sendfile(self._fd, source, None, min(expected - done, 1 << 30))
            except OSError as error:
                raise Fault(f"cannot copy {path} into the archive: {reason(error)}") from error
            if count == 0:
                raise Fault(f"{path} became shorter while it was read; try again")
            done += count
        self._flushed += done

    def flush(self):
        """Write out what is pending."""
        view = memoryview(self._pending)
        while view:
            try:
                view = view[os.write(self._fd, view):]
            except OSError as error:
                raise Fault(f"cannot write the archive: {reason(error)}") from error
        self._flushed += len(self._pending)
        self._pending = bytearray()


def records(data):
    """Yield (name, offset of the data, length) of an archive's files; Fault where it is bad."""
    if len(data) < 8 or data[:4] != b"PKIT":
        raise Fault("not a PKIT archive: the magic bytes are missing")
    position = struct.unpack_from("<I", data, 4)[0]
    if position != 8:
        raise Fault(f"bad archive: header size {position}, expected 8")
    while position < len(data):
        if len(data) - position < RECORD.size:
            raise Fault(f"bad archive: the record at offset {position} is cut off")
        kind, name_length, length = RECORD.unpack_from(data, position)
        body = position + RECORD.size
        if kind != TYPE_FILE:
            raise Fault(f"bad archive: unknown record type {kind} at offset {position}")
        if name_length == 0 or name_length + length > len(data) - body:
            raise Fault(f"bad archive: the record at offset {position} does not fit")
        try:
            name = bytes(data[body:body + name_length]).decode("utf-8")
        except UnicodeDecodeError:
            raise Fault(f"bad archive: the name at offset {body} is not UTF-8") from None
        yield name, body + name_length, length
        position = body + name_length + length
