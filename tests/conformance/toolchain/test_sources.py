# SPDX-License-Identifier: MIT
"""Fetching and building third-party sources; merging the C library."""

import hashlib
import subprocess
import sys

import support
from support import Case, tool

FETCH = support.TOP / "sdk" / "deps" / "fetch.py"
MERGE = support.TOP / "libc-port" / "newlib" / "merge.py"


class Fetch(Case):
    """fetch.py, without any network: a mirror directory stands for it."""

    def setUp(self):
        super().setUp()
        self.mirror = self.folder / "mirror"
        self.mirror.mkdir()
        (self.mirror / "thing_1.0.orig.tar.gz").write_bytes(b"the thing itself")
        self._lock(hashlib.sha256(b"the thing itself").hexdigest())

    def _lock(self, digest, size=16):
        self.write("deps.lock", f"source thing 1.0 thing bookworm thing_1.0.orig.tar.gz {size} "
                                f"{digest}\n")

    def _fetch(self, *options):
        return subprocess.run(
            [sys.executable, "-B", str(FETCH), "--lock", str(self.folder / "deps.lock"), *options],
            capture_output=True, text=True, check=False, timeout=support.LIMIT,
            env={"PATH": "/usr/bin:/bin", "COCONUT_CACHE": str(self.folder / "cache")})

    def _cached(self):
        cache = self.folder / "cache"
        return [path.name for path in cache.rglob("*") if path.is_file()]

    def _refused(self, done, text):
        self.assertEqual(done.returncode, 1)
        errors = [line for line in done.stderr.splitlines() if "error" in line]
        self.assertEqual(len(errors), 1, done.stderr)
        self.assertIn(text, errors[0])
        self.assertEqual(self._cached(), [])

    def test_fetch_from_mirror(self):
        """A mirror directory fills the cache; offline use then needs nothing else."""
        done = self._fetch("--mirror", str(self.mirror), "--path", "thing")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self._cached(), ["thing_1.0.orig.tar.gz"])
        again = self._fetch("--offline", "--path", "thing")
        self.assertEqual(again.stdout, done.stdout)
        self.assertEqual(self._fetch("--verify").returncode, 0)

    def test_fetch_offline_without_cache(self):
        """--offline never reaches out."""
        self._refused(self._fetch("--offline", "thing"), "--offline")

    def test_fetch_wrong_checksum(self):
        """Other bytes of the same size are refused and not kept."""
        self._lock("0" * 64)
        self._refused(self._fetch("--mirror", str(self.mirror), "thing"), "wrong checksum")

    def test_fetch_gone(self):
        """A file the mirror does not have is named with its hash."""
        (self.mirror / "thing_1.0.orig.tar.gz").unlink()
        self._refused(self._fetch("--mirror", str(self.mirror), "thing"), "is gone from the mirror")

    def test_fetch_damaged_cache(self):
        """A damaged file in the cache is noticed and replaced."""
        self._fetch("--mirror", str(self.mirror), "thing")
        path = next((self.folder / "cache").rglob("*.tar.gz"))
        path.write_bytes(b"THE THING ITSELF")
        self.assertEqual(self._fetch("--verify").returncode, 1)
        done = self._fetch("--mirror", str(self.mirror), "thing")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(path.read_bytes(), b"the thing itself")

    def test_fetch_bad_lock(self):
        """A malformed lock line is named by its number."""
        self.write("deps.lock", "# comment\nsource thing 1.0\n")
        self._refused(self._fetch("thing"), "deps.lock:2: 3 fields")
        self.write("deps.lock", "source thing 1.0 thing s ../../etc/x 1 " + "0" * 64 + "\n")
        self._refused(self._fetch("thing"), "not a plain file name")

    def test_lock_names_no_host(self):
        """The real lock file is well-formed and holds no address."""
        text = (support.TOP / "sdk" / "deps" / "deps.lock").read_text(encoding="utf-8")
        self.assertNotIn("://", text)
        done = subprocess.run([sys.executable, "-B", str(FETCH), "--list"], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreaterEqual(len(done.stdout.splitlines()), 6)


class Merge(Case):
    """merge.py on small archives."""

    def _archive(self, name, **members):
        objects = []
        for member, text in members.items():
            source = self.write(f"{name}/{member}.c", text)
            output = source.with_suffix(".o")
            self.run_good(tool("clang"), "-w", "-c", source, "-o", output)
            objects.append(output)
        archive = self.folder / f"{name}.a"
        self.run_good(tool("ar"), "rcD", archive, *objects)
        return archive

    def _merge(self, newlib, port, *options):
        return self.run_any(sys.executable, "-B", MERGE, "--newlib", newlib, "--port", port,
                            *options, "--output", self.folder / "out.a")

    def test_merge_replaces(self):
        """What the port defines replaces newlib's member."""
        newlib = self._archive("newlib", copy="void copy(void) {}", plain="void plain(void) {}")
        port = self._archive("port", fast="void copy(void) {}")
        done = self._merge(newlib, port)
        self.assertEqual(done.returncode, 0, done.stderr)
        members = self.run_good(tool("ar"), "t", self.folder / "out.a").split()
        self.assertEqual(members, ["fast.o", "plain.o"])

    def test_merge_refuses_to_lose(self):
        """A member that also defines something needed may not silently go."""
        newlib = self._archive("newlib", two="void copy(void) {}\nvoid other(void) {}",
                               user="void other(void);\nvoid use(void) { other(); }")
        port = self._archive("port", fast="void copy(void) {}")
        done = self._merge(newlib, port)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("but not other", done.stderr)
        self.assertFalse((self.folder / "out.a").exists())

    def test_merge_knows_the_start_file(self):
        """What only the start file defines is not missing."""
        newlib = self._archive("newlib", two="void copy(void) {}\nvoid other(void) {}",
                               user="void other(void);\nvoid use(void) { other(); }")
        port = self._archive("port", fast="void copy(void) {}")
        self._archive("start", start="void other(void) {}")
        done = self._merge(newlib, port, "--start", self.folder / "start" / "start.o")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_merge_renames_what_is_called(self):
        """A function of the port's can call newlib's of the same name under another."""
        newlib = self._archive("newlib", copy="void copy(void) {}\nvoid other(void) {}",
                               user="void other(void);\nvoid copy(void);\nvoid use(void) { other(); copy(); }")
        port = self._archive("port", fast="void theirs(void);\nvoid copy(void) { theirs(); }")
        done = self._merge(newlib, port, "--rename", "copy.o", "copy", "theirs")
        self.assertEqual(done.returncode, 0, done.stderr)
        members = self.run_good(tool("ar"), "t", self.folder / "out.a").split()
        self.assertEqual(members, ["copy.o", "fast.o", "user.o"])
        names = self.run_good(tool("nm"), "--defined-only", self.folder / "out.a")
        self.assertIn("T theirs", names)
        self.assertEqual(names.count("T copy"), 1)

    def test_merge_refuses_doubles(self):
        """Two members of one name would overwrite each other."""
        newlib = self._archive("newlib", same="void one(void) {}")
        port = self._archive("port", same="void two(void) {}")
        done = self._merge(newlib, port)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("two members are called same.o", done.stderr)
