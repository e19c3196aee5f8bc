# SPDX-License-Identifier: MIT
"""Ctrl-C, and a request to end, at any moment: nothing is said, nothing is left, the status tells."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from matrix import LIMIT, Case, Place
from world import TOP

INTERRUPTED = 128 + signal.SIGINT
#: Seconds from the start of a command to Ctrl-C: while Python starts, while it works, when the machine runs.
MOMENTS = (0.004, 0.03, 0.06, 0.12, 0.4)
#: Commands that load modules when they need them, make files, or start processes; each ends by itself.
BUSY = (["image", "--output", "made", "recipe.json"], ["interface", "compile", "--output", "made", "sample.interface.json"],
        ["trace", "--no-cwd", "--output", "out", "exit", "0"], ["new", "test", "words"], ["symbolize", "code.o", "0"],
        ["run", "--backtrace", "--dir", ".:/here:ro", "exit", "0"], ["doctor", "--json"])
#: So many moments of each, spread over the time that it takes.
SPREAD = 12
#: What a program says that is interrupted while it loads a module, destroys an object, makes and removes a folder.
WAITS = """
import os, shutil, signal, sys, tempfile, time
sys.path[:0] = [os.environ["TOOLS"], os.getcwd()]
from coconut_cli import interrupt

class Object:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        self.done = sum(range(100))

def meet(act):
    interrupt.catch((signal.SIGINT, signal.SIGTERM), lambda signum: KeyboardInterrupt())
    try:
        act()
        time.sleep(10)
    except KeyboardInterrupt:
        return
    sys.exit("lost")

def load():
    import slow

def folder():
    mkdir, made = os.mkdir, []
    def signalled(*words):
        mkdir(*words)
        os.kill(os.getpid(), signal.SIGINT)
    os.mkdir = signalled
    try:
        made.append(tempfile.mkdtemp(dir="."))
        made.append(sum(range(100)))
        time.sleep(10)
    finally:
        os.mkdir = mkdir
        shutil.rmtree(made[0])

meet(load)
assert sys.modules["slow"].DONE
meet(lambda: Object() and None)
meet(folder)
"""


class Interrupt(Case):
    """Each use ends as a whole or not at all."""

    def interrupted(self, words, moment, writes=(), signum=signal.SIGINT, ends=(0,)):
        """Interrupt one use, whose status without that is one of `ends`; look at what it says and leaves."""
        place = Place(self.below)
        process = self.start(place, words, start_new_session=True)
        time.sleep(moment)
        if signum == signal.SIGINT:
            os.killpg(process.pid, signum)  # as a terminal does
        else:
            process.send_signal(signum)
        status, errors = self.finish(place, process)
        assert "Traceback" not in errors and "Exception" not in errors, errors
        if status in ends:
            return
        # -signum: the shell, before there is Python. What CMake says of its own end is CMake's.
        assert status in (128 + signum, -signum), f"status {status}: {errors}"
        assert not errors or {"project", "long", "--server", "port"} & {*words}, errors
        # What it makes is there as a whole, or not at all.
        half = [path for path in place.new() if Path(path).name.startswith(".coconut")]
        assert not half, f"left {half}"
        whole = [path for path in writes if (place.work / path).is_file() and not (place.work / path).stat().st_size]
        assert not whole, f"left empty {whole}"

    def test_while_it_starts(self):
        self.each(((f"after {moment} ms", ["version"], moment / 1000) for moment in range(0, 60, 2)), self.interrupted)

    def test_every_command(self):
        cases = [(f"{name} after {moment} s", row.words, moment, row.writes, signal.SIGINT,
                  row.status if isinstance(row.status, tuple) else (0, row.status)) for name, row in self.rows() if not row.alone
                 for moment in MOMENTS[:2]]
        cases += [(f"{' '.join(row.long)}: {signum.name} after {moment} s", row.long, moment, (), signum, ())
                  for _, row in self.rows("long") for moment in MOMENTS for signum in (signal.SIGINT, signal.SIGTERM)]
        self.each(cases, self.interrupted)

    def test_many_moments(self):
        cases = []
        for words in BUSY:
            begin = time.monotonic()
            _, status, errors = self.use(words)
            took = time.monotonic() - begin
            self.assertIn(status, (0, 1), errors)
            cases += [(f"{' '.join(words)}: {signum.name} after {took * step / SPREAD:.4f} s", words, took * step / SPREAD, (),
                       signum, (0, status)) for step in range(SPREAD) for signum in ((signal.SIGINT, signal.SIGTERM)[step % 2],)]
        self.each(cases, self.interrupted)

    def test_waits_where_it_would_be_lost(self):
        place = Place(self.below)
        (place.work / "slow.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"
                                            "DONE = sum(range(100)) == 4950\n")
        done = subprocess.run([sys.executable, "-BISc", WAITS], cwd=place.work, capture_output=True, text=True, check=False,
                              env={"TOOLS": str(TOP / "sdk" / "tools")}, timeout=LIMIT)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(place.new(), ["work/slow.py"])

    def test_hangup_stays_ignored(self):
        place = Place(self.below)
        process = self.start(place, ["run", "--no-cwd", "--timeout", "1", "hang"],
                             preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        time.sleep(0.5)
        process.send_signal(signal.SIGHUP)
        status, errors = self.finish(place, process)
        self.assertEqual(status, 124, errors)
