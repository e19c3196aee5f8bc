# SPDX-License-Identifier: MIT
"""Moves bytes between this process's standard streams and the guest until the machine ends.

One thread, no buffering beyond one frame per direction: standard input is read only when the link
takes more, and nothing is read from the link while our output is blocked, so back-pressure
reaches the other end both ways.
"""

import os
import select
import time

from coconut_cli import protocol
from coconut_cli.fault import STATUS_SIGNAL, Fault, reason

READ_SIZE = 1 << 18
LOG_TAIL = 1 << 16
SIGPIPE = 13


class ReaderGone(Exception):
    """Who read our standard output or error has gone; status as for a death by SIGPIPE."""

    status = STATUS_SIGNAL + SIGPIPE


def write_all(descriptor, data, name):
    """Write all bytes, waiting as long as it takes, also where the descriptor does not block."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view):]
        except BlockingIOError:
            poll = select.poll()
            poll.register(descriptor, select.POLLOUT)
            poll.poll()
        except BrokenPipeError:
            raise ReaderGone from None
        except OSError as error:
            raise Fault(f"cannot write {name}: {reason(error)}") from error


class KernelLog:
    """What came over the serial line: written to a file if there is one, and its tail held."""

    def __init__(self, descriptor=None):
        self._fd, self._tail = descriptor, bytearray()

    def add(self, data):
        """Take bytes as they come."""
        self._tail += data
        del self._tail[:-LOG_TAIL]
        if self._fd is not None:
            write_all(self._fd, data, "the kernel log")

    def tail(self):
        """Return the last 64 KiB as printable text."""
        text = self._tail.decode("utf-8", "replace").replace("\r\n", "\n")
        return protocol.printable(text)


class Pump:
    """Pumps one machine. After run(): report (protocol.Report or None) and times of events.

    on_error: called with the bytes of the guest's standard error, once they are written.
    terminal: a HostTerminal that was started, or None.
    """

    def __init__(self, machine, log, stdin=0, on_error=None, terminal=None):
        self._machine, self._log, self._on_error = machine, log, on_error
        self._terminal = terminal
        self._link, self._serial = machine.link.fileno(), machine.serial.fileno()
        self._served = {server.socket.fileno(): server for server in machine.served}
        self._stdin = stdin
        self._reader = protocol.FrameReader()
        self._to_guest = b""
        self.report, self.sent = None, protocol.ReportReader()
        self.report_time = self.first_output = None

    def run(self):
        """Pump until QEMU has closed both sockets. Raises BadGuest, ReaderGone, Fault."""
        open_ends = {self._link, self._serial}
        while open_ends:
            poll = select.poll()
            for end in (*open_ends, *self._served):
                poll.register(end, select.POLLIN)
            if self._terminal is not None:
                poll.register(self._terminal.wake, select.POLLIN)
            if self._link in open_ends:
                if self._to_guest:
                    poll.register(self._link, select.POLLIN | select.POLLOUT)
                elif self._stdin is not None:
                    poll.register(self._stdin, select.POLLIN)
            for descriptor, events in poll.poll():
                if self._terminal is not None and descriptor == self._terminal.wake:
                    self._wake()
                elif descriptor in self._served:
                    if not self._served[descriptor].receive():
                        del self._served[descriptor]
                elif descriptor == self._stdin:
                    self._read_stdin()
                elif descriptor == self._link and events & select.POLLOUT:
                    self._send()
                if descriptor in open_ends and events & ~select.POLLOUT:
                    if not self._receive(descriptor):
                        open_ends.discard(descriptor)
        self._reader.finish()

    def _read_stdin(self):
        try:
            data = os.read(self._stdin, protocol.PAYLOAD_MAX)
        except BlockingIOError:
            return
        except OSError:
            # Closed, or a terminal that belongs to somebody else: there is no input to be had.
            data = b""
        if not data:
            self._stdin = None
        elif self._terminal is not None:
            data = self._terminal.keys.feed(data)
            if not data:
                return
        self._to_guest += protocol.stdin_frame(data)
        self._send()

    def _wake(self):
        frame = self._terminal.take_wake()
        if frame is not None:
            self._to_guest += frame
            self._send()

    def _send(self):
        try:
            self._to_guest = self._to_guest[os.write(self._link, self._to_guest):]
        except BlockingIOError:
            pass
        except OSError:
            # The machine has ended; the read side says how.
            self._to_guest, self._stdin = b"", None

    def _receive(self, descriptor):
        """Read once from the link or the serial line; False at its end."""
        try:
            data = os.read(descriptor, READ_SIZE)
        except BlockingIOError:
            return True
        except ConnectionResetError:
            data = b""
        if descriptor == self._serial:
            self._log.add(data)
        else:
            for channel, payload in self._reader.feed(data):
                self._deliver(channel, payload)
        return bool(data)

    def _deliver(self, channel, payload):
        if channel == protocol.LOG:
            self._log.add(payload)
        elif channel == protocol.REPORT:
            self.sent.feed(payload)
            if self.sent.report is not None:
                self.report_time, self.report = time.monotonic(), self.sent.report
        else:
            if self.first_output is None:
                self.first_output = time.monotonic()
            if self._terminal is not None and channel == protocol.STDOUT:
                payload = self._terminal.shown(payload)
            name = "standard output" if channel == protocol.STDOUT else "standard error"
            write_all(1 if channel == protocol.STDOUT else 2, payload, name)
            if self._on_error is not None and channel == protocol.STDERR:
                self._on_error(payload)
