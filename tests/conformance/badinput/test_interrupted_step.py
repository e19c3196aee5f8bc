# SPDX-License-Identifier: MIT
"""A signal that ends the command just before one of its steps, for step after step, so that none is met by chance only.

A step is a line of the command's program. Usually those of the modules that make files and start processes are tried, when
they are run for the first time, but for what a module does while it is loaded, with one signal each; with COCONUT_STEPS=all
those of all modules, also when they are run for the last time, with both signals each.
"""

import fcntl
import os
import pty
import re
import signal
import subprocess
import termios
import unittest

from matrix import Case, Place
from world import environment

ALL = os.environ.get("COCONUT_STEPS") == "all"
SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: The modules whose steps count: between making a thing and the note of it nothing may be lost.
MODULES = ("boot", "bringback", "files", "guestfiles", "hostports", "image", "keeper", "machine", "manifest", "new", "pack",
           "session")
#: The same of a run at a terminal, which takes it over and puts it back.
AT_TERMINAL = ("hostterminal", "session", "wakepipe")
#: Uses that write files and start machines, each in another way. The words of a use with options of its own come first.
USES = (["image", "--output", "made/in/it", "recipe.json"], ["new", "c-service", "words"], ["pack", "made.pkit", "/a=exit"],
        ["manifest", "compile", "--output", ".", "one.json"],
        ["run", "--dir", "recipes:/here", "--port", "u=unix:socket", "--port", "k=keep:made", "--no-cwd", "back"])
MORE = (["boot", "exit.pkit"], ["trace", "--no-cwd", "--output", "out", "exit", "0"], ["man", "--output", "made"],
        ["interface", "compile", "--output", "made", "sample.interface.json"], ["meson", "--output", "out"],
        ["run", "--backtrace", "--dir", ".:/here:ro", "exit", "0"], ["symbolize", "code.o", "0"], ["doctor", "--json"],
        ["debug", "--server", "PORT", "--no-cwd", "exit", "0"], ["build", "project"], ["test", "project"],
        *(["port", "--recipes", "recipes", "--prefix", "made", name] for name in ("one", "whole")), ["docs"], ["port-check", "code.o"])
#: What a use may have said before it was interrupted: how to connect; that the port cannot be installed; or something that is
#: not the command's own.
SAID = {"debug": r"coconut: waits for gdb .*|  \S.*", "build": r"(?!coconut: ).*", "test": r"(?!coconut: ).*",
        "port": r"(?!coconut: ).*|coconut: port: one: install failed .*"}
#: Runs the command with a signal before a step (STEP=module:line:how often it ran), or lists all steps (LIST=file).
PROGRAM = """
import os, sys
home, step, listing = sys.argv[1], os.environ.pop("STEP", ""), os.environ.pop("LIST", "")
loading = os.environ.pop("LOADING") == "yes"
number, seen = int(os.environ.pop("SIGNAL", "0")), {}

def trace(frame, event, _):
    path = frame.f_code.co_filename
    if not path.startswith(home) or path.endswith("/interrupt.py") or loading < (frame.f_code.co_name == "<module>"):
        return None
    if event == "line":
        key = f"{path[len(home) + 1:-3]}:{frame.f_lineno}"
        seen[key] = seen.get(key, 0) + 1
        if f"{key}:{seen[key]}" == step:
            os.kill(os.getpid(), number)
    return trace

sys.argv = [f"{home}/coconut.py", *sys.argv[2:]]
sys.path.insert(0, home)
with open(sys.argv[0]) as stream:
    program = compile(stream.read(), sys.argv[0], "exec")
sys.settrace(trace)
try:
    exec(program, {"__name__": "__main__", "__file__": sys.argv[0]})
finally:
    sys.settrace(None)
    if listing:
        with open(listing, "w") as stream:
            stream.writelines(f"{key}:{count}\\n" for key, last in seen.items() for count in ({1, last} if loading else {1}))
"""


class InterruptedStep(Case):
    """Each use ends as a whole or not at all, wherever the signal comes."""

    def start(self, place, words, terminal=None, **more):
        """terminal: a descriptor of the one that it is started at, if any."""
        words = [place.port if word == "PORT" else word for word in words]
        env = {**environment(place.temporary, str(place.folder)), "LOADING": "yes" if ALL else "no", **more.pop("env")}
        home = Case.below / "sdk" / "lib" / "coconut"
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
        if terminal is not None:
            streams = {"stdin": terminal, "stdout": terminal, "start_new_session": True,
                       "preexec_fn": lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)}
        # The shell script of the command starts Python with SIGINT blocked, too.
        return subprocess.Popen(["env", "--block-signal=INT", "/usr/bin/python3", "-BISc", PROGRAM, home, *words], cwd=place.work,
                                env=env, stderr=subprocess.PIPE, **streams)

    def steps(self, words):
        """The steps of a use, its status, and what it makes."""
        place, listing = Place(self.below), Case.below / "steps"
        status, errors = self.finish(place, self.start(place, words, env={"LIST": str(listing)}))
        self.assertIn(status, (0, 1), errors)
        return listing.read_text().split(), status, self.made(place)

    @staticmethod
    def made(place):
        """What a use has made, but the folders that builds go on in."""
        return [path for path in place.new() if os.path.basename(path) not in ("build", "coconut-ports")]

    def interrupted(self, words, step, signum, ends, made):
        """Interrupt a use before a step; look at its status, at what it says and at what it leaves."""
        place = Place(self.below)
        status, errors = self.finish(place, self.start(place, words, env={"STEP": step, "SIGNAL": str(int(signum))}))
        assert "Traceback" not in errors and "Exception" not in errors, errors
        if status != ends:
            own = [line for line in errors.splitlines() if not re.fullmatch(SAID.get(words[0], ""), line)]
            assert status in (128 + signum, -signum) and not own, f"status {status}: {errors}"
        # Of the files of a directory that the program changed each is whole.
        left = self.made(place)
        assert set(left) <= set(made) if "back" in words else left in ([], made), f"left {left} of {made}"

    def test_each_step(self):
        cases = []
        for words in USES + (MORE if ALL else ()):
            steps, status, made = self.steps(words)
            wanted = [step for step in steps if ALL or step.split(":")[0].removeprefix("coconut_cli/") in MODULES]
            self.assertGreater(len(wanted), 20, words)
            cases += [(f"{' '.join(words)}: {signum.name} at {step}", words, step, signum, status, made)
                      for number, step in enumerate(wanted) for signum in (SIGNALS if ALL else (SIGNALS[number % 2],))]
        self.each(cases, self.interrupted)

    def at_terminal(self, signum, **env):
        """A run at a terminal, interrupted or not: the terminal is as it was."""
        master, slave = pty.openpty()
        try:
            modes, place = termios.tcgetattr(slave), Place(self.below)
            status, errors = self.finish(place, self.start(place, ["run", "--no-cwd", "exit", "0"], slave, env=env))
            assert status in (0, 128 + signum) and not errors, f"status {status}: {errors}"
            assert termios.tcgetattr(slave) == modes, "the terminal is not as it was"
        finally:
            os.close(master)
            os.close(slave)

    def test_each_step_at_a_terminal(self):
        listing = Case.below / "steps"
        self.at_terminal(0, LIST=str(listing))
        steps = [step for step in listing.read_text().split() if step.split(":")[0].removeprefix("coconut_cli/") in AT_TERMINAL]
        self.assertIn("hostterminal", " ".join(steps))
        self.each(((f"{signum.name} at {step}", step, signum) for number, step in enumerate(steps)
                   for signum in (SIGNALS if ALL else (SIGNALS[number % 2],))),
                  lambda step, signum: self.at_terminal(signum, STEP=step, SIGNAL=str(int(signum))))


if __name__ == "__main__":
    unittest.main()
