# SPDX-License-Identifier: MIT
"""What can go wrong, tried on each command that it concerns."""

import os
import random
import resource
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import world
from rows import ROWS

from coconut_cli.main import COMMANDS

LIMIT = 60
WORKERS = 2
NOBODY = 65534
PIPE_GONE = 128 + signal.SIGPIPE
INTERRUPTED = 128 + signal.SIGINT
#: Seconds from the start of a command to Ctrl-C: while Python starts, while it works, when the machine runs.
MOMENTS = (0.004, 0.03, 0.06, 0.12, 0.4)
#: Options of a small file system.
DISK = "size=256k"
#: Bytes that a file may have where large ones are refused.
ROOM = 100


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
        self.before = self.files()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])

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
        """What has been added to the folder; of a build folder of CMake only its name."""
        return sorted(path for path in self.files() - self.before if "/build/" not in path)

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


class Matrix(unittest.TestCase):
    """Each test is one thing that goes wrong."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut-bad-")
        cls.addClassCleanup(folder.cleanup)
        cls.below = Path(os.path.realpath(folder.name))
        cls.below.chmod(0o755)
        world.install(cls.below / "sdk")
        cls.coconut = cls.below / "sdk" / "bin" / "coconut"

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
            process.kill()
            raise AssertionError("did not end") from None
        deadline = time.monotonic() + 5
        while place.processes() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not place.processes(), f"left processes {place.processes()}"
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
        """The message is one line of the command's, or several of them, and holds all parts."""
        lines = text.splitlines()
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
        kept = [path for path in place.new() if Path(path).name not in ("log", "build")]
        assert not kept, f"wrote {kept}"

    @staticmethod
    def rows(*wanted):
        """(name, row) of all rows for which all of `wanted` hold."""
        return [(" ".join(row.words), row) for rows in ROWS.values() for row in rows
                if all(getattr(row, name) for name in wanted)]

    def test_every_command_has_a_row(self):
        self.assertEqual(set(ROWS), set(COMMANDS), "rows.py and the commands differ")

    def test_rows_are_good(self):
        def judge(row):
            place, status, errors = self.use(row.words)
            wanted = row.status if isinstance(row.status, tuple) else (row.status,)
            if row.alone:
                assert status == 2, f"status {status}: {errors}"
                return self.one_line(errors, "source tree")
            assert status in wanted, f"status {status}: {errors}"
            for path in row.writes:
                assert (place.work / path).exists(), f"did not write {path}"
        self.each(((name, row) for name, row in self.rows()), judge)

    def test_help_shows_what_works(self):
        shown = subprocess.run([self.coconut, "help"], capture_output=True, text=True, check=True, timeout=LIMIT).stdout
        absent = {name for name in COMMANDS if f"\n  {name} " not in shown}
        self.assertEqual(absent, {row.words[0] for _, row in self.rows("alone")} - {"bench"})

    def test_wrong_option(self):
        self.each((([name], name) for name in COMMANDS), lambda name: self.refused([name, "--bogus"], 2, parts=["--bogus"]))

    def test_word_too_many(self):
        names = ("setup", "demo", "package", "doctor", "meson", "version", "completion", "man", "manifest", "interface")
        self.each(((name, name) for name in names),
                  lambda name: self.refused([name, "surplus", "words"], 2, parts=["coconut " + name]))

    def test_missing_file(self):
        self.each(((f"{name} without {file}", row, file, status) for name, row in self.rows("reads")
                   for file, status in row.reads.items()),
                  lambda row, file, status: self.refused(row.words, status, lambda place: (place.work / file).unlink(),
                                                         parts=[Path(file).name], several=file not in row.words))

    def test_folder_for_a_file(self):
        def swap(place, file):
            (place.work / file).unlink()
            (place.work / file).mkdir()
            place.before = place.files()
        self.each(((f"{name}: folder {file}", row, file) for name, row in self.rows("reads") for file in row.reads
                   if file in row.words), lambda row, file: self.refused(
                       row.words, (1, 125, 126), lambda place: swap(place, file)))

    def test_damaged_file(self):
        chance = random.Random(5)
        damages = {"garbage": lambda data: chance.randbytes(len(data)), "empty": lambda data: b"",
                   "cut": lambda data: data[:len(data) // 2]}

        def judge(row, file, damage, statuses):
            def prepare(place):
                path = place.work / file
                path.write_bytes(damage(path.read_bytes()))
            self.refused(row.words, statuses, prepare, several=True, parts=[file])
        self.each(((f"{name}: {kind} {file}", row, file, damage, statuses) for name, row in self.rows("damaged")
                   for file, statuses in row.damaged.items() for kind, damage in damages.items()
                   if not (kind == "cut" and file == "exit")), judge)

    def test_wrong_version(self):
        def judge(row, file, old, new):
            def prepare(place):
                data = (place.work / file).read_bytes()
                old_bytes, new_bytes = (text if isinstance(text, bytes) else text.encode() for text in (old, new))
                assert old_bytes in data
                (place.work / file).write_bytes(data.replace(old_bytes, new_bytes, 1))
            self.refused(row.words, 1, prepare, parts=[file])
        self.each(((f"{name}: {file}", row, file, *texts) for name, row in self.rows("versions")
                   for file, texts in row.versions.items()), judge)

    def test_unreadable_file(self):
        def judge(row, file):
            def prepare(place):
                for path in (place.work, place.temporary):
                    os.chown(path, NOBODY, NOBODY)
                place.folder.chmod(0o755)
                (place.work / file).chmod(0)
            self.refused(row.words, (1, 125, 126), prepare, user=NOBODY, group=NOBODY, extra_groups=[], parts=[file])
        if os.geteuid() != 0:
            self.skipTest("only root can start a process of another user")
        self.each(((f"{name}: {file}", row, file) for name, row in self.rows("reads") for file in row.reads
                   if file in row.words), judge)

    def test_folder_that_cannot_be_written(self):
        def judge(row):
            def prepare(place):
                os.chown(place.temporary, NOBODY, NOBODY)
                place.folder.chmod(0o755)
            self.refused(row.words, (1, 125), prepare, user=NOBODY, group=NOBODY, extra_groups=[])
        if os.geteuid() != 0:
            self.skipTest("only root can start a process of another user")
        self.each(self.rows("writes"), judge)

    def test_file_too_large(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))

        # The commands write to memory files, too; those of a machine are larger than the limit.
        self.each(((name, row) for name, row in self.rows("writes") if not row.machine),
                  lambda row: self.refused(row.words, (1, 125), preexec_fn=limit))

    def test_full_file_system(self):
        def judge(row):
            place = Place(self.below, full=True)
            try:
                status, errors = self.finish(place, self.start(place, row.words))
                new = place.new()
            finally:
                place.leave()
            assert status in (1, 125), f"status {status}: {errors}"
            self.one_line(errors, "No space left")
            assert not new, f"wrote {new}"
        try:
            Place(self.below, full=True).leave()
        except OSError as error:
            self.skipTest(str(error))
        self.each(((name, row) for name, row in self.rows("writes") if not row.machine), judge)

    def test_full_standard_output(self):
        def judge(row):
            with open("/dev/full", "wb") as full:
                place, status, errors = self.use(row.words, stdout=full)
            assert status == 125, f"status {status}: {errors}"
            self.one_line(errors, "No space left")
        # What CMake and CTest print is theirs.
        self.each(((name, row) for name, row in self.rows() if not row.quiet and not row.alone and "project" not in row.words),
                  judge)

    def test_reader_of_standard_output_gone(self):
        def judge(row):
            reader, writer = os.pipe()
            os.close(reader)
            with os.fdopen(writer, "wb") as stream:
                _, status, errors = self.use(row.words, stdout=stream)
            assert status in (PIPE_GONE, 1 if "project" in row.words else PIPE_GONE), f"status {status}: {errors}"
            assert "Traceback" not in errors and "Exception" not in errors, errors
        self.each(((name, row) for name, row in self.rows() if not row.quiet and not row.alone), judge)

    def test_no_emulator(self):
        self.each(self.rows("machine"), lambda row: self.refused(
            row.words, 125, env={"COCONUT_QEMU": "/nonexistent/qemu"}, parts=["/nonexistent/qemu"]))
        _, status, _ = self.use(["doctor"], env={"COCONUT_QEMU": "/nonexistent/qemu"})
        self.assertEqual(status, 1)

    def test_no_cmake(self):
        tools = self.below / "tools"
        tools.mkdir()
        for name in ("sh", "env", "readlink"):
            (tools / name).symlink_to(f"/bin/{name}")
        for name in ("build", "test"):
            self.refused([name, "project"], 125, env={"PATH": str(tools)}, parts=["cmake"])

    def test_occupied_port(self):
        with socket.create_server(("127.0.0.1", 0)) as holder:
            port = holder.getsockname()[1]
            cases = [(name, [*row.words[:1], "--port", f"x=tcp:{port}", *row.words[1:]]) for name, row in self.rows("machine")]
            cases.append(("debug --server", ["debug", "--server", str(port), "--no-cwd", "exit", "0"]))
            self.each(cases, lambda words: self.refused(words, 125, parts=[str(port)]))

    def test_interrupted_while_it_starts(self):
        """Ctrl-C before Python reads a line of ours: nothing is said."""
        def judge(moment):
            place = Place(self.below)
            process = self.start(place, ["version"], start_new_session=True)
            time.sleep(moment)
            os.killpg(process.pid, signal.SIGINT)
            status, errors = self.finish(place, process)
            assert status in (0, 1, INTERRUPTED, -signal.SIGINT) and not errors, f"status {status}: {errors}"
        self.each(((f"after {moment} ms", moment / 1000) for moment in range(0, 60, 2)), judge)

    def test_damaged_sdk(self):
        folder = self.below / "damaged" / "bin"
        folder.mkdir(parents=True)
        (folder / "coconut").write_bytes(self.coconut.read_bytes())
        (folder / "coconut").chmod(0o755)
        done = subprocess.run([folder / "coconut", "version"], capture_output=True, text=True, timeout=LIMIT, check=False)
        self.assertEqual((done.returncode, done.stdout), (125, ""))
        self.one_line(done.stderr, "coconut.py is missing")

    def test_interrupted(self):
        def judge(words, moment, writes):
            place = Place(self.below)
            process = self.start(place, words, start_new_session=True)
            time.sleep(moment)
            os.killpg(process.pid, signal.SIGINT)
            status, errors = self.finish(place, process)
            # While Python itself starts, before it reads a line of ours, the status may be Python's: 1, without a word.
            own = status in (0, INTERRUPTED, -signal.SIGINT) or (status == 1 and ("project" in words or not errors))
            assert own, f"status {status}: {errors}"
            assert "Traceback" not in errors and "Exception" not in errors, errors
            # What it makes is there as a whole, or not at all.
            half = [path for path in place.new() if status and Path(path).name.startswith(".")]
            assert not half, f"left {half}"
            whole = [path for path in writes if (place.work / path).is_file() and not (place.work / path).stat().st_size]
            assert not whole, f"left empty {whole}"
        cases = [(f"{name} after {moment} s", row.words, moment, row.writes) for name, row in self.rows() if not row.alone
                 for moment in MOMENTS[:2]]
        cases += [(f"{' '.join(row.long)} after {moment} s", row.long, moment, ()) for _, row in self.rows("long")
                  for moment in MOMENTS]
        self.each(cases, judge)
