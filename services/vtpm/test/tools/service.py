# SPDX-License-Identifier: MIT
"""The service under test, as a Linux process or in the kernel, and tpm2-tools to drive it."""

import fcntl
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[4]
FETCH = TOP / "sdk" / "deps" / "fetch.py"
PACKAGES = ("tpm2-tools", "libtss2-esys-3.0.2-0", "libtss2-fapi1", "libtss2-mu0", "libtss2-rc0", "libtss2-sys1",
            "libtss2-tctildr0", "libtss2-tcti-mssim0")
#: Nothing of a machine that works takes so long, however busy the host is.
HANG_SECONDS = 300


class Failure(Exception):
    """Why a test failed, in one line."""


def need(condition, why):
    """Fail unless condition holds."""
    if not condition:
        raise Failure(why)


def unpack_tools(folder):
    """Unpack Debian's tpm2-tools and what they need, once; nothing is installed. Several may want them at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "complete").exists():
            return
        done = subprocess.run([sys.executable, FETCH, "--quiet", "--path", *PACKAGES], stdout=subprocess.PIPE, text=True,
                              check=True)
        for package in done.stdout.split():
            subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
        (folder / "complete").touch()


class Ports:
    """Two neighbouring TCP ports that are ours until close(): no other program is given one of them by the system, for a
    connection or to listen at, and whoever searches like this one finds them taken. A server that sets SO_REUSEADDR, as
    the service and QEMU do, listens there all the same."""

    def __init__(self):
        for _ in range(200):
            self._held = (socket.socket(), socket.socket())
            try:
                self._held[0].bind(("127.0.0.1", 0))
                self.first = self._held[0].getsockname()[1]
                self._held[1].bind(("127.0.0.1", self.first + 1))
            except (OSError, OverflowError):
                self.close()
                continue
            for one in self._held:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            return
        raise Failure("no two neighbouring TCP ports are free")

    def close(self):
        """Leave them to others."""
        for one in self._held:
            one.close()


_KEPT = []


def free_port():
    """The first of two neighbouring ports, which are kept free for this process until its end."""
    _KEPT.append(Ports())
    return _KEPT[-1].first


class Connection:
    """What listens at a port of this machine: its command stream, and the platform's at the next port."""

    def __init__(self, port):
        self.port = port

    def gone(self):
        """Whether it is known to listen no more."""
        return False

    def connect(self, platform=False):
        """A connection to the command stream, or the platform's."""
        deadline = time.monotonic() + HANG_SECONDS
        while True:
            gone = self.gone()
            try:
                stream = socket.create_connection(("127.0.0.1", self.port + platform), timeout=HANG_SECONDS)
                stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return stream
            except ConnectionRefusedError:
                if gone or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def signal(self, code):
        """Send a code on the platform stream; the answer."""
        with self.connect(platform=True) as stream:
            stream.sendall(struct.pack(">I", code))
            (answer,) = struct.unpack(">I", receive(stream, 4))
            stream.sendall(struct.pack(">I", 20))
            return answer

    def stream(self):
        """A connection for raw commands."""
        return Stream(self)

    def execute(self, command, locality=0):
        """One raw command on a connection of its own; the response."""
        with self.stream() as stream:
            return stream.execute(command, locality)


class Service(Connection):
    """A running service. command: a function from (state directory, port) to the words that start it."""

    def __init__(self, command, state):
        self._ports = Ports()
        super().__init__(self._ports.first)
        self.state = state
        self.log = open(state.with_suffix(".log"), "ab")
        self.process = subprocess.Popen([str(word) for word in command(state, self.port)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=self.log)
        self.rest = None

    def gone(self):
        return self.process.poll() is not None

    def ready(self):
        """Wait until it says that it is ready; whether it did before its end."""
        for line in self.process.stdout:
            self.log.write(line)
            if re.search(rb"vtpm(: |-ports\] )ready$", line.rstrip()):
                # What comes later is read, too, so that it never waits for its reader.
                self.rest = threading.Thread(target=lambda: self.log.write(self.process.stdout.read()), daemon=True)
                self.rest.start()
                return True
        return False

    def wait_ready(self):
        """The same; raises Failure if it ends before."""
        need(self.ready(), f"the service ended and was not ready; see {self.log.name}")
        return self

    def wait(self):
        """Its status, when it has ended by itself."""
        try:
            return self.process.wait(HANG_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failure(f"it does not end; see {self.log.name}") from None

    def kill(self):
        """End it without warning."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self.rest:
            self.rest.join(HANG_SECONDS)
        self.process.stdout.close()
        self.log.close()
        self._ports.close()

    def stop(self):
        """Ask it to end and return its status."""
        with self.connect() as stream:
            stream.sendall(struct.pack(">I", 21))
            try:
                return self.wait()
            finally:
                self.kill()


class Stream:
    """A connection for raw commands."""

    def __init__(self, service):
        self.socket = service.connect()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        with self.socket:
            if kind is None:
                self.socket.sendall(struct.pack(">I", 20))

    def send(self, command, locality=0):
        """Send a command and do not wait."""
        self.socket.sendall(struct.pack(">IBI", 8, locality, len(command)) + command)

    def answered(self, seconds):
        """Whether something has come within this time."""
        return bool(select.select([self.socket], [], [], seconds)[0])

    def receive(self):
        """The response to the oldest command that has none."""
        (size,) = struct.unpack(">I", receive(self.socket, 4))
        response = receive(self.socket, size)
        need(receive(self.socket, 4) == bytes(4), "the response does not end with 0")
        return response

    def execute(self, command, locality=0):
        """One raw command; the response."""
        self.send(command, locality)
        return self.receive()


def receive(stream, size):
    """Exactly size bytes."""
    data = b""
    while len(data) < size:
        piece = stream.recv(size - len(data))
        need(piece, f"the connection ended after {len(data)} of {size} bytes")
        data += piece
    return data


class Tools:
    """tpm2-tools against one service, in a folder for its files."""

    def __init__(self, root, service, folder):
        self.folder, self.service = folder, service
        self.program = root / "usr" / "bin" / "tpm2"
        self.keep = False  # whether loaded objects stay in the TPM, which has room for three
        libraries = root / "usr" / "lib" / "x86_64-linux-gnu"
        self.env = {**os.environ, "LD_LIBRARY_PATH": str(libraries), "LC_ALL": "C",
                    "TPM2TOOLS_TCTI": f"mssim:host=127.0.0.1,port={service.port}"}

    def run(self, words, refused=False):
        """Run `tpm2 WORDS`; its output. refused: it must fail. Objects it loaded are flushed."""
        output = self._run(words, refused)
        if ".ctx" in words and not self.keep:
            self._run("flushcontext -t", False)
        return output

    def _run(self, words, refused):
        done = subprocess.run([self.program, *words.split()], cwd=self.folder, env=self.env, capture_output=True,
                              check=False, timeout=3 * HANG_SECONDS)
        if refused:
            need(done.returncode != 0, f"tpm2 {words}: succeeded and should not")
        else:
            lines = " ".join(done.stderr.decode(errors="replace").split())
            need(done.returncode == 0, f"tpm2 {words}: {lines[-300:]}")
        return done.stdout

    def host(self, words, refused=False):
        """Run a program of the host in the same folder; its output."""
        done = subprocess.run(words.split(), cwd=self.folder, capture_output=True, check=False)
        need((done.returncode != 0) == refused, f"{words}: status {done.returncode}: "
             f"{done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    def write(self, name, data):
        """A file for the tools."""
        (self.folder / name).write_bytes(data)

    def read(self, name):
        """A file the tools wrote."""
        return (self.folder / name).read_bytes()
