# SPDX-License-Identifier: MIT
"""What the host and the guest say to each other: link frames, run description, report.

The guest is not trusted: every length is checked before it is believed.
Guest side: kernel/dev (frames), sdk/init (run description, report).
"""

import struct

from coconut_cli.fault import Fault

FRAME = struct.Struct("<BBHI")
FRAME_MAGIC = 0xC7
PAYLOAD_MAX = 65536
STDIN, STDOUT, STDERR, REPORT, LOG, WINDOW = range(6)
FROM_GUEST = (STDOUT, STDERR, REPORT, LOG)

RUN_HEADER = struct.Struct("<4sIIIIII")
RUN_MAGIC = b"CRUN"
RUN_VERSION = 2
RUN_PATH = "coconut/run"

REPORT_LAYOUT = struct.Struct("<4sIIIQQQQQQQQQQ")
REPORT_MAGIC = b"CRP1"
SENT_FILE = struct.Struct("<4sIIIQ")
SENT_MAGIC = b"CFIL"
TYPE_FILE, TYPE_DIR = 0, 1
PATH_MAX, SENT_MAX = 4096, 1 << 30

# enum coco_exit_reason, and init's own reasons from 0x100 on
EXIT_CODE, EXIT_EXCEPTION, EXIT_KILLED, EXIT_NO_MEMORY = range(4)
EXIT_NOT_STARTED, EXIT_BAD_RUN, EXIT_BAD_DIRECTORY, EXIT_WAIT_FAILED = range(0x100, 0x104)


class BadGuest(Exception):
    """The guest broke the protocol."""


class FrameReader:
    """Cuts the byte stream from the guest into frames."""

    def __init__(self):
        self._held = bytearray()

    def feed(self, data):
        """Take bytes; return the complete frames as (channel, payload). Raises BadGuest."""
        self._held += data
        frames, position, held = [], 0, self._held
        while len(held) - position >= FRAME.size:
            magic, channel, flags, length = FRAME.unpack_from(held, position)
            if magic != FRAME_MAGIC or channel not in FROM_GUEST or flags or length > PAYLOAD_MAX:
                raise BadGuest(f"bad frame on the host link: magic {magic:#x}, channel {channel}, "
                               f"flags {flags:#x}, length {length}")
            end = position + FRAME.size + length
            if end > len(held):
                break
            frames.append((channel, bytes(held[position + FRAME.size:end])))
            position = end
        del held[:position]
        return frames

    def finish(self):
        """Raise BadGuest if the stream ended inside of a frame."""
        if self._held:
            raise BadGuest("the host link ended inside of a frame")


def stdin_frame(data):
    """Return the frame that carries standard input; empty data says end of file."""
    return FRAME.pack(FRAME_MAGIC, STDIN, 0, len(data)) + data


def window_frame(rows, columns):
    """Return the frame that tells the size of the terminal's window."""
    payload = struct.pack("<HH", rows, columns)
    return FRAME.pack(FRAME_MAGIC, WINDOW, 0, len(payload)) + payload


def run_description(command, environment, directories, returned=()):
    """Return the bytes of /coconut/run: what init has to start. All strings are str.

    command: (program, working directory, arguments); returned: directories whose files init sends back.
    """
    program, directory, arguments = command
    strings = [program, directory, *arguments, *environment, *directories, *returned]
    encoded = []
    for text in strings:
        data = text.encode("utf-8", "surrogateescape")
        if b"\0" in data:
            raise Fault(f"{text!r}: a NUL byte cannot be passed on")
        encoded.append(data + b"\0")
    body = b"".join(encoded)
    return RUN_HEADER.pack(RUN_MAGIC, RUN_VERSION, len(arguments), len(environment),
                           len(directories), len(returned), len(body)) + body


class Report:
    """How the program ended, as init tells it. Times are ticks of the guest's counter."""

    def __init__(self, payload):
        if len(payload) != REPORT_LAYOUT.size:
            raise BadGuest(f"a report of {len(payload)} bytes, {REPORT_LAYOUT.size} expected")
        (magic, self.send_error, self.reason, self.code, self.address, self.instruction, self.stack,
         self.error_code, self.load_base, self.boot_tick, self.init_tick, self.start_tick,
         self.end_tick, self.tick_hz) = REPORT_LAYOUT.unpack(payload)
        if magic != REPORT_MAGIC:
            raise BadGuest("a report without its magic bytes")


class ReportReader:
    """Cuts what init writes into the files that it sends back, (path, type, permissions, data), and the report."""

    def __init__(self):
        self._held = bytearray()
        self.files, self._total = [], 0
        self.report = None

    def feed(self, payload):
        """Take the payload of a frame. Raises BadGuest."""
        if self.report is not None:
            raise BadGuest("a second report")
        self._total += len(payload)
        if self._total > SENT_MAX:
            raise BadGuest(f"more than {SENT_MAX >> 20} MiB sent back")
        self._held += payload
        while self._held[:4] == SENT_MAGIC and len(self._held) >= SENT_FILE.size:
            _, kind, path_len, permissions, size = SENT_FILE.unpack_from(self._held)
            if kind not in (TYPE_FILE, TYPE_DIR) or path_len >= PATH_MAX or size > SENT_MAX:
                raise BadGuest(f"a file sent back with type {kind}, path of {path_len} and data of {size} bytes")
            start = SENT_FILE.size + path_len
            if len(self._held) < start + size:
                return
            path = bytes(self._held[SENT_FILE.size:start])
            self.files.append((path, kind, permissions & 0o777, bytes(self._held[start:start + size])))
            del self._held[:start + size]
        if self._held and not SENT_MAGIC.startswith(bytes(self._held[:4])):
            self.report = Report(bytes(self._held))


def printable(text):
    """Return text with control characters escaped: the guest must not steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode()
                   for c in text)
