# SPDX-License-Identifier: MIT
"""Runs the commands of a build with all output in a log file and progress on standard error."""

import subprocess
import sys


class BuildError(Exception):
    """One line saying what failed, and where to read more."""


class Log:
    """A log file; kept when a build fails."""

    def __init__(self, path):
        self.path = path
        path.write_text("", encoding="utf-8")

    def remove(self):
        """The build succeeded: nobody will ask."""
        self.path.unlink(missing_ok=True)

    def run(self, command, what, cwd, env, lines):
        """Run a command; lines is the expected number of output lines, 0 when unknown."""
        progress = _Progress(what, lines)
        with open(self.path, "a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(str(part) for part in command)}\n")
            log.flush()
            try:
                process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                           text=True, errors="replace")
            except OSError as error:
                raise BuildError(f"{command[0]}: {error.strerror}; is it installed?") from error
            with process:
                try:
                    for line in process.stdout:
                        log.write(line)
                        progress.step()
                except BaseException:
                    process.kill()
                    raise
            progress.end()
        if process.returncode != 0:
            raise BuildError(f"step '{what}' failed with status {process.returncode}; "
                             f"see {self.path}")


class _Progress:
    """A changing percentage on a terminal, quarters otherwise."""

    def __init__(self, what, lines):
        self._what, self._lines, self._count, self._shown = what, lines, 0, -1
        self._tty = sys.stderr.isatty()
        if not self._tty:
            print(f"  {what}", file=sys.stderr, flush=True)

    def step(self):
        self._count += 1
        if not self._lines:
            return
        percent = min(99, 100 * self._count // self._lines)
        unit = percent if self._tty else percent // 25
        if unit == self._shown:
            return
        self._shown = unit
        if self._tty:
            print(f"\r  {self._what}: {percent} %", end="", file=sys.stderr, flush=True)
        elif unit > 0:
            print(f"  {self._what}: {25 * unit} %", file=sys.stderr, flush=True)

    def end(self):
        if self._tty:
            print(f"\r  {self._what}: 100 %", file=sys.stderr, flush=True)
