# SPDX-License-Identifier: MIT
"""Keeps files of a program in the machine, as they change, in a folder of the host: the other end of a host port.

All numbers have 32 bits, most significant byte first. A request is "CKEP", a number, 1 (write) or 2 (remove), the length
of a name, the length of data, the name, the data; the answer is the number and 0, or an error. It is sent when the file
is on the disk under its name; before, the old one is there, whole. The guest is not trusted: names are those of files in
the folder itself, sizes and their number have a limit, and nothing but a plain file is ever replaced.
"""

import errno
import os
import re
import stat
import struct
import sys

from coconut_cli import protocol
from coconut_cli.fault import Fault, reason

REQUEST, ANSWER = struct.Struct(">4sIIII"), struct.Struct(">II")
MAGIC, WRITE, REMOVE = b"CKEP", 1, 2
NAME = re.compile(rb"[A-Za-z0-9_-][A-Za-z0-9._-]{0,30}")
NAME_MAX, SIZE_MAX, FILES_MAX = 31, 4 << 20, 16
#: What is being written; no name of the guest's.
PARTIAL = ".coconut-keep"
READ_SIZE = 1 << 18


class Keeper:
    """Keeps files in one folder, whose descriptor stays the caller's. A served host port: attach() and receive()."""

    def __init__(self, folder, shown):
        """shown: how the folder is called in messages."""
        self._folder, self._shown = folder, shown
        self._held, self._names = bytearray(), set()
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
            if (magic != MAGIC or operation not in (WRITE, REMOVE) or not 0 < length <= NAME_MAX or size > SIZE_MAX
                    or (operation == REMOVE and size)):
                raise protocol.BadGuest(f"a request to keep a file: magic {magic!r}, operation {operation}, name of "
                                        f"{length} and data of {size} bytes")
            start = REQUEST.size + length
            if len(self._held) < start + size:
                return
            name, content = bytes(self._held[REQUEST.size:start]), bytes(self._held[start:start + size])
            del self._held[:start + size]
            yield ANSWER.pack(number, self._do(operation, name, content))

    def _do(self, operation, name, content):
        """Do a request; 0 or an error."""
        if not NAME.fullmatch(name):
            raise protocol.BadGuest(f"a file to be kept as {name!r}")
        self._names.add(name)
        if len(self._names) > FILES_MAX:
            raise protocol.BadGuest(f"more than {FILES_MAX} files to be kept")
        try:
            if operation == WRITE:
                self._write(name, content)
            else:
                self._remove(name)
            os.fsync(self._folder)
        except OSError as error:
            print(f"coconut: {self._shown}: {name.decode()}: {reason(error)}", file=sys.stderr)
            return error.errno or errno.EIO
        return 0

    def _is_there(self, name):
        """Whether there is such a file; OSError if something else has its name."""
        try:
            state = os.stat(name, dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(state.st_mode):
            raise OSError(errno.EINVAL, "is no plain file")
        return True

    def _write(self, name, content):
        self._is_there(name)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(PARTIAL, flags, 0o600, dir_fd=self._folder), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.rename(PARTIAL, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)

    def _remove(self, name):
        if self._is_there(name):
            os.unlink(name, dir_fd=self._folder)
