# SPDX-License-Identifier: MIT
"""`coconut port --prefix`: what an installation that fails, is interrupted or killed leaves of a prefix that others use."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from matrix import LIMIT, Case, Place
from world import TOP

STAGED = ".coconut-install"
KINDS = ("", "-prefix")  #: of Makefiles: those that know DESTDIR, and those that do not
#: Installs with the process killed before each step in turn, and once more while the next process undoes that; then with each
#: renaming failing. A line for each that leaves something else than before or after.
STEPS = """
import errno, os, shutil, signal, sys
from pathlib import Path
sys.path[:0] = [os.environ["PORTS"]]
from staging import Staging

PREFIX = Path("made").resolve()

def found():
    return {str(path.relative_to(PREFIX)): os.readlink(path) if path.is_symlink() else path.is_file() and path.read_bytes()
            for path in PREFIX.rglob("*")}

def write(top, files):
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):
            (top / name).symlink_to(text[3:])
        else:
            (top / name).write_text(text)

def renew():
    shutil.rmtree(PREFIX, ignore_errors=True)
    write(PREFIX, {"lib/one": "theirs", "lib/deep/two": "theirs", "share/three": "theirs", "link": "-> lib"})

def act():
    with Staging(PREFIX) as staging:
        write(staging.root / PREFIX.relative_to("/"), {"lib/one": f"at {staging.root}{PREFIX}", "lib/four": "4", "lib/deep/two": "2",
              "new/folder/five": "5", "link": f"-> {staging.root}{PREFIX}/new", "away": "-> nowhere"})
        staging.move()

def undo():
    with Staging(PREFIX):
        pass

def killed(act, number):
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1] != 0
    left = [number]
    def trace(frame, event, _):
        if not frame.f_code.co_filename.endswith("staging.py"):
            return None
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    sys.settrace(trace)
    act()
    os._exit(0)

renew()
before = found()
act()
after = found()
assert after["lib/one"] == f"at {PREFIX}".encode() and after["link"] == f"{PREFIX}/new", after
states, number, renamings = [0, 0], 1, [0]
while True:
    renew()
    going = killed(act, number)
    if going:
        killed(undo, number * 7 % 50 + 1)
    undo()
    if found() not in (before, after):
        print(f"step {number}: {found()}")
    states[found() == after] += 1
    if not going:
        break
    number += 1
rename = os.rename
def failing(*words):
    renamings[0] -= 1
    if renamings[0] == 0:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    rename(*words)
os.rename, number = failing, 0
while True:
    renew()
    number += 1
    renamings[0] = number
    try:
        act()
        break
    except OSError as error:
        if error.errno != errno.ENOSPC or found() != before:
            print(f"renaming {number}: {error}, {found()}")
print(*states, number)
"""


def files(prefix):
    """What is in a prefix: {path: None for a folder, the target of a link, the bytes of a file}."""
    return {str(path.relative_to(prefix)): os.readlink(path) if path.is_symlink() else None if path.is_dir() else path.read_bytes()
            for path in prefix.rglob("*") if STAGED not in path.parts}


class PortPrefix(Case):
    """A library that installs one file, takes its time, and installs another; and one that fails in between."""

    @staticmethod
    def words(name):
        return ["port", "--recipes", "recipes", "--prefix", "made", name]

    def place(self, others):
        """A place for uses; others: a port is in the prefix already."""
        place = Place(self.below)
        if others:
            status, errors = self.finish(place, self.start(place, self.words("whole")))
            assert status == 0, errors
        return place, place.work / "made", files(place.work / "made") if others else None

    def begin(self, place, name):
        """Start an installation; returns the process when the first file has been installed."""
        process = self.start(place, self.words(name), start_new_session=True)
        deadline = time.monotonic() + LIMIT
        while not list((place.work / "made" / STAGED).glob("new/**/one")):
            assert process.poll() is None and time.monotonic() < deadline, "installs nothing"
            time.sleep(0.01)
        return process

    def unchanged(self, prefix, before):
        """The prefix is as it was; if it was not there, it is not."""
        if before is None:
            assert not os.path.lexists(prefix), f"left {files(prefix)}"
        else:
            assert files(prefix) == before, f"{files(prefix)}, was {before}"
            assert not (prefix / STAGED).exists(), f"left {STAGED}"

    def test_installs(self):
        def judge(kind):
            place, prefix, _ = self.place(False)
            status, errors = self.finish(place, self.start(place, self.words("whole" + kind)))
            assert status == 0, errors
            assert files(prefix) == {"lib": None, "lib/deep": None, "lib/deep/two": b"two\n", "link": f"{prefix}/lib/one",
                                     "lib/one": f"prefix={prefix}\n".encode()}, files(prefix)
            assert not (prefix / STAGED).exists()
        self.each(((f"whole{kind}", kind) for kind in KINDS), judge)

    def test_interrupted(self):
        def judge(kind, others, signum):
            place, prefix, before = self.place(others)
            process = self.begin(place, "half" + kind)
            assert files(prefix) == (before or {}), f"shows {files(prefix)}"
            process.send_signal(signum)
            status, _ = self.finish(place, process)
            assert status == 128 + signum, f"status {status}"
            self.unchanged(prefix, before)
        self.each(((f"half{kind} {'beside others' if others else 'alone'}: {signum.name}", kind, others, signum) for kind in KINDS
                   for others in (False, True) for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)), judge)

    def test_interrupted_while_one_still_writes(self):
        def judge(kind, signum):
            place, prefix, before = self.place(True)
            process = self.begin(place, "late" + kind)
            process.send_signal(signum)
            status, _ = self.finish(place, process)
            assert status == 128 + signum, f"status {status}"
            self.unchanged(prefix, before)
        self.each(((f"late{kind}: {signum.name}", kind, signum) for kind in KINDS for signum in (signal.SIGINT, signal.SIGTERM)), judge)

    def test_fails(self):
        def judge(kind, others):
            place, prefix, before = self.place(others)
            status, errors = self.finish(place, self.start(place, self.words("fails" + kind)))
            assert status == 1, f"status {status}: {errors}"
            self.one_line(errors, f"fails{kind}: install failed with status 2; see ")
            self.unchanged(prefix, before)
        self.each(((f"fails{kind} {'beside others' if others else 'alone'}", kind, others) for kind in KINDS
                   for others in (False, True)), judge)

    def test_killed_then_installed(self):
        place, prefix, before = self.place(True)
        process = self.begin(place, "half")
        place.kill()
        self.finish(place, process)
        self.assertTrue((prefix / STAGED).exists())
        self.assertEqual(files(prefix), before)
        status, errors = self.finish(place, self.start(place, self.words("whole")))
        self.assertEqual(status, 0, errors)
        self.unchanged(prefix, before)

    def test_one_after_the_other(self):
        place, prefix, _ = self.place(False)
        first = self.begin(place, "half")
        second = self.start(place, [*self.words("whole"), "--build", "build"])
        time.sleep(1)
        self.assertIsNone(second.poll())
        first.send_signal(signal.SIGINT)
        status, errors = self.finish(place, second)
        self.assertEqual((status, first.wait(LIMIT)), (0, 130), errors)
        first.stdout.close()
        first.stderr.close()
        self.assertEqual(files(prefix)["lib/deep/two"], b"two\n")

    def test_something_else_in_the_way(self):
        def judge(name, make, text):
            place, prefix, _ = self.place(False)
            (prefix / name).parent.mkdir(parents=True)
            make(prefix / name)
            before = files(prefix)
            status, errors = self.finish(place, self.start(place, self.words("whole")))
            assert status == 1, f"status {status}: {errors}"
            self.one_line(errors, f"{prefix / name} is a {text}")
            self.unchanged(prefix, before)
        self.each([("a folder", "lib/one", Path.mkdir, "folder"), ("a file", "lib", Path.touch, "file")], judge)

    def test_damaged_record(self):
        def judge(record):
            place, prefix, _ = self.place(False)
            (prefix / STAGED).mkdir(parents=True)
            (prefix / STAGED / "record").write_text(record)
            (place.work / "outside").write_text("")
            status, errors = self.finish(place, self.start(place, self.words("whole")))
            assert status == 1, f"status {status}: {errors}"
            self.one_line(errors, f"{prefix / STAGED / 'record'} is damaged")
            assert (place.work / "outside").exists() and not files(prefix)
        self.each(((record, record) for record in (
            "", "{", "[]", '{"tree": "new", "folders": [], "old": []}', '{"tree": "new", "folders": [], "old": [], "new": [5]}',
            '{"tree": "new", "folders": [], "old": [], "new": ["../outside"]}',
            '{"tree": "new", "folders": [], "old": [], "new": ["/outside"]}')), judge)

    def test_killed_at_each_step(self):
        place = Place(self.below)
        done = subprocess.run([sys.executable, "-BISc", STEPS], cwd=place.temporary, text=True, capture_output=True, check=False,
                              env={"PORTS": str(TOP / "tests/conformance/ports")}, timeout=4 * LIMIT)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        undone, complete, renamings = map(int, done.stdout.split())
        self.assertTrue(undone > 50 and complete > 1 and renamings > 5, done.stdout)
