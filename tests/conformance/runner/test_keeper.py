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
from coconut_cli import fault, hostports, keeper, protocol

WRITE, REMOVE, READ, PART, BEGIN = 1, 2, 3, 4, 5
MARK = bytes(range(16))


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

    def read(self, name, place):
        """The answer to a request to read: (status, bytes or None)."""
        with contextlib.redirect_stderr(io.StringIO()):
            (answer,) = self.keeper.feed(request(9, READ, name, struct.pack(">I", place)))
        number, status = struct.unpack_from(">II", answer)
        self.assertEqual(number, 9)
        if status:
            self.assertEqual(len(answer), 8)
            return status, None
        self.assertEqual(struct.unpack_from(">I", answer, 8), (len(answer) - 12,))
        return status, answer[12:]

    def test_read(self):
        content = os.urandom(2 * keeper.READ_PART)
        (self.work / "long").write_bytes(content)
        (self.work / "short").write_bytes(b"x")
        (self.work / "link").symlink_to("short")
        for place, part in ((0, content[:keeper.READ_PART]), (keeper.READ_PART, content[keeper.READ_PART:]),
                            (2 * keeper.READ_PART, b""), (0xFFFFFFFF, b""), (2 * keeper.READ_PART - 1, content[-1:])):
            self.assertEqual(self.read(b"long", place), (0, part))
        self.assertEqual(self.read(b"short", 0), (0, b"x"))
        self.assertEqual(self.read(b"none", 0), (errno.ENOENT, None))
        self.assertEqual(self.read(b"link", 0), (errno.EINVAL, None))
        self.assertEqual(self.ask(1, WRITE, b"short", b"new")[0], (1, 0))
        self.assertEqual(self.read(b"short", 0), (0, b"new"))

    def test_port_of_a_folder(self):
        place = self.work / "made"
        listeners = hostports.Listeners([hostports.parse(f"state=keep:{place}")])
        self.addCleanup(listeners.unlink)
        self.addCleanup(listeners.close)
        self.assertTrue(place.is_dir())
        with self.assertRaisesRegex(fault.Fault, "^--port more=keep:.*/made: another run uses it$"):
            hostports.Listeners([hostports.parse(f"more=keep:{place}")])
        with self.assertRaisesRegex(fault.Fault, "^--port more=keep:/dev/null: "):
            hostports.Listeners([hostports.parse("more=keep:/dev/null")])
        with socket.socket(fileno=os.dup(int(listeners.arguments()[3].rpartition("=")[2]))) as machine:
            machine.settimeout(support.LIMIT)
            machine.sendall(request(5, WRITE, b"a", b"x") + request(6, READ, b"a", bytes(4)))
            self.assertTrue(listeners.served[0].receive())
            self.assertEqual(machine.recv(100), struct.pack(">IIIII", 5, 0, 6, 0, 1) + b"x")
        self.assertEqual((place / "a").read_bytes(), b"x")

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

    def test_parts(self):
        (self.work / "a").write_bytes(b"old")
        self.assertEqual(list(self.keeper.feed(request(1, PART, b"a", b"one ") + request(1, PART, b"a", b"two "))), [])
        self.assertEqual(self.content(), {"a": b"old"})
        self.assertEqual(self.ask(1, WRITE, b"a", b"three"), ((1, 0), ""))
        self.assertEqual(self.content(), {"a": b"one two three"})
        self.assertEqual(self.ask(2, WRITE, b"a", b"four"), ((2, 0), ""))
        self.assertEqual(self.content(), {"a": b"four"})

    def test_parts_have_a_limit(self):
        part = b"x" * (keeper.SIZE_MAX // 4)
        for last in (PART, WRITE):
            fresh = keeper.Keeper(self.descriptor, "here")
            for _ in range(4):
                self.assertEqual(list(fresh.feed(request(1, PART, b"a", part))), [])
            with self.assertRaises(protocol.BadGuest):
                list(fresh.feed(request(1, last, b"a", b"x")))
        self.assertEqual(self.content(), {})

    def test_who_begins(self):
        """One that was killed between two parts leaves nothing to who comes behind it."""
        answer = struct.pack(">II", 7, 0) + MARK
        self.assertEqual(list(self.keeper.feed(request(7, BEGIN, b"", MARK))), [answer])
        self.assertEqual(list(self.keeper.feed(request(8, PART, b"a", b"of the old one"))), [])
        self.assertEqual(list(self.keeper.feed(request(7, BEGIN, b"", MARK))), [answer])
        self.assertEqual(self.ask(1, WRITE, b"b", b"new"), ((1, 0), ""))
        self.assertEqual(self.ask(2, WRITE, b"a", b"new"), ((2, 0), ""))
        self.assertEqual(self.content(), {"a": b"new", "b": b"new"})

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
        for bad in (request(1, WRITE, b"a", magic=b"CKEQ"), request(1, 0, b"a"), request(1, 6, b"a"), request(1, BEGIN, b"a", MARK),
                    request(1, BEGIN, b"", MARK[1:]), request(1, BEGIN, b"", MARK + b"x"), request(1, PART, b"", b"x"),
                    request(1, PART, b"../a", b"x"), request(1, PART, b"a", b"x") + request(1, PART, b"b", b"x"),
                    request(1, PART, b"a", b"x") + request(1, WRITE, b"b", b"x"),
                    request(1, PART, b"a", b"x") + request(1, REMOVE, b"a"),
                    request(1, PART, b"a", b"x") + request(1, READ, b"a", bytes(4)), request(1, READ, b"a"),
                    request(1, READ, b"a", bytes(5)), request(1, READ, b"../a", bytes(4)), request(1, WRITE, b""),
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
