# SPDX-License-Identifier: MIT
"""What `coconut run` does with keys and sizes of the terminal it was started at."""

import struct
import unittest

import support  # noqa: F401  pylint: disable=unused-import

from coconut_cli import hostterminal, protocol


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


if __name__ == "__main__":
    unittest.main()
