# SPDX-License-Identifier: MIT
"""`coconut run NAME`: a program of the SDK that serves the host, as a description says how to run it.

A description is JSON:
    run         1
    text        what it is, in a few words
    program     path beside the description
    arguments   of the program
    ports       {name: TCP port}: the program's /dev/ports/NAME; --port NUMBER moves all of them by as much
    state       directory in the guest that --state keeps on the host (optional)
    keep        {"port": NAME, "arguments": [...]}: with --state the program gets these arguments, too, and what it keeps
                comes to the host as it changes, through /dev/ports/NAME: keeper.py (optional)
    ready       the line of standard output behind which `say` is printed
    say         lines for who started it; {NAME} stands for the port of that name
"""

import os
import signal
import sys

from coconut_cli import ending, hostports, keeper, places
from coconut_cli.fault import STATUS_SIGNAL, STATUS_USAGE, Fault, reason
from coconut_cli.run import BACK
from coconut_manifest import jsonpos

KEYS = {"run": int, "text": str, "program": str, "arguments": list, "ports": dict, "state": str, "keep": dict,
        "ready": str, "say": list}
OPTIONAL = ("state", "keep")
LAST_PORT = 65535


def _folder():
    return os.path.join(places.SDK, "share", "coconut", "run")


def names():
    """Return the names of the descriptions of the SDK."""
    try:
        files = os.listdir(_folder())
    except FileNotFoundError:
        return []
    return sorted(name.removesuffix(".json") for name in files if name.endswith(".json"))


def find(word):
    """Return the path of the description that a word of the command line means, or None: it is a program's."""
    if word.endswith(".run.json"):
        return word
    path = os.path.join(_folder(), f"{word}.json")
    return path if "/" not in word and not os.path.exists(word) and os.path.isfile(path) else None


def _has_nul(value):
    """Whether there is a NUL in a text of a document."""
    if isinstance(value, dict):
        return any(_has_nul(name) or _has_nul(one) for name, one in value.items())
    return any(_has_nul(one) for one in value) if isinstance(value, list) else isinstance(value, str) and "\0" in value


def _load(path):
    """Return what a description holds; Fault where it is wrong."""
    try:
        with open(path, "rb") as stream:
            found = jsonpos.parse(stream.read(jsonpos.SIZE_MAX + 1)).plain()
    except OSError as error:
        raise Fault(f"cannot read {path}: {reason(error)}") from error
    except jsonpos.Problem as problem:
        raise Fault(f"{path}:{problem.line}: {problem}") from None
    if _has_nul(found):
        raise Fault(f"{path}: a NUL byte cannot be passed on")
    if not isinstance(found, dict) or found.get("run") != 1:
        raise Fault(f"{path}: is no description of a run: \"run\": 1 is missing")
    for key, value in found.items():
        if not isinstance(value, KEYS.get(key, ())):
            raise Fault(f"{path}: '{key}' is unknown or of the wrong type")
    missing = [key for key in KEYS if key not in found and key not in OPTIONAL]
    if missing:
        raise Fault(f"{path}: '{missing[0]}' is missing")
    for name, number in found["ports"].items():
        if not hostports.NAME.fullmatch(name) or not isinstance(number, int) or not 0 < number <= LAST_PORT:
            raise Fault(f"{path}: ports: '{name}' is not NAME: 1 to {LAST_PORT}")
    if not all(isinstance(text, str) for text in (*found["arguments"], *found["say"])):
        raise Fault(f"{path}: 'arguments' and 'say' are lists of strings")
    if "state" in found and not found["state"].startswith("/"):
        raise Fault(f"{path}: 'state' is not an absolute path")
    if "keep" in found:
        _check_keep(path, found)
    return found


def _check_keep(path, found):
    keep = found["keep"]
    words = keep.get("arguments")
    if (set(keep) != {"port", "arguments"} or not isinstance(keep["port"], str) or not hostports.NAME.fullmatch(keep["port"])
            or not isinstance(words, list) or not all(isinstance(word, str) for word in words)):
        raise Fault(f"{path}: 'keep' is not {{\"port\": NAME, \"arguments\": [...]}}")
    if "state" not in found:
        raise Fault(f"{path}: 'keep' is for what has a 'state'")


def _ports(found, given):
    """Return the hostports.Port list: the description's, where --port does not say it otherwise."""
    moved = [port.place for port in given if not port.name]
    if len(moved) > 1:
        raise Fault("--port: one number is enough: the first port's, others follow it", STATUS_USAGE)
    first = next(iter(found["ports"].values()), 0)
    by = moved[0] - first if moved else 0
    own = {port.name: port for port in given if port.name}
    result = []
    for name, number in found["ports"].items():
        if not 0 < number + by <= LAST_PORT:
            raise Fault(f"--port {moved[0]}: the port of {name} would be {number + by}; the highest is {LAST_PORT}",
                        STATUS_USAGE)
        result.append(own.pop(name, None) or hostports.Port(name, "tcp", number + by))
    return result + list(own.values())


class Named:
    """One description, with the options of this run applied. values and command: what to run as `coconut run` does;
    state: the folder of the host that keeps what the program keeps, or None; kept: it does so as it changes."""

    def __init__(self, path, values):
        self.found = _load(path)
        program = os.path.join(os.path.dirname(os.path.abspath(path)), self.found["program"])
        self.command = [program, *self.found["arguments"]]
        self.ports = _ports(self.found, values["port"])
        self.values = dict(values, no_cwd=True, port=self.ports)
        self.state, self.kept = values["state"], False
        guest = self.found.get("state")
        if guest is None and self.state is not None:
            raise Fault(f"--state: {path} keeps no state", STATUS_USAGE)
        if self.state is not None:
            self._lock = keeper.take(f"--state {self.state}", self.state)
            self.kept = "keep" in self.found
            self.values["state_dir"] = [(self.state, os.path.normpath(guest), "--state" if self.kept else BACK)]
            if self.kept:
                self._serve()
        elif guest is not None:
            self.values["empty"] = [guest]

    def _serve(self):
        """Have the program's files kept as they change."""
        keep = self.found["keep"]
        self.command += keep["arguments"]
        self.values["port"] = [*self.ports, hostports.Port(keep["port"], "served", keeper.Keeper(self._lock, self.state))]

    def lines(self):
        """Return how to talk to the program: lines for who started it."""
        lines = self.found["say"]
        for port in self.ports:
            lines = [line.replace(f"{{{port.name}}}", str(port.place)) for line in lines]
        return lines

    def lines_at_start(self):
        """Return what is said once the program is ready."""
        lines = [*self.lines()]
        if "state" in self.found:
            lines.append(f"state: {self.state}" if self.state is not None else
                         "state: gone when this ends; --state DIRECTORY keeps it")
        return [*lines, "Ctrl-C ends it."]


class Console(ending.Ending):
    """The guest's terminal, where a Ctrl-C ends the program, and what it keeps comes back."""

    what = "program"

    def __init__(self, named, says=True):
        """says: whether it tells how to talk to the program when that is ready; else, under a debugger, it tells what a
        signal does: the program may be stopped."""
        super().__init__(announces=not says)
        self._named, self._ready = named, named.found["ready"].encode()
        self._held = self._line = b""
        self._said = not says

    @staticmethod
    def words():
        """Return the kernel's command line words for this terminal."""
        return ["console=24x80"]

    def lost(self):
        """Return what becomes of the state when the program could not end by itself."""
        return f"what it kept until then is in {self._named.state}" if self._named.kept else "nothing was brought back"

    def shown(self, payload):
        """Return what is written for output of the guest's terminal; what there is to say comes behind the ready line."""
        if self.asked is not None:
            return b""  # what the terminal says to Ctrl-C
        data = self._held + payload
        self._held = data[-1:] if data.endswith(b"\r") else b""
        data = data[:len(data) - len(self._held)].replace(b"\r\n", b"\n")
        if self._said:
            return data
        *lines, self._line = (self._line + data).split(b"\n")
        if self._ready not in lines:
            return b"".join(line + b"\n" for line in lines)
        self._said, behind = True, lines.index(self._ready) + 1  # what the program says next may have come with it
        told = [line.encode() for line in self._named.lines_at_start()]
        return b"\n".join([*lines[:behind], *told, *lines[behind:], self._line])

    def verdict(self, status, text):
        """Return (exit status, line or None) of the run, from those of the program."""
        good = status in (0, STATUS_SIGNAL + signal.SIGINT)
        if self.asked is not None and good and self._named.state is not None:
            print(f"coconut: the state is in {self._named.state}", file=sys.stderr)
        return super().verdict(status, text)
