# SPDX-License-Identifier: MIT
"""What `coconut run` and `debug` run by a name or a description: the virtual TPM, and a server of our own."""

import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

from test_kernel import COCONUT, SDK, TOP

sys.path.insert(0, str(TOP / "services" / "vtpm" / "test" / "tools"))

import service  # noqa: E402  (the path above must come first)

LIMIT = 300  #: seconds for what ends by itself, on a machine that has much else to do
MAKING = 900  #: what making a TPM may take under load
DESCRIPTION = {"run": 1, "text": "counts", "program": "server", "arguments": ["at your service", "/data", "one"],
               "ports": {"one": 20001}, "state": "/data", "ready": "at your service", "say": ["talk to port {one}"]}
GET_RANDOM = bytes.fromhex("80010000000c0000017b0008")


class Run(unittest.TestCase):
    """Runs that a signal ends."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut-named-")
        cls.addClassCleanup(folder.cleanup)
        cls.place = Path(os.path.realpath(folder.name))

    def setUp(self):
        self.port = service.free_port()
        self.state = Path(tempfile.mkdtemp(dir=self.place)) / "state"

    def start(self, *words, last="Ctrl-C ends it.\n"):
        """Start a run; returns it and its lines up to the last that it says by itself."""
        run = subprocess.Popen([COCONUT, "run", "--timeout", str(LIMIT), *words], cwd=self.place, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               start_new_session=True)
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.stderr.close)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        lines = []
        while not lines or lines[-1] != last:
            lines.append(run.stdout.readline())
            self.assertTrue(lines[-1], f"ended behind {lines}: {run.stderr.read() if not lines[-1] else ''}")
        return run, lines

    def end(self, run, signum=signal.SIGINT):
        """Ask a run to end, as a key at a terminal does: all processes of its group; its standard error."""
        os.killpg(run.pid, signum)
        self.assertEqual(run.wait(LIMIT), 128 + signum)
        self.assertEqual(self.left(run), [], "left running")
        return run.stderr.read()

    @staticmethod
    def left(run, *name):
        """The processes that a run started and that are there, or those of a name."""
        words = ["pgrep", "-s", str(run.pid), *name]
        return [int(word) for word in subprocess.run(words, capture_output=True, text=True, check=False).stdout.split()]


class Named(Run):
    """What the SDK brings, and descriptions of our own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-clang", "-O2", "-Wall", "-Wextra", "-Werror",
                        Path(__file__).parent / "server.c", "-o", cls.place / "server"], check=True)
        cls.describe()

    @classmethod
    def describe(cls, name="server", **changes):
        """Write a description; its name."""
        (cls.place / f"{name}.run.json").write_text(json.dumps({**DESCRIPTION, **changes}))
        return f"./{name}.run.json"

    def refused(self, status, pattern, *words):
        """Assert that a run ends with one line that says why."""
        done = subprocess.run([COCONUT, "run", *words], cwd=self.place, capture_output=True, text=True, timeout=LIMIT,
                              stdin=subprocess.DEVNULL, check=False)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertRegex(done.stderr, f"^coconut: {pattern}\n$")

    def count(self, byte=b"a"):
        """Send a byte to the server; its answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT) as one:
            one.sendall(byte)
            return one.makefile().readline()

    def test_what_it_says_and_the_end(self):
        run, lines = self.start("./server.run.json", "--port", str(self.port))
        self.assertEqual(lines[:2], ["before\n", "at your service\n"])
        self.assertEqual(lines[2:4], [f"talk to port {self.port}\n",
                                      "state: gone when this ends; --state DIRECTORY keeps it\n"])
        self.assertEqual(run.stdout.readline(), "behind\n")
        self.assertEqual(self.count(), "1\n")
        self.assertEqual(self.end(run), "")
        self.assertEqual(run.stdout.read(), "")

    def test_state_from_run_to_run(self):
        self.state = self.state.with_name("state:of it")  # a --dir would end at the colon
        for signum, expected in ((signal.SIGINT, "1\n"), (signal.SIGTERM, "2\n"), (signal.SIGHUP, "3\n")):
            run, _ = self.start("--state", str(self.state), "--port", str(self.port), "./server.run.json")
            self.assertEqual(self.count(), expected)
            self.refused(125, f"--state {self.state}: another run uses it", "--state", str(self.state),
                         "--port", str(self.port), "./server.run.json")
            self.assertEqual(self.end(run, signum), f"coconut: the state is in {self.state}\n")
        self.assertEqual((self.state / "count").read_text(), "3")

    def test_time_limit_keeps_the_state(self):
        run, _ = self.start("--state", str(self.state), "--port", str(self.port), "./server.run.json")
        self.assertEqual(self.count(), "1\n")
        os.kill(run.pid, signal.SIGALRM)  # as the timer does, whenever that may be
        self.assertEqual(run.wait(LIMIT), 124)
        self.assertRegex(run.stderr.read(), "time limit")
        self.assertEqual((self.state / "count").read_text(), "1")

    def test_own_end(self):
        run, _ = self.start("--state", str(self.state), "--port", str(self.port), "./server.run.json")
        self.assertEqual(self.count(b"a"), "1\n")
        self.assertEqual(self.count(b"q"), "")
        self.assertEqual((run.wait(LIMIT), run.stderr.read()), (7, ""))
        self.assertEqual((self.state / "count").read_text(), "1")

    def test_deaf_program(self):
        run, _ = self.start("--port", str(self.port), "./server.run.json")
        self.assertEqual(self.count(b"x"), "1\n")
        os.killpg(run.pid, signal.SIGINT)
        time.sleep(1)
        self.assertIsNone(run.poll())
        limit = time.monotonic() + LIMIT
        while run.poll() is None:  # the second one ends the machine; two are one where the first is still to be noticed
            self.assertLess(time.monotonic(), limit, "left running")
            os.killpg(run.pid, signal.SIGINT)
            time.sleep(1)
        self.assertEqual(run.returncode, 130)
        self.assertEqual(self.left(run), [], "left running")

    def test_occupied_port(self):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            first.listen()
            port = first.getsockname()[1]
            self.refused(125, f"--port one: cannot listen at port {port} of 127.0.0.1: .*another program has it, take "
                         "another port", "--port", str(port), "./server.run.json")
            second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the port is kept for us: service.Ports
            second.bind(("127.0.0.1", self.port + 1))
            second.listen()
            self.refused(125, f"--port tpm-platform: cannot listen at port {self.port + 1} .*", "vtpm", "--port",
                         str(self.port))

    def test_wrong_use(self):
        self.refused(2, "run: ./server.run.json takes options, no arguments; .*", "./server.run.json", "x")
        self.refused(2, "run: --state is for what the SDK brings; .*", "--state", "x", "./server")
        self.refused(2, "--port: a number alone is for .*", "--port", "5000", "./server")
        self.refused(2, "--port 65535: the port of tpm-platform would be 65536; .*", "vtpm", "--port", "65535")
        self.refused(125, "--state /dev/null: .*", "vtpm", "--state", "/dev/null")
        self.refused(127, "vtpmx: .*", "vtpmx")
        for changes, pattern in (({"run": 2}, ".*\"run\": 1 is missing"), ({"ports": {"a b": 1}}, ".*'a b' is not .*"),
                                 ({"ports": {"a": 0}}, ".*'a' is not .*"), ({"say": "x"}, ".*'say' is unknown or .*"),
                                 ({"more": 1}, ".*'more' is unknown or .*"), ({"state": "x"}, ".*no.* absolute path"),
                                 ({"keep": "x"}, ".*'keep' is unknown or .*"), ({"keep": {"port": "x"}}, ".*'keep' is not .*"),
                                 ({"keep": {"port": "a b", "arguments": []}}, ".*'keep' is not .*"),
                                 ({"keep": {"port": "x", "arguments": [1]}}, ".*'keep' is not .*"), ({"say": [1]}, ".* are lists of strings")):
            self.refused(125, pattern, self.describe("wrong", **changes))
        self.refused(125, "cannot read ./none.run.json: .*", "./none.run.json")
        for text, pattern in (("[" * 100000, ".*:1: nested deeper than .*"), ('{"run": 1, "text": "\\ud800"}', ".*:1: half of .*"),
                              ('{"run": 1,\n"say": ["\\u0000"]}', ".*: a NUL byte .*"), ('{"run": 1,\n', ".*:2: expected .*")):
            (self.place / "wrong.run.json").write_text(text)
            self.refused(125, pattern, "./wrong.run.json")

    def tpm(self, *words, data=None):
        """Run one of tpm2-tools, unpacked and not installed; its output."""
        tools = Path(os.environ.get("COCONUT_TEST_TOOLS", TOP / "build" / "vtpm" / "tools"))
        service.unpack_tools(tools)
        libraries = tools / "usr" / "lib" / "x86_64-linux-gnu"
        done = subprocess.run([tools / "usr" / "bin" / "tpm2", *words], input=data, capture_output=True, check=False,
                              timeout=LIMIT, cwd=self.place, env={**os.environ, "LD_LIBRARY_PATH": str(libraries),
                                                                  "TPM2TOOLS_TCTI": self.tcti})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_virtual_tpm(self):
        """As it says: its own lines are what the tools are called with."""
        for again in (False, True):
            run, lines = self.start("vtpm", "--port", str(self.port), "--state", str(self.state), "--timeout", str(MAKING))
            self.tcti = re.search(r"TPM2TOOLS_TCTI=(\S+)", "".join(lines))[1]
            self.assertEqual(self.tcti, f"mssim:host=localhost,port={self.port}")
            self.tpm("startup", "-c")
            self.assertEqual(len(self.tpm("getrandom", "8")), 8)
            if not again:
                self.tpm("nvdefine", "0x1500016", "-C", "o", "-s", "5", "-a", "ownerread|ownerwrite")
                self.tpm("nvwrite", "0x1500016", "-C", "o", "-i-", data=b"stays")
            else:
                self.assertEqual(self.tpm("nvread", "0x1500016", "-C", "o"), b"stays")
            self.end(run)

    @unittest.skipUnless(shutil.which("gdb"), "gdb is not installed")
    def test_debug_virtual_tpm(self):
        """A breakpoint in libtpms before there is a process, met when a client asks for random numbers."""
        def ask():
            while not over.wait(1):
                try:
                    with socket.create_connection(("127.0.0.1", self.port), timeout=MAKING) as one:
                        for command in (bytes.fromhex("80010000000c000001440000"), GET_RANDOM):
                            one.sendall(struct.pack(">IBI", 8, 0, len(command)) + command)
                            (size,) = struct.unpack(">I", service.receive(one, 4))
                            service.receive(one, size + 4)
                        return
                except (OSError, service.Failure):
                    continue  # it does not listen yet

        client, over = threading.Thread(target=ask), threading.Event()
        client.start()
        try:
            done = subprocess.run([COCONUT, "debug", "--timeout", str(MAKING), "--batch", "--break", "TPM2_GetRandom", "--ex",
                                   "bt", "--ex", "coconut ps", "vtpm", "--port", str(self.port)],
                                  cwd=self.place, capture_output=True, text=True, timeout=2 * MAKING, check=False,
                                  stdin=subprocess.DEVNULL)
        finally:
            over.set()
            client.join()
        self.assertRegex(done.stdout, r"(?s)Breakpoint 1, .*TPM2_GetRandom.*in TPM2_Process .*in process \(.*tpm\.c:.*"
                                      r"tpm_execute \(.*in serve_command \(.*mssim\.c:.*[0-9] vtpm\n")
        self.assertIn(f"TPM2TOOLS_TCTI=mssim:host=localhost,port={self.port}\n", done.stderr)


if __name__ == "__main__":
    unittest.main()
