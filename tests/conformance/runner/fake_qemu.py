#!/usr/bin/env -S python3 -IS
# SPDX-License-Identifier: MIT
"""Stands in for QEMU in the runner's tests: speaks the host link as the kernel does.

What it does is named by the program in the run description, so that a test controls it through the
ordinary command line: the last part of the program's path is the name of an act below.
"""

import os
import socket
import struct
import sys
import time

FRAME = struct.Struct("<BBHI")
MAGIC = 0xC7
STDIN, STDOUT, STDERR, REPORT, LOG = range(5)
OK, FAILED = 33, 35
LONG = 900  #: seconds, more than any test waits


def option(name):
    """Return the word behind an option of QEMU's command line."""
    return sys.argv[sys.argv.index(name) + 1]


def chardev(name):
    """Return the socket of a character device."""
    prefix = f"socket,id={name},fd="
    number = next(word[len(prefix):] for word in sys.argv if word.startswith(prefix))
    return socket.socket(fileno=int(number))


def archive():
    """Return {name: content} of the boot archive."""
    with open(option("-initrd"), "rb") as stream:
        data = stream.read()
    position, files = 8, {}
    while position < len(data):
        _, name_length, length = struct.unpack_from("<HHQ", data, position)
        body = position + 12 + name_length
        files[data[position + 12:body].decode()] = data[body:body + length]
        position = body + length
    return files


class Guest:
    """The fake guest: link, serial line, and the parsed run description."""

    def __init__(self):
        self.link, self.serial, self.files = chardev("link"), chardev("serial"), archive()
        run = self.files["coconut/run"]
        _, _, argc, envc, dirc, backc, _ = struct.unpack_from("<4sIIIIII", run)
        strings = run[28:].split(b"\0")[:-1]
        self.program, self.directory = strings[0].decode(), strings[1].decode()
        self.arguments = strings[2:2 + argc]
        self.environment = strings[2 + argc:2 + argc + envc]
        self.directories = strings[2 + argc + envc:2 + argc + envc + dirc]
        self.returned = strings[2 + argc + envc + dirc:]
        assert len(self.directories) == dirc and len(self.returned) == backc

    def send(self, channel, data, chunk=65536):
        """Send data in frames."""
        for start in range(0, len(data), chunk):
            part = data[start:start + chunk]
            self.link.sendall(FRAME.pack(MAGIC, channel, 0, len(part)) + part)

    def receive(self):
        """Return the payload of the next frame from the host."""
        header = self.link.recv(FRAME.size, socket.MSG_WAITALL)
        magic, channel, flags, length = FRAME.unpack(header)
        assert (magic, channel, flags) == (MAGIC, STDIN, 0), header
        return self.link.recv(length, socket.MSG_WAITALL) if length else b""

    def report(self, reason=0, code=0, address=0, instruction=0, error=0, base=0):
        """Send the report and end as the kernel does."""
        self.send(REPORT, struct.pack("<4sIIIQQQQQQQQQQ", b"CRP1", 0, reason, code, address,
                                      instruction, 0, error, base, 10, 20, 30, 40, 1000000))
        sys.exit(OK)


def act_echo(guest):
    """Standard input to standard output."""
    while data := guest.receive():
        guest.send(STDOUT, data)
    guest.report()


def act_show(guest):
    """Print what the guest was given."""
    words = [guest.directory.encode(), *guest.arguments, *guest.environment]
    guest.send(STDOUT, b"\n".join(words) + b"\n")
    guest.send(STDERR, b"\n".join(name.encode() for name in guest.files) + b"\n")
    guest.report()


def act_directories(guest):
    guest.send(STDOUT, b"\n".join(guest.directories))
    guest.report()


def act_exit(guest):
    guest.report(code=int(guest.arguments[1]))


def act_back(guest):
    """Send each directory back with what came along, a file of it changed, and with a directory and a file more."""
    for folder in guest.returned:
        below = {"/" + name.lstrip("/"): data for name, data in guest.files.items()}
        below = {name: data for name, data in below.items() if name.encode().startswith(folder + b"/")}
        kept = [(name.encode(), 0, data + b"changed") for name, data in below.items() if not name.endswith("/")]
        for path, kind, data in ((folder, 1, b""), *kept[:1], (folder + b"/more", 1, b""), (folder + b"/more/file", 0, b"new")):
            guest.send(REPORT, struct.pack("<4sIIIQ", b"CFIL", kind, len(path), 0o755, len(data)) + path + data)
    guest.report()


def act_segv(guest):
    guest.report(reason=1, code=14, address=0x10, instruction=0x401234, error=6, base=0x400000)


def act_abort(guest):
    guest.report(reason=2, code=6)


def act_newer(guest):
    guest.report(reason=0x100, code=20)


def act_flood(guest):
    """Output until nobody takes it."""
    while True:
        guest.send(STDOUT, b"y\n" * 32768)


def act_both(guest):
    """Binary data on both streams, in odd pieces."""
    data = bytes(range(256)) * 1000
    guest.send(STDOUT, data, 777)
    guest.send(STDERR, data[::-1], 1013)
    guest.report(code=7)


def act_bad_magic(guest):
    guest.link.sendall(b"\x00" * 64)
    time.sleep(LONG)


def act_bad_length(guest):
    guest.link.sendall(FRAME.pack(MAGIC, STDOUT, 0, 0xFFFFFFFF))
    time.sleep(LONG)


def act_bad_report(guest):
    guest.send(REPORT, b"CRP1")
    time.sleep(LONG)


def act_two_reports(guest):
    try:
        guest.report()
    except SystemExit:
        guest.report()


def act_cut_frame(guest):
    guest.link.sendall(FRAME.pack(MAGIC, STDOUT, 0, 100) + b"x")
    sys.exit(OK)


def act_no_report(_guest):
    sys.exit(OK)


def act_panic(guest):
    guest.serial.sendall(b"boot\r\n\x1b[31mkernel panic: test of the dump\r\nrip 0x0\r\n")
    sys.exit(FAILED)


def act_hang(_guest):
    time.sleep(LONG)


def act_qemu_error(_guest):
    print("qemu: could not find the machine", file=sys.stderr)
    sys.exit(1)


def act_command_line(guest):
    guest.send(STDOUT, "\n".join(sys.argv).encode())
    guest.report()


if __name__ == "__main__":
    if os.environ.get("FAKE_QEMU_PID"):
        with open(os.environ["FAKE_QEMU_PID"], "w", encoding="ascii") as stream:
            stream.write(str(os.getpid()))
    THE_GUEST = Guest()
    globals()["act_" + os.path.basename(THE_GUEST.program)](THE_GUEST)
