# SPDX-License-Identifier: MIT
"""Runs host programs (cmake, ninja, ctest) with their output in a log."""

import os
import re
import shutil
import subprocess
import sys

from coconut_cli import places, processes
from coconut_cli.fault import STATUS_FAILED, Fault, reason

TAIL_LINES, TAIL_WIDTH = 25, 200
#: Lines of a build worth showing where lines cannot be overwritten: steps, fetching, third-party builds.
_STEP = re.compile(r"\[\d+/\d+\] |(fetch|build) |  [a-z]")


def log_path(name):
    """Return the path of a log below build/logs, whose folder exists then."""
    os.makedirs(places.LOGS, exist_ok=True)
    return os.path.join(places.LOGS, f"{name}.log")


def shown(path):
    """Return a path as the user would type it: relative where that is shorter."""
    relative = os.path.relpath(path)
    return relative if len(relative) < len(path) else path


class Progress:
    """Shows the lines of a build: one changing line on a terminal, else the lines of the steps."""

    def __init__(self, stream=None):
        self._stream = stream or sys.stdout
        self._tty = self._stream.isatty()
        self._drawn = False

    def __call__(self, line):
        text = line.rstrip()
        if self._tty:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r\x1b[K{text[:width]}")
            self._drawn = True
        elif _STEP.match(text) and len(text) < 200:
            self._stream.write(f"{text}\n")
        self._stream.flush()

    def done(self):
        """Remove the changing line."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def run(words, log, show=None, env=None, cwd=None):
    """Run a program with output and errors appended to the open binary file `log`.

    show: called with each line (str) as it comes. Returns the exit status; the program and all that it started are
    stopped if this process is.
    """
    log.write(f"\n== {' '.join(map(str, words))}\n".encode())
    log.flush()
    try:
        process = processes.start(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd, env={**os.environ, **(env or {})})
    except OSError as error:
        raise Fault(f"cannot start {words[0]}: {reason(error)}; see 'coconut doctor'") from error
    try:
        for line in process.stdout:
            log.write(line)
            if show is not None:
                show(line.decode("utf-8", "replace"))
        return process.wait()
    except BaseException:
        processes.stop(process)
        raise
    finally:
        process.stdout.close()
        log.flush()


def tail(path, lines=TAIL_LINES):
    """Return the last lines of a log, cut to a readable width."""
    with open(path, encoding="utf-8", errors="replace") as stream:
        last = [line.rstrip("\n") for line in stream.readlines()[-lines:]]
    return "".join((line if len(line) <= TAIL_WIDTH else line[:TAIL_WIDTH] + " ...") + "\n"
                   for line in last)


def must(words, name, log, what, show=None, env=None):
    """Run a program as run() does; on failure print the log's end and raise Fault."""
    status = run(words, log, show, env, cwd=places.SOURCE)
    if isinstance(show, Progress):
        show.done()
    if status != 0:
        path = os.path.join(places.LOGS, f"{name}.log")
        sys.stderr.write(tail(path))
        raise Fault(f"{what} failed with status {status}; log: {shown(path)}", STATUS_FAILED)
