# SPDX-License-Identifier: MIT
"""The host's end of a port through which a program in the machine has its files kept."""

import contextlib
import errno
import io
import os
import socket
import struct
import unittest
from unittest import mock

import support  # its import has the command's folders be found
from coconut_cli import hostports, keeper, protocol

WRITE, REMOVE = 1, 2


def request(number, operation, name, data=b"", magic=b"CKEP"):
    """The bytes of a request."""
    return struct.pack(">4sIIII", magic, number, operation, len(name), len(data)) + name + data


class Keeping(support.Case):
    """A keeper of the folder `work`."""

    def setUp(self):
        super().setUp()
        self.descriptor = os.open(self.work, os.O_RDONLY | os.O_DIRECTORY)
        self.addCleanup(os.close, self.descriptor)
        self.keeper = keeper.Keeper(self.descriptor, "here")

    def ask(self, *words, **more):
        """One request; its (number, status), and what was said."""
        with contextlib.redirect_stderr(io.StringIO()) as said:
            (answer,) = self.keeper.feed(request(*words, **more))
        return struct.unpack(">II", answer), said.getvalue()

    def content(self):
        """What is in the folder."""
        return {path.name: path.read_bytes() for path in self.work.iterdir()}

    def test_write_and_remove(self):
        self.assertEqual(self.ask(7, WRITE, b"one", b"first"), ((7, 0), ""))
        self.assertEqual(self.ask(8, WRITE, b"two", b""), ((8, 0), ""))
        self.assertEqual(self.ask(9, WRITE, b"one", b"second"), ((9, 0), ""))
        self.assertEqual(self.content(), {"one": b"second", "two": b""})
        self.assertEqual((self.work / "one").stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.ask(10, REMOVE, b"one"), ((10, 0), ""))
        self.assertEqual(self.ask(11, REMOVE, b"one"), ((11, 0), ""))
        self.assertEqual(self.content(), {"two": b""})

    def test_in_pieces(self):
        stream, answers = request(1, WRITE, b"a", b"x" * 100) + request(2, WRITE, b"b", b"y"), []
        for byte in stream:
            answers += self.keeper.feed(bytes([byte]))
        self.assertEqual(answers, [struct.pack(">II", 1, 0), struct.pack(">II", 2, 0)])
        self.assertEqual(self.content(), {"a": b"x" * 100, "b": b"y"})

    def test_half_a_request_does_nothing(self):
        self.assertEqual(list(self.keeper.feed(request(1, WRITE, b"a", b"xx")[:-1])), [])
        self.assertEqual(self.content(), {})

    def test_on_the_disk_before_the_answer(self):
        (self.work / "a").write_bytes(b"old")
        done = []

        def noted(name, real):
            def call(*words, **more):
                done.append((name, (self.work / "a").read_bytes()))
                return real(*words, **more)
            return call

        with mock.patch.object(os, "fsync", noted("fsync", os.fsync)), mock.patch.object(os, "rename",
                                                                                          noted("rename", os.rename)):
            answers = self.keeper.feed(request(1, WRITE, b"a", b"new"))
            next(answers)
        # The file, while the old one is there; its name; the folder.
        self.assertEqual(done, [("fsync", b"old"), ("rename", b"old"), ("fsync", b"new")])

    def test_killed_while_it_writes(self):
        (self.work / "a").write_bytes(b"old")
        with mock.patch.object(os, "rename", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            list(self.keeper.feed(request(1, WRITE, b"a", b"new")))
        self.assertEqual(self.content(), {"a": b"old", keeper.PARTIAL: b"new"})
        keeper.Keeper(self.descriptor, "here")
        self.assertEqual(self.content(), {"a": b"old"})

    def test_what_the_host_refuses(self):
        for call, code in (("fsync", errno.EIO), ("rename", errno.ENOSPC), ("open", errno.EDQUOT)):
            with self.subTest(call), mock.patch.object(os, call, side_effect=OSError(code, os.strerror(code))):
                answer, said = self.ask(3, WRITE, b"a", b"new")
                self.assertEqual(answer, (3, code))
                self.assertEqual(said, f"coconut: here: a: {os.strerror(code)}\n")

    def test_no_plain_file(self):
        (self.work / "link").symlink_to("/etc/hostname")
        (self.work / "folder").mkdir()
        for name in (b"link", b"folder"):
            for operation, data in ((WRITE, b"x"), (REMOVE, b"")):
                answer, said = self.ask(1, operation, name, data)
                self.assertEqual(answer, (1, errno.EINVAL))
                self.assertIn("no plain file", said)
        self.assertEqual(os.readlink(self.work / "link"), "/etc/hostname")

    def test_hostile_requests(self):
        for bad in (request(1, WRITE, b"a", magic=b"CKEQ"), request(1, 0, b"a"), request(1, 3, b"a"), request(1, WRITE, b""),
                    request(1, REMOVE, b"a", b"x"), request(1, WRITE, b"x" * 32), request(1, WRITE, b".."),
                    request(1, WRITE, b"."), request(1, WRITE, b".coconut-keep"), request(1, WRITE, b"a/b"),
                    request(1, WRITE, b"../a"), request(1, WRITE, b"a\0"), request(1, WRITE, b"a\n"), request(1, WRITE, b"\xff"),
                    struct.pack(">4sIIII", b"CKEP", 1, WRITE, 1, keeper.SIZE_MAX + 1),
                    struct.pack(">4sIIII", b"CKEP", 1, WRITE, 0xFFFFFFFF, 1),
                    struct.pack(">4sIIII", b"CKEP", 1, WRITE, 1, 0xFFFFFFFF)):
            with self.subTest(bad[:40]), self.assertRaises(protocol.BadGuest):
                list(keeper.Keeper(self.descriptor, "here").feed(bad))
        self.assertEqual(self.content(), {})
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["boot", "work"])

    def test_number_of_files(self):
        for number in range(keeper.FILES_MAX):
            self.assertEqual(self.ask(1, WRITE, b"%d" % number, b"x")[0], (1, 0))
        self.assertEqual(self.ask(1, WRITE, b"0", b"y")[0], (1, 0))
        with self.assertRaises(protocol.BadGuest):
            self.ask(1, WRITE, b"more", b"x")

    def test_through_its_port(self):
        listeners = hostports.Listeners([hostports.Port("state", "served", self.keeper)])
        words = listeners.arguments()
        self.assertRegex(words[3], r"^socket,id=port0,fd=[0-9]+$")
        with socket.socket(fileno=os.dup(int(words[3].rpartition("=")[2]))) as machine:
            listeners.close()
            machine.settimeout(support.LIMIT)
            machine.sendall(request(5, WRITE, b"a", b"x"))
            self.assertTrue(self.keeper.receive())
            self.assertEqual(machine.recv(8), struct.pack(">II", 5, 0))
        self.assertFalse(self.keeper.receive())
        listeners.unlink()
        self.assertIsNone(self.keeper.socket)

    def test_answers_that_nobody_reads(self):
        listeners = hostports.Listeners([hostports.Port("state", "served", self.keeper)])
        self.addCleanup(listeners.unlink)
        self.addCleanup(listeners.close)
        with socket.socket(fileno=os.dup(int(listeners.arguments()[3].rpartition("=")[2]))) as machine:
            machine.settimeout(support.LIMIT)
            with self.assertRaises(protocol.BadGuest), mock.patch.object(os, "fsync"):
                for _ in range(100000):
                    machine.sendall(request(5, REMOVE, b"a"))
                    self.keeper.receive()


if __name__ == "__main__":
    unittest.main()
