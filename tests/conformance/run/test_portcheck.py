# SPDX-License-Identifier: MIT
"""`coconut port-check` with the installed SDK: objects, libraries, Linux programs, logs, damaged files."""

import json
import os
import random
import subprocess
import tempfile
import unittest
from pathlib import Path

from test_kernel import COCONUT, SDK

LIMIT = 300
PROGRAM = """
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>
int other(void);
int main(int argc, char **argv)
{
    pthread_rwlock_t lock;
    int number = 0;
    (void)!scanf("%d", &number);
    printf("%d %d\\n", number, argc);
    pthread_rwlock_init(&lock, NULL);
    pthread_rwlock_rdlock(&lock);
    return dlopen(argv[0], RTLD_NOW) != NULL || epoll_create(1) || isatty(other());
}
"""
#: What glibc's headers make of it are names that nobody wrote: __assert_fail(), and variables for the streams.
MACROS = """
#include <assert.h>
#include <stdio.h>
int lines(int count)
{
    assert(count > 0);
    fprintf(stderr, "%d\\n", getc(stdin));
    return putc('\\n', stdout);
}
"""
CONFIGURE = """checking for gcc... yes
checking for sys/epoll.h... yes
checking for unistd.h... (cached) yes
checking for linux/fs.h... no
checking for epoll_create... yes
checking for strlcpy... no
checking for mmap... yes
checking for library containing dlopen... none required
checking for size_t... yes
"""
CMAKE = """-- Looking for sys/msg.h
-- Looking for sys/msg.h - found
-- Looking for 3 include files stdio.h, time.h, sys/timerfd.h - found
-- Looking for timerfd_create - found
-- Looking for accept4 - not found
main.c:3:10: fatal error: 'linux/types.h' file not found
ld.lld: error: undefined symbol: inotify_init1
main.c:(.text+0x12): undefined reference to `signalfd'
main.c:9:5: error: call to undeclared function 'eventfd'; ISO C99 and later do not support it
"""


class PortCheck(unittest.TestCase):
    """Each kind of file."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut-port-check-")
        cls.addClassCleanup(folder.cleanup)
        cls.place = Path(os.path.realpath(folder.name))
        (cls.place / "program.c").write_text(PROGRAM)
        (cls.place / "other.c").write_text("int other(void);\nint other(void) { return 3; }\n")
        (cls.place / "macros.c").write_text(MACROS)
        for words in (["-O2", "-c", "program.c"], ["-c", "other.c"],
                      ["-O2", "-D_FORTIFY_SOURCE=2", "-shared", "-fPIC", "program.c", "-o", "program.so"],
                      ["-c", "macros.c"], ["-shared", "-fPIC", "macros.c", "-o", "macros.so"],
                      ["-static", "-nostdlib", "-e", "other", "other.o", "-o", "static"]):
            subprocess.run(["clang-19", *words], cwd=cls.place, check=True, timeout=LIMIT)
        subprocess.run(["llvm-ar-19", "rc", "libboth.a", "program.o", "other.o"], cwd=cls.place, check=True)
        (cls.place / "configure.log").write_text(CONFIGURE)
        (cls.place / "cmake.log").write_text(CMAKE)

    def check(self, *words):
        """Run the command; returns the CompletedProcess."""
        return subprocess.run([COCONUT, "port-check", *words], cwd=self.place, capture_output=True, text=True,
                              timeout=LIMIT, check=False)

    def rows(self, *files, status=1):
        """Return {name: state} of the JSON answer."""
        done = self.check("--json", *files)
        self.assertEqual((done.returncode, done.stderr), (status, ""))
        return {row["name"]: row["state"] for row in json.loads(done.stdout)}

    def test_object(self):
        found = self.rows("program.o")
        self.assertEqual({name: found.get(name) for name in ("epoll_create", "dlopen", "isatty", "other", "printf")},
                         {"epoll_create": "missing", "dlopen": "fails", "isatty": "differs", "other": "missing",
                          "printf": None})
        self.assertNotIn("pthread_rwlock_init", found)

    def test_files_together(self):
        for files in (["program.o", "other.o"], ["libboth.a"]):
            with self.subTest(files):
                self.assertNotIn("other", self.rows(*files))
        self.assertEqual(self.rows("other.o", status=0), {})

    def test_text(self):
        done = self.check("program.o", "other.o")
        self.assertEqual(done.returncode, 1)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "missing  epoll_create (program.o)")
        self.assertIn("fails    dlopen: Programs are static; ", done.stdout)
        self.assertNotIn("isatty", done.stdout)
        self.assertIn("differs  isatty: ", self.check("--notes", "program.o").stdout)
        self.assertRegex(lines[-1], r"^\d+ interfaces: \d+ there, \d+ differs, \d+ partly, 1 fails, 1 missing$")

    def test_program_of_linux(self):
        found = self.rows("program.so")
        self.assertEqual(found["epoll_create"], "missing")
        self.assertEqual({found.get(name, "there") for name in ("__errno_location", "read")}, {"there"})
        self.assertEqual(found["__isoc99_scanf"], "differs", "by the ledger's row on scanf")
        self.assertNotEqual(found.get("__printf_chk"), "missing")

    def test_macros_of_linux(self):
        needed = subprocess.run(["llvm-nm-19", "-u", "macros.o"], cwd=self.place, capture_output=True, text=True,
                                check=True).stdout.split()
        self.assertLessEqual({"__assert_fail", "stdin", "stdout", "stderr"}, set(needed))
        for file in ("macros.o", "macros.so"):
            with self.subTest(file):
                found = self.rows(file, status=0)
                self.assertEqual({name for name in found if name.startswith(("__assert", "std"))}, set())
        self.assertIn("0 missing", self.check("macros.o").stdout)

    def test_logs(self):
        found = self.rows("configure.log")
        self.assertEqual({name for name, state in found.items() if state == "missing"},
                         {"sys/epoll.h", "epoll_create"})
        found = self.rows("cmake.log")
        self.assertEqual({name for name, state in found.items() if state == "missing"},
                         {"sys/msg.h", "sys/timerfd.h", "timerfd_create", "linux/types.h", "inotify_init1",
                          "signalfd", "eventfd"})

    def test_everything_of_the_library_is_there(self):
        exported = [line for line in (Path(__file__).parents[3] / "libc-port/expected/exported.txt")
                    .read_text().splitlines() if not line.startswith("#")]
        (self.place / "all.log").write_text("".join(f"undefined symbol: {name}\n" for name in exported))
        missing = {name for name, state in self.rows("all.log").items() if state == "missing"}
        self.assertEqual(missing, set())

    def test_refusals(self):
        (self.place / "letter").write_text("Dear reader,\n")
        (self.place / "cut.a").write_bytes((self.place / "libboth.a").read_bytes()[:-100])
        for name, part in (("letter", "looks like the log"), ("nothing", "No such file"),
                           ("static", "is linked statically"), ("cut.a", "cut off")):
            with self.subTest(name):
                done = self.check(name)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertEqual(done.stderr.count("\n"), 1)
                self.assertIn(part, done.stderr)
        self.assertEqual(self.check().returncode, 2)

    def test_damaged_files(self):
        whole = (self.place / "libboth.a").read_bytes()
        chance = random.Random(7)
        for _ in range(12):
            data = bytearray(whole[:chance.randrange(9, len(whole) + 1)])
            for _ in range(chance.randrange(1, 9)):
                data[chance.randrange(8, len(data))] = chance.randrange(256)
            (self.place / "damaged.a").write_bytes(data)
            done = self.check("damaged.a")
            self.assertIn(done.returncode, (0, 1))
            self.assertNotIn("Traceback", done.stderr)
            self.assertLessEqual(done.stderr.count("\n"), 1)


class Data(unittest.TestCase):
    """The installed data."""

    def test_ledger(self):
        data = json.loads((SDK / "share/coconut/interfaces.json").read_text())
        self.assertIn("dlopen", [pattern for pattern, _ in data["absent"]])
        self.assertIn("exec*", [pattern for pattern, _ in data["otherwise"]])
        self.assertIn("sys/msg.h", data["headers"])
        self.assertIn("shm_open", data["partly"])
