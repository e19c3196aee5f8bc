# SPDX-License-Identifier: MIT
"""What `coconut run` does with keys and sizes of the terminal it was started at, and with what a program by name shows."""

import struct
import unittest
from types import SimpleNamespace

import support  # noqa: F401  pylint: disable=unused-import

from coconut_cli import hostterminal, named, protocol


class Keys(unittest.TestCase):
    """The escape, wherever the keys are cut."""

    def feed(self, *parts):
        keys = hostterminal.Keys()
        return b"".join(keys.feed(part) for part in parts)

    def test_everything_else_passes(self):
        data = bytes(byte for byte in range(256) if byte != hostterminal.ESCAPE)
        self.assertEqual(self.feed(data), data)

    def test_twice_is_once(self):
        self.assertEqual(self.feed(b"a\x1d\x1dq"), b"a\x1dq")
        self.assertEqual(self.feed(b"a\x1d", b"\x1d", b"q"), b"a\x1dq")

    def test_before_another_key(self):
        self.assertEqual(self.feed(b"\x1dx"), b"\x1dx")

    def test_it_ends(self):
        for parts in ((b"ab\x1dq",), (b"ab\x1d", b"q")):
            with self.assertRaises(hostterminal.Ended):
                self.feed(*parts)

    def test_window(self):
        frame = protocol.window_frame(24, 80)
        self.assertEqual(frame, struct.pack("<BBHIHH", protocol.FRAME_MAGIC, protocol.WINDOW, 0, 4, 24, 80))


class Said(unittest.TestCase):
    """What there is to say when a program that is run by name is ready, wherever its output is cut."""

    def shown(self, *parts):
        console = named.Console(SimpleNamespace(found={"ready": "ready"}, lines_at_start=lambda: ["one", "two"]))
        return b"".join(console.shown(part) for part in parts)

    def test_behind_the_ready_line(self):
        text = b"before\r\nready\r\nbehind\r\nrest"
        for cut in range(len(text)):
            self.assertEqual(self.shown(text[:cut], text[cut:]), b"before\nready\none\ntwo\nbehind\nrest", cut)

    def test_another_line(self):
        self.assertEqual(self.shown(b"not ready\r\nready\r", b"ready \r\n"), b"not ready\nready\rready \n")


if __name__ == "__main__":
    unittest.main()
