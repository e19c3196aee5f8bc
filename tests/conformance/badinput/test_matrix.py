# SPDX-License-Identifier: MIT
"""What can go wrong, tried on each command that it concerns."""

import os
import random
import resource
import signal
import socket
import subprocess
from pathlib import Path

from matrix import LIMIT, NOBODY, Case, Place
from rows import ROWS

from coconut_cli.main import COMMANDS

PIPE_GONE = 128 + signal.SIGPIPE
#: Bytes that a file may have where large ones are refused.
ROOM = 100


class Matrix(Case):
    """Each test is one thing that goes wrong."""

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
        self.assertEqual(absent, {row.words[0] for _, row in self.rows("alone")} - {"bench", "test"})

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
            self.refused(row.words, (1, 125), prepare, user=NOBODY, group=NOBODY, extra_groups=[], parts=["Permission denied"])
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
                new = [path for path in place.new() if path != "coconut-ports"]
            finally:
                place.leave()
            assert status in (1, 125), f"status {status}: {errors}"
            # What the project's own `make install` says stands in the log.
            self.one_line(errors, "install failed" if row.words[0] == "port" else "No space left")
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

    def test_damaged_sdk(self):
        folder = self.below / "damaged" / "bin"
        folder.mkdir(parents=True)
        (folder / "coconut").write_bytes(self.coconut.read_bytes())
        (folder / "coconut").chmod(0o755)
        done = subprocess.run([folder / "coconut", "version"], capture_output=True, text=True, timeout=LIMIT, check=False)
        self.assertEqual((done.returncode, done.stdout), (125, ""))
        self.one_line(done.stderr, "coconut.py is missing")
