# SPDX-License-Identifier: MIT
"""What the tests of wrong uses share: a place for each use of a command, and the look at what it leaves."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import world
from rows import ROWS

#: Seconds for what ends by itself, on a machine that has much else to do; a use that does not lasts longer (world.py).
LIMIT = 240
WORKERS = 2
NOBODY = 65534
#: Options of a small file system.
DISK = "size=256k"


def _began(process):
    """When a process began, in ticks, and its number; that of one that has ended is the largest."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as stream:
            return int(stream.read().rpartition(")")[2].split()[19]), int(process)
    except OSError:
        return sys.maxsize, int(process)


class Place:
    """A folder of its own for one use of a command."""

    def __init__(self, below, full=False):
        """full: on a file system of its own that has no room left; OSError if none can be had."""
        self.folder = Path(tempfile.mkdtemp(dir=below))
        self.work, self.temporary = self.folder / "work", self.folder / "tmp"
        self.work.mkdir()
        self.temporary.mkdir()
        if full and subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", self.work], check=False,
                                   capture_output=True).returncode != 0:
            raise OSError("no file system can be mounted here")
        world.fill(self.work)
        if full:
            self.fill_up()
        self.before, self.held = self.files(), None

    @property
    def port(self):
        """A TCP port for this place alone: while its socket is held nobody else is given it, and who asks for it by its
        number can listen there all the same."""
        if self.held is None:
            self.held = socket.socket()
            self.held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.held.bind(("127.0.0.1", 0))
        return str(self.held.getsockname()[1])

    def files(self):
        """What is in the working folder, temporary files included."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}

    def fill_up(self):
        """Leave no block free."""
        descriptor = os.open(self.work / "filler", os.O_WRONLY | os.O_CREAT)
        try:
            while True:
                os.write(descriptor, bytes(4096))
        except OSError:
            os.close(descriptor)

    def leave(self):
        """Take the file system away that is full."""
        subprocess.run(["umount", "-l", self.work], check=True)

    def new(self):
        """What has been added to the folder; of a build folder only its name."""
        return sorted(path for path in self.files() - self.before
                      if not any(f"/{folder}/" in f"/{path}" for folder in ("build", "coconut-ports")))

    def processes(self):
        """Processes that a command of this place has left."""
        mark = b"COCONUT_TEST_MARK=" + os.fsencode(self.folder) + b"\0"
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    with open(f"/proc/{entry}/environ", "rb") as stream:
                        if mark in stream.read() + b"\0":
                            found.append(entry)
                except OSError:
                    continue
        return found

    def kill(self):
        """Kill them all, those that began first before what they started, so that none sees the other's end; and then those
        that were started meanwhile. One that is just starting another program has no environment for a moment."""
        calm = 0
        while calm < 2:
            found = sorted(self.processes(), key=_began)
            calm = 0 if found else calm + 1
            for one in found:
                try:
                    os.kill(int(one), signal.SIGKILL)
                except ProcessLookupError:  # it ended by itself
                    continue
            time.sleep(0.05)


class Case(unittest.TestCase):
    """Tests that use the commands in places of their own; all share one SDK."""

    below = coconut = None

    @classmethod
    def setUpClass(cls):
        if Case.below is None:
            Case.folder = tempfile.TemporaryDirectory(prefix="coconut-bad-")  # removed at the end of the program
            Case.below = Path(os.path.realpath(Case.folder.name))
            Case.below.chmod(0o755)
            world.install(Case.below / "sdk")
            Case.coconut = Case.below / "sdk" / "bin" / "coconut"

    def start(self, place, words, **more):
        """Start a command in a place."""
        words = [place.port if word == "PORT" else word for word in words]
        env = {**world.environment(place.temporary, str(place.folder)), **more.pop("env", {})}
        return subprocess.Popen([self.coconut, *words], cwd=place.work, env=env, stdin=subprocess.DEVNULL,
                                stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, **more)

    def finish(self, place, process):
        """Wait for its end; returns (status, standard error) after looking at what it left."""
        try:
            _, errors = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            place.kill()
            raise AssertionError("did not end") from None
        deadline, calm = time.monotonic() + LIMIT, 0
        while calm < 2 and time.monotonic() < deadline:  # as in kill(): one may be unseen for a moment, while it ends
            left = place.processes()
            calm = 0 if left else calm + 1
            time.sleep(0.02)
        assert not left, f"left processes {left}"
        assert not list(place.temporary.iterdir()), f"left {list(place.temporary.iterdir())}"
        return process.returncode, errors.decode()

    def use(self, words, prepare=None, **more):
        """One use of a command in a new place; returns (place, status, standard error)."""
        place = Place(self.below)
        if prepare is not None:
            prepare(place)
        return place, *self.finish(place, self.start(place, words, **more))

    def each(self, cases, judge):
        """Call judge(name, *case) for all (name, *case), some at once; every failure is one of this test."""
        cases = list(cases)
        self.assertTrue(cases)

        def attempt(case):
            try:
                judge(*case[1:])
            except (AssertionError, OSError) as error:
                return f"{case[0]}: {error}"
            return None

        with ThreadPoolExecutor(WORKERS) as pool:
            failed = [text for text in pool.map(attempt, cases) if text]
        self.assertFalse(failed, f"{len(failed)} of {len(cases)}: " + "; ".join(failed))

    @staticmethod
    def one_line(text, *parts, several=False):
        """The message is one line of the command's, or several of them, and holds all parts. '#': how far a port is."""
        lines = [line for line in text.splitlines() if not line.startswith("# ")]
        assert lines and (several or len(lines) == 1), f"{len(lines)} lines: {text}"
        assert all(line.startswith("coconut: ") for line in lines), text
        for part in parts:
            assert part in text, f"'{part}' is not in: {text}"

    def refused(self, words, status, prepare=None, several=False, parts=(), **more):
        """A use ends with one line and the status, and has written nothing."""
        place, got, errors = self.use(words, prepare, **more)
        assert got in (status if isinstance(status, tuple) else (status,)), f"status {got}, wanted {status}: {errors}"
        if got:
            self.one_line(errors, *parts, several=several)
        kept = [path for path in place.new() if Path(path).name not in ("log", "build", "coconut-ports")]
        assert not kept, f"wrote {kept}"

    @staticmethod
    def rows(*wanted):
        """(name, row) of all rows for which all of `wanted` hold."""
        return [(" ".join(row.words), row) for rows in ROWS.values() for row in rows
                if all(getattr(row, name) for name in wanted)]
