# SPDX-License-Identifier: MIT
"""Keeps files of a program in the machine, as they change, in a folder of the host: the other end of a host port.

All numbers have 32 bits, most significant byte first. A request is "CKEP", a number, an operation, the length of a name, the
length of data, the name, the data; the answer is the number and 0, or an error. It is sent when the file is on the disk under
its name; before, the old one is there, whole. The data of a read are the place in the file; behind its 0 stand a length and as
many bytes, fewer than READ_PART at the end of the file. A write may have parts ahead of it, which have no answer. Who begins,
perhaps in the place of one that was killed, says so, without a name and with MARK_SIZE bytes of its own: parts of before are
forgotten, and the answer has those bytes behind its 0.

The guest is not trusted: names are those of files in the folder itself, sizes and their number have a limit, and nothing but
a plain file is ever replaced.
"""

import errno
import fcntl
import os
import re
import stat
import struct
import sys

from coconut_cli import interrupt, protocol
from coconut_cli.fault import Fault, reason

REQUEST, ANSWER = struct.Struct(">4sIIII"), struct.Struct(">II")
PLACE = struct.Struct(">I")
MAGIC, WRITE, REMOVE, READ, PART, BEGIN = b"CKEP", 1, 2, 3, 4, 5
NAME = re.compile(rb"[A-Za-z0-9_-][A-Za-z0-9._-]{0,30}")
NAME_MAX, SIZE_MAX, FILES_MAX = 31, 4 << 20, 16
#: What is being written; no name of the guest's.
PARTIAL = ".coconut-keep"
READ_SIZE = 1 << 18
READ_PART = 1 << 16
MARK_SIZE = 16


def _is_good(operation, length, size):
    """Whether a request may have a name, and data, as long as this."""
    if operation == BEGIN:
        return length == 0 and size == MARK_SIZE
    most = {WRITE: SIZE_MAX, PART: SIZE_MAX, REMOVE: 0, READ: PLACE.size}.get(operation, -1)
    return 0 < length <= NAME_MAX and size <= most and (operation != READ or size == PLACE.size)


def take(option, folder):
    """Make a folder if need be, and take it for this run; returns a descriptor that holds it. option: for messages."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise Fault(f"{option}: {reason(error)}") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Fault(f"{option}: another run uses it") from None
    return held


class Keeper:
    """Keeps files in one folder, whose descriptor stays the caller's. A served host port: attach() and receive()."""

    def __init__(self, folder, shown):
        """shown: how the folder is called in messages."""
        self._folder, self._shown = folder, shown
        self._held, self._names = bytearray(), set()
        self._parts, self._parts_of = bytearray(), None  # what has come of a file, and its name
        self.socket = None
        try:
            os.unlink(PARTIAL, dir_fd=folder)  # of a run that was killed
        except FileNotFoundError:
            pass
        except OSError as error:
            raise Fault(f"{shown}: {PARTIAL}: {reason(error)}; remove it") from error

    def attach(self, socket):
        """Take our end of the port, a socket that does not block; None: it has been closed."""
        self.socket = socket

    def receive(self):
        """Take what has come; False at the end. Raises BadGuest."""
        try:
            data = self.socket.recv(READ_SIZE)
            for answer in self.feed(data):
                if self.socket.send(answer) != len(answer):
                    raise BlockingIOError
        except BlockingIOError:
            raise protocol.BadGuest("requests to keep files whose answers are not read") from None
        except ConnectionError:
            return False
        return bool(data)

    def feed(self, data):
        """Take bytes; yield the answer to each whole request when it has been done. Raises BadGuest."""
        self._held += data
        while len(self._held) >= REQUEST.size:
            magic, number, operation, length, size = REQUEST.unpack_from(self._held)
            if magic != MAGIC or not _is_good(operation, length, size):
                raise protocol.BadGuest(f"a request to keep a file: magic {magic!r}, operation {operation}, name of "
                                        f"{length} and data of {size} bytes")
            start = REQUEST.size + length
            if len(self._held) < start + size:
                return
            name, content = bytes(self._held[REQUEST.size:start]), bytes(self._held[start:start + size])
            del self._held[:start + size]
            if operation == PART:
                self._take_part(name, content)
                continue
            status, part = self._do(operation, name, content)
            yield ANSWER.pack(number, status) + part

    def _check_name(self, name):
        if not NAME.fullmatch(name):
            raise protocol.BadGuest(f"a file to be kept as {name!r}")
        self._names.add(name)
        if len(self._names) > FILES_MAX:
            raise protocol.BadGuest(f"more than {FILES_MAX} files to be kept")

    def _take_part(self, name, content):
        """Hold a part of a file until the rest is there."""
        self._check_name(name)
        if self._parts_of not in (None, name) or len(self._parts) + len(content) > SIZE_MAX:
            raise protocol.BadGuest(f"parts of {name!r} behind those of {self._parts_of!r}, {len(self._parts)} bytes")
        self._parts_of = name
        self._parts += content

    def _whole(self, operation, name, content):
        """Return the content of a request with the parts that came before; there are none then."""
        parts, of = bytes(self._parts), self._parts_of
        self._parts, self._parts_of = bytearray(), None
        if operation == BEGIN or of is None:
            return content
        if operation != WRITE or name != of or len(parts) + len(content) > SIZE_MAX:
            raise protocol.BadGuest(f"parts of {of!r}, {len(parts)} bytes, and then operation {operation} for {name!r}")
        return parts + content

    def _do(self, operation, name, content):
        """Do a request; (0 or an error, what stands behind that in the answer)."""
        content = self._whole(operation, name, content)
        if operation == BEGIN:
            return 0, content
        self._check_name(name)
        try:
            if operation == READ:
                return self._read(name, *PLACE.unpack(content))
            if operation == WRITE:
                self._write(name, content)
            else:
                self._remove(name)
            os.fsync(self._folder)
        except OSError as error:
            print(f"coconut: {self._shown}: {name.decode()}: {reason(error)}", file=sys.stderr)
            return error.errno or errno.EIO, b""
        return 0, b""

    def _is_there(self, name):
        """Whether there is such a file; OSError if something else has its name."""
        try:
            state = os.stat(name, dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(state.st_mode):
            raise OSError(errno.EINVAL, "is no plain file")
        return True

    @interrupt.whole
    def _write(self, name, content):
        self._is_there(name)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(PARTIAL, flags, 0o600, dir_fd=self._folder), "wb") as stream:
            try:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
                os.rename(PARTIAL, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
            except OSError:
                os.unlink(PARTIAL, dir_fd=self._folder)  # it would keep the last room of a full disk
                raise

    def _read(self, name, place):
        if not self._is_there(name):
            return errno.ENOENT, b""
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._folder)
        try:
            part = os.pread(file, READ_PART, place)
        finally:
            os.close(file)
        return 0, PLACE.pack(len(part)) + part

    def _remove(self, name):
        if self._is_there(name):
            os.unlink(name, dir_fd=self._folder)
