# SPDX-License-Identifier: MIT
"""Host ports: /dev/ports/NAME in the machine, a socket on the host."""

import os
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
SDK = Path(os.environ.get("COCONUT_TEST_SDK", TOP / "build" / "sdk"))
COCONUT = SDK / "bin" / "coconut"
LIMIT = 300


class Ports(unittest.TestCase):
    """A program that serves a port, and clients of it."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut-ports-")
        cls.addClassCleanup(folder.cleanup)
        cls.place = Path(os.path.realpath(folder.name))
        cls.program = cls.place / "ports"
        subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-clang", "-O2", "-Wall", "-Wextra",
                        "-Werror", Path(__file__).parent / "ports.c", "-o", cls.program], check=True)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="p", dir=self.place)
        self.addCleanup(folder.cleanup)
        self.socket = Path(folder.name) / "s"

    def words(self, *arguments, options=()):
        """Return the command line of a run."""
        return [COCONUT, "run", "--no-cwd", "--timeout", str(LIMIT), *options, self.program, *arguments]

    def start(self, act, *arguments, cpus=1, where=None):
        """Start the program on the port `one`; returns when it has the port open."""
        words = self.words(act, "/dev/ports/one", *arguments,
                           options=["--cpus", str(cpus), "--port", f"one={where or f'unix:{self.socket}'}"])
        run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.stderr.close)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        if where:  # the system chooses a number
            note = run.stderr.readline()
            self.address = ("127.0.0.1", int(note.split("tcp ")[1].split()[0]))
        else:
            self.address = str(self.socket)
        self.line(run, "open")
        return run

    def line(self, run, expected):
        """Assert the next line of its output."""
        got = run.stdout.readline().rstrip("\n")
        if got != expected:
            self.fail(f"'{got}' in place of '{expected}': {run.stderr.read()}")

    def ended(self, run):
        """Assert that the program ends well."""
        self.assertEqual((run.wait(LIMIT), run.stderr.read()), (0, ""))
        self.assertFalse(self.socket.exists(), "the socket's name is left behind")

    def connect(self):
        """Return a client's socket."""
        family = socket.AF_UNIX if isinstance(self.address, str) else socket.AF_INET
        one = socket.socket(family, socket.SOCK_STREAM)
        self.addCleanup(one.close)
        one.settimeout(LIMIT)
        one.connect(self.address)
        return one

    def exchange(self, data):
        """Send, and assert that the same comes back."""
        one = self.connect()
        sender = threading.Thread(target=one.sendall, args=(data,))
        sender.start()
        self.take(one, data)
        sender.join()
        one.close()

    def take(self, one, expected):
        """Receive, and assert that it is this."""
        got = bytearray()
        while len(got) < len(expected):
            part = one.recv(min(65536, len(expected) - len(got)))
            self.assertTrue(part, f"ended after {len(got)} of {len(expected)} bytes")
            got += part
        self.assertEqual(got, expected)

    def test_connections_one_after_another(self):
        for cpus in (1, 2, 4):
            with self.subTest(cpus=cpus):
                run = self.start("echo", "3", cpus=cpus)
                for size in (1, 4097, 1_000_000):
                    self.exchange(os.urandom(size))
                    self.line(run, "end of connection")
                self.ended(run)

    def test_clients_that_follow_at_once(self):
        run = self.start("echo", "40", where="tcp:0")
        for _ in range(20):
            with self.connect() as rude:
                rude.send(b"ab")  # and does not wait for an answer
            self.exchange(b"xyz")
        for _ in range(40):
            self.line(run, "end of connection")
        self.ended(run)

    def test_events(self):
        run = self.start("events")
        self.line(run, "ready")
        client = self.connect()
        self.take(client, b"hello")
        client.send(b"x")
        client.close()
        self.ended(run)

    def test_who_does_not_read_holds_the_program_back(self):
        run = self.start("flood")
        client = self.connect()
        self.line(run, "sending")
        self.take(client, bytes(100_000))
        client.close()
        self.line(run, "nobody there")
        self.ended(run)

    def test_who_is_killed_leaves_no_half_of_a_write(self):
        """Also when the port is full: of what was written up to 4,096 bytes at a time, there is nothing but whole ones."""
        count = 40
        for cpus in (1, 2):
            with self.subTest(cpus=cpus):
                run = self.start("replace", str(count), cpus=cpus)
                client = self.connect()
                seen = {b"x": 0, b"y": 0}
                with client.makefile("rb") as stream:
                    while seen[b"y"] < count:
                        frame = stream.read(4096)
                        self.assertIn(frame, (b"x" * 4096, b"y" * 4096), f"behind {seen}")
                        seen[frame[:1]] += 1
                        if sum(seen.values()) % 50 == 0:
                            time.sleep(0.01)
                self.assertGreaterEqual(seen[b"x"], count)
                client.send(b"k")
                self.ended(run)

    def test_names_modes_and_one_program_at_a_time(self):
        self.ended(self.start("facts"))

    def test_tcp_with_a_chosen_port(self):
        words = self.words("echo", "/dev/ports/two", options=["--port", "one=tcp:0", "--port", "two=tcp:0"])
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
            places = dict(run.stderr.readline().split(": ")[1:3] for _ in range(2))
            self.line(run, "open")
            number = int(places["port two"].split()[1])
            with socket.create_connection(("127.0.0.1", number), LIMIT) as client:
                client.send(b"over TCP")
                self.assertEqual(client.recv(100), b"over TCP")
            self.line(run, "end of connection")
            self.assertEqual(run.wait(LIMIT), 0)

    def test_no_such_port(self):
        done = subprocess.run(self.words("echo", "/dev/ports/one"), capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr.splitlines()[0]),
                         (1, "ports: /dev/ports/one: No such file or directory"))

    def refused(self, status, text, *options):
        """Assert one line of complaint."""
        done = subprocess.run(self.words("echo", "/dev/ports/one", options=options), capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (status, ""))
        self.assertRegex(done.stderr, f"^coconut: .*{text}.*\n$")

    def test_refusals(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            number = taken.getsockname()[1]
            self.refused(125, f"port {number} of 127.0.0.1: .*another program has it", "--port",
                         f"one=tcp:{number}")
        self.refused(125, "cannot listen at /nowhere/x: No such file", "--port", "one=unix:/nowhere/x")
        for bad in ("one", "one=", "one=tcp", "one=udp:1", "one=tcp:65536", "one=tcp:-1", "=tcp:1",
                    ".a=tcp:1", "a/b=tcp:1", "a,b=tcp:1", "a" * 32 + "=tcp:1"):
            self.refused(2, "is not a port", "--port", bad)
        self.refused(2, "given twice", "--port", "one=tcp:0", "--port", "one=tcp:0")
        self.refused(2, "4 at most", *[word for n in range(5) for word in ("--port", f"p{n}=tcp:0")])


if __name__ == "__main__":
    unittest.main()
