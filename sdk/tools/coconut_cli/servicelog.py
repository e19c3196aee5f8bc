# SPDX-License-Identifier: MIT
"""Reads what init and services wrote to the kernel log of a machine."""

import re

from coconut_cli.fault import Fault, reason

_INIT = re.compile(r"\[init\] service ([a-z][a-z0-9-]*): (.*)\Z")
_RUNNING = re.compile(r"running, process (\d+), start (\d+)\Z")
_ENDED = re.compile(r"ended, reason (\d+), code (\d+)\Z")
_CRASH = re.compile(r"\[[^][]+\] process \d+( thread \d+: .* at rip |: no memory for the page at )")
_REASONS = {"0": "code {}", "1": "exception {}", "2": "signal {}", "3": "no memory"}


class Service:
    """The last that is known of a service."""

    def __init__(self, name):
        self.name, self.state, self.process, self.starts, self.end = name, "unknown", "-", "0", "-"

    def take(self, text):
        """One line of init about it."""
        running, ended = _RUNNING.match(text), _ENDED.match(text)
        if running:
            self.state, self.process, self.starts = "running", running.group(1), running.group(2)
        elif ended:
            self.state, self.process = "ended", "-"
            self.end = _REASONS.get(ended.group(1), "reason " + ended.group(1)).format(
                ended.group(2))
        elif text.startswith(("given up", "cannot start")):
            self.state, self.process = "given up", "-"
        elif text.startswith("stopped"):
            self.state, self.process = "stopped", "-"


def lines(path):
    """The lines of a kernel log, without what a terminal would take for commands."""
    try:
        with open(path, "rb") as stream:
            text = stream.read().decode("utf-8", "replace")
    except OSError as error:
        raise Fault(f"cannot read {path}: {reason(error)}; 'coconut boot --kernel-log' writes it"
                    ) from error
    for line in text.replace("\r\n", "\n").split("\n"):
        if line:
            yield "".join(char if char.isprintable() or char == "\t" else "?" for char in line)


def states(path):
    """The services of a log by name, in the order in which init first spoke of them."""
    found = {}
    for line in lines(path):
        match = _INIT.match(line)
        if match:
            found.setdefault(match.group(1), Service(match.group(1))).take(match.group(2))
    return list(found.values())


def crashes(path, start="["):
    """The reports on processes that ended badly: first lines that begin with `start`, and what is indented behind."""
    inside = False
    for line in lines(path):
        inside = (bool(_CRASH.match(line)) and line.startswith(start)) or (inside and line.startswith("  "))
        if inside:
            yield line


def of_program(path, name):
    """The lines that concern a program: its own, and those of the kernel about its policy."""
    for line in lines(path):
        if line.startswith(f"[{name}] ") or f"policy: {name} (process " in line:
            yield line
