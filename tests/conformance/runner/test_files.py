# SPDX-License-Identifier: MIT
"""Which files a run takes along, and how the archive is made."""

import os

from support import Case

from coconut_cli import files, guestfiles, pkit
from coconut_cli.fault import Fault


class Together(Case):
    """Files that belong together."""

    ROUNDS = 40

    def test_two_writers(self):
        """Two that write into one folder, which is missing at first: what is there is all of the one, or all of the other."""
        names, writers = ("a", "b", "deep/c"), []
        for content in (b"first", b"second"):
            pid = os.fork()
            if pid == 0:
                for _ in range(self.ROUNDS):
                    files.write_together(str(self.work / "new" / "one"), {name: content for name in names})
                os._exit(0)
            writers.append(pid)
        self.assertEqual([os.waitpid(pid, 0)[1] for pid in writers], [0, 0])
        self.assertEqual(len({(self.work / "new" / "one" / name).read_bytes() for name in names}), 1)
        self.assertEqual(sorted(os.listdir(self.work / "new" / "one")), ["a", "b", "deep"])

    def test_nothing_where_it_cannot_be_made(self):
        """The reason is that of what failed, and what was made on the way is gone."""
        for content in ({"a": b"1", "x/b": b"2"}, {"a": b"1", "dir": b"2"}):
            with self.subTest(content):
                (self.work / "x").write_text("no folder")
                (self.work / "dir").mkdir(exist_ok=True)
                with self.assertRaisesRegex(Fault, "x: File exists|dir: Is a directory"):
                    files.write_together(str(self.work), content)
                self.assertEqual(sorted(os.listdir(self.work)), ["dir", "x"])
        with self.assertRaisesRegex(Fault, "x/y: Not a directory"):
            files.write_together(str(self.work / "x" / "y"), {"a": b"1"})


class GuestFiles(Case):
    """The working directory and --dir."""

    def names(self, *options, env=None):
        """Return the names in the archive of a run, without init and the description."""
        done = self.run_act("show", options=options, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [f"/{name}" for name in done.stderr.decode().split()
                if name not in ("init", "coconut/run")]

    def test_working_directory(self):
        (self.work / "b" / "deep").mkdir(parents=True)
        (self.work / "b" / "deep" / "file").write_text("1")
        (self.work / "a").write_text("2")
        program = str(self.folder / "boot" / "show")
        self.assertEqual(self.names(), [program, f"{self.work}/a", f"{self.work}/b/deep/file"])
        self.assertEqual(self.names("--no-cwd"), [program])
        self.assertEqual(self.names("--cwd", str(self.work / "b"))[1:],
                         [f"{self.work}/b/deep/file"])

    def test_what_is_left_out(self):
        for name in (".git", "CMakeFiles", "nested-build"):
            (self.work / name).mkdir()
            (self.work / name / "file").write_text("x")
        (self.work / "nested-build" / "CMakeCache.txt").write_text("x")
        (self.work / "kept").write_text("x")
        (self.work / "inside").symlink_to("kept")
        (self.work / "outside").symlink_to("/etc/passwd")
        (self.work / "broken").symlink_to("nowhere")
        (self.work / "loop").symlink_to(".")
        os.mkfifo(self.work / "fifo")
        self.assertEqual(self.names()[1:], [f"{self.work}/inside", f"{self.work}/kept"])

    def test_more_directories(self):
        extra = self.folder / "extra"
        extra.mkdir()
        (extra / "data").write_text("x")
        self.assertIn("/guest/place/data", self.names("--dir", f"{extra}:/guest/place:ro"))
        self.assertIn(f"{extra}/data", self.names("--dir", f"{extra}:ro"))
        self.assertIn(f"{extra}/data", self.names(env={"COCONUT_RUN_DIRS": f":{extra}"}))

    def test_guest_that_sends_nothing_back(self):
        extra = self.folder / "extra"
        extra.mkdir()
        (extra / "data").write_text("x")
        done = self.run_act("show", options=["--dir", f"{extra}:/place"])
        self.assertEqual(done.returncode, 125)
        self.assertIn(b"nothing was brought back", done.stderr)
        self.assertEqual((extra / "data").read_text(), "x")

    def test_empty_directories_exist(self):
        (self.work / "empty").mkdir()
        listed = self.run_act("directories").stdout.decode().split("\n")
        self.assertIn(f"{self.work}/empty", listed)
        self.assertIn("/tmp", listed)
        self.assertEqual(listed, sorted(listed))

    def test_flags_from_the_environment(self):
        self.assertEqual(len(self.names(env={"COCONUT_RUN_FLAGS": "--no-cwd"})), 1)

    def test_limit(self):
        with open(self.work / "huge", "wb") as stream:
            stream.truncate(guestfiles.LIMIT + 1)
        done = self.run_act("show")
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "256 MiB", "--no-cwd")

    def test_large_build_tree(self):
        (self.work / "data").write_text("x")
        for name, magic in (("program", b"\x7fELF"), ("libx.a", b"!<arch>\n")):
            with open(self.work / name, "wb") as stream:
                stream.write(magic)
                stream.truncate(guestfiles.LIMIT - 100)
        done = self.run_act("show")
        self.assertEqual(done.returncode, 0)
        note, *names = done.stderr.decode().splitlines()
        self.assert_one_line(note + "\n", "too large", str(self.work))
        self.assertIn(f"{self.work}/data".lstrip("/"), names)
        self.assertNotIn(f"{self.work}/program".lstrip("/"), names)

    def test_unreadable_file(self):
        # A file that goes away fails the same way, whoever runs the test.
        files = guestfiles.Collection()
        files.add_tree(str(self.work), "/w", "--cwd")
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, read_end)
        self.addCleanup(os.close, write_end)
        with self.assertRaisesRegex(Fault, "cannot read .*gone"):
            pkit.Writer(write_end).add_file("x", str(self.work / "gone"))

    def test_name_that_is_not_utf8(self):
        with open(os.fsencode(self.work) + b"/\xff", "wb"):
            pass
        done = self.run_act("show")
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "not UTF-8")

    def test_large_file_is_whole(self):
        data = os.urandom(5_000_001)
        (self.work / "large").write_bytes(data)
        archive = self.folder / "archive"
        with open(archive, "wb") as stream:
            writer = pkit.Writer(stream.fileno())
            writer.add_bytes("first", b"1")
            writer.add_file("large", str(self.work / "large"))
            writer.add_bytes("last", b"2")
            writer.flush()
        content = archive.read_bytes()
        self.assertEqual(writer.size, len(content))
        found = {n: content[at:at + size] for n, at, size in pkit.records(content)}
        self.assertEqual(found, {"first": b"1", "large": data, "last": b"2"})


class Pack(Case):
    """coconut pack."""

    def test_bytes_are_the_format(self):
        (self.work / "f").write_bytes(b"data")
        done = self.coconut("pack", "out", "/etc/x=f", "init=f")
        self.assertEqual(done.returncode, 0, done.stderr)
        expected = (b"PKIT\x08\0\0\0" b"\x01\0\x05\0\x04\0\0\0\0\0\0\0etc/xdata"
                    b"\x01\0\x04\0\x04\0\0\0\0\0\0\0initdata")
        self.assertEqual((self.work / "out").read_bytes(), expected)
        self.assertEqual(self.coconut("pack", "--list", "out").stdout.split(),
                         ["4", "etc/x", "4", "init"])

    def test_nothing_half_written(self):
        (self.work / "f").write_bytes(b"data")
        (self.work / "out").write_bytes(b"old")
        for words in (("a=f", "b=missing"), ("a=f", "/a=f")):
            done = self.coconut("pack", "out", *words)
            self.assertEqual(done.returncode, 125)
            self.assert_one_line(done.stderr)
            self.assertEqual((self.work / "out").read_bytes(), b"old")
            self.assertEqual(sorted(os.listdir(self.work)), ["f", "out"])

    def test_bad_archives_are_refused(self):
        record = b"\x01\0\x01\0\x05\0\0\0\0\0\0\0ahello"
        good = b"PKIT\x08\0\0\0" + record
        bad = [b"", b"PKI", b"PKIT\x09\0\0\0", good[:-1], good + b"\x01", good + b"\x02" + record[1:],
               good + b"\x01\0\0\0" + bytes(8), b"PKIT\x08\0\0\0\x01\0\x01\0" + b"\xff" * 8 + b"a",
               good[:20] + b"\xff" + good[21:]]
        for data in bad:
            with self.subTest(data):
                (self.work / "archive").write_bytes(data)
                done = self.coconut("pack", "--list", "archive")
                self.assertEqual(done.returncode, 1)
                self.assertIn("archive: ", done.stderr)
