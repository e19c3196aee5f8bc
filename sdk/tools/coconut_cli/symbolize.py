# SPDX-License-Identifier: MIT
"""`coconut symbolize`: addresses of a program's run become functions, files and lines."""

import json
import re
import subprocess
import sys

from coconut_cli import elffile
from coconut_cli.fault import Fault
from coconut_cli.options import Command, Option, flag

SYMBOLIZER = "llvm-symbolizer-19"
_NUMBER = "(0x[0-9a-f]{1,16})"
#: what libc prints when a program aborts and COCONUT_BACKTRACE is set
BACKTRACE = re.compile(r"^backtrace, loaded at (0x[0-9a-f]{1,16}):((?: 0x[0-9a-f]{1,16})+)$")
#: what `coconut run` prints when an exception ends the program
EXCEPTION = re.compile(r"^coconut: .* at (0x[0-9a-f]{1,16}) in the program")
#: the kernel's report on a process that ended badly, in its log; its addresses are relative to the program
CRASH = re.compile(r"\[[^][]+\] process \d+ thread \d+: .* at rip [0-9a-f]+ \(program \+ ([0-9a-f]{1,16})\)$")
CRASH_RETURNS = re.compile(r"  returns to program \+((?: [0-9a-f]{1,16})+)$")
CRASH_PROGRAM = re.compile(r"  build id ([0-9a-f]+)$")
#: what the sanitizer's minimal runtime prints
SANITIZER = re.compile(r"^ubsan: .* by (0x[0-9a-f]{1,16})(?:, loaded at (0x[0-9a-f]{1,16}))?$")
#: what its full runtime prints, in LLVM's symbolizer markup: a frame, and where code was loaded
FRAME = re.compile(rf"\{{{{3}}bt:\d{{1,4}}:{_NUMBER}\}}{{3}}")
CONTEXT = re.compile(rf"\{{{{3}}(?:(reset)|mmap:{_NUMBER}:{_NUMBER}:load:\d+:\w+:{_NUMBER})\}}{{3}}$")

#: longer lines are not looked at
LINE_MAX = 1 << 12
#: pieces of code that markup may speak of
LOADED_MOST = 64
#: a line of lookup(): function, file, line, column
_CALL = re.compile(r"(?:\(inlined by\) )?(.*?)(?: at (.+):(\d+):(\d+))?$")


def _address(text):
    try:
        value = int(text, 16)
    except ValueError:
        value = -1
    if not 0 <= value < 1 << 64:
        raise ValueError("an address in hexadecimal")
    return value


COMMAND = Command(
    "symbolize", "[OPTIONS] PROGRAM [ADDRESS...]",
    "Show functions, files and lines of a program's addresses.",
    (Option("--base", "ADDRESS", "where the program was loaded (default 0: addresses as linked)",
            _address, default=0),
     flag("--returns", "addresses are return addresses: show the calls before them"),
     flag("--json", "print a list: address, calls; without addresses: line, frames, which are such lists")), """
In JSON each of calls, the innermost first, has function, file, line and column.

Without addresses, standard input is copied, and backtraces, exceptions and sanitizer reports in it
are explained behind their lines, with --json in their stead; in a kernel log the reports on crashes, as far as they are of this
program by its build id. For backtraces of aborting programs and of their children:
  coconut run --env COCONUT_BACKTRACE=1 PROGRAM 2>&1 | coconut symbolize PROGRAM
and for frames of the undefined-behaviour sanitizer's reports UBSAN_OPTIONS=print_stacktrace=1.
(coconut run --backtrace PROGRAM does both by itself, and coconut run tells the end of PROGRAM.)""")


def lookup(program, offsets):
    """Return for each offset (address as linked) a list of lines, the innermost inlined call first.

    An offset without debug information gives an empty list. Raises Fault if the tool does not run.
    """
    words = [SYMBOLIZER, f"--obj={program}", "--pretty-print", *(f"{one:#x}" for one in offsets)]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", check=False)
    except OSError as error:
        raise Fault(f"{SYMBOLIZER} does not run: {error.strerror}; install the package llvm-19"
                    ) from error
    if done.returncode != 0:
        raise Fault(f"{SYMBOLIZER}: {done.stderr.strip().splitlines()[-1:] or 'failed'}")
    found = [block.splitlines() for block in done.stdout.strip("\n").split("\n\n")]
    if len(found) != len(offsets):
        raise Fault(f"{SYMBOLIZER}: {len(found)} answers to {len(offsets)} questions")
    return [[line.strip().removesuffix(" at ??:0:0") for line in lines if not line.startswith("??")]
            for lines in found]


def place(program, offset):
    """Return ", in FUNCTION at FILE:LINE" for an address as linked, or "" if nothing is known of it."""
    try:
        lines = lookup(program, [offset])[0] if offset >= 0 else []
    except Fault as fault:
        return f" ({fault})"
    return f", in {lines[0]}" if lines else ""


class Explainer:
    """Explains lines of a program's output, in their order."""

    def __init__(self, program, base):
        """base: where the program was loaded, as far as its output does not say; 0: not known."""
        self._program, self._base, self._loaded = program, base, []
        self._crash, self._build_id = None, elffile.build_id(program)
        self.frames = []  #: (address, lines of lookup()) of what was explained last

    def explain(self, text):
        """Return the lines that explain one line; most need none."""
        if found := BACKTRACE.match(text):
            low = int(found.group(1), 16)
            addresses = [int(word, 16) for word in found.group(2).split()]
            offsets = [max(one - low - 1, 0) for one in addresses]
        elif found := EXCEPTION.match(text):
            addresses = offsets = [int(found.group(1), 16)]
        elif (found := SANITIZER.match(text)) and (found.group(2) or self._base):
            addresses = [int(found.group(1), 16)]
            offsets = [max(addresses[0] - int(found.group(2) or hex(self._base), 16) - 1, 0)]
        elif found := CONTEXT.search(text):
            self._note(*found.groups())
            return []
        elif found := FRAME.search(text):
            addresses = [int(found.group(1), 16)]
            offsets = [self._as_linked(addresses[0])]
        else:
            return self.explain_crash(text)
        return self._lines(addresses, offsets)

    def explain_crash(self, text):
        """Return the lines that explain a report of the kernel, at that line of it which names the program."""
        if found := CRASH.match(text):
            self._crash = [int(found.group(1), 16)]
        elif self._crash and (found := CRASH_RETURNS.match(text)):
            self._crash += [max(int(word, 16) - 1, 0) for word in found.group(1).split()]
        elif self._crash and (found := CRASH_PROGRAM.match(text)):
            offsets, self._crash = self._crash, None
            return self._lines(offsets, offsets) if found.group(1) == self._build_id else []
        return []

    def _lines(self, addresses, offsets):
        self.frames = list(zip(addresses, lookup(self._program, offsets)))
        return [f"  {one:#x} {line}" for one, lines in self.frames for line in lines or ["(unknown)"]]

    def _note(self, reset, low, size, linked):
        """Take an element of markup that says where code was loaded."""
        if reset:
            self._loaded = []
        elif len(self._loaded) < LOADED_MOST:
            self._loaded.append(tuple(int(word, 16) for word in (low, size, linked)))

    def _as_linked(self, address):
        for low, size, linked in self._loaded:
            if low <= address < low + size:
                return address - low + linked
        return max(address - self._base, 0)


class Watcher:
    """Finds backtraces in what a program writes, for `coconut run --backtrace`."""

    MOST = 16  #: backtraces that are kept; a process has only one, but it may have children
    MARKUP_MOST = 1024  #: lines of markup that are kept

    def __init__(self):
        self._rest, self._found, self._markup = b"", [], 0

    def add(self, data):
        """Take bytes of the program's standard error as they come."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._rest = self._rest[-LINE_MAX:]
        for line in lines:
            text = line.decode("utf-8", "replace")
            if BACKTRACE.match(text) and len(self._found) - self._markup < self.MOST:
                self._found.append(text)
            elif (FRAME.search(text) or CONTEXT.search(text)) and self._markup < self.MARKUP_MOST:
                self._markup += 1
                self._found.append(text)

    def explain(self, program):
        """Return the lines that explain what was found."""
        explainer = Explainer(program, 0)
        return [line for text in self._found for line in explainer.explain(text)]


def of_crash(program, log):
    """Return the lines that explain the last report in the text of a kernel log on a crash of the program."""
    explainer, lines = Explainer(program, 0), []
    for text in log.splitlines():
        lines = explainer.explain_crash(text) or lines
    return lines if any(not line.endswith("(unknown)") for line in lines) else []


def _as_json(frames):
    """Return (address, lines of lookup()) pairs as JSON has them; addresses are text, as they may exceed 2^53."""
    found = []
    for address, lines in frames:
        calls = []
        for text in lines:
            function, file, line, column = _CALL.match(text).groups()
            calls.append({"function": function, "file": file, "line": line and int(line), "column": column and int(column)})
        found.append({"address": f"{address:#x}", "calls": calls})
    return found


def _copy(program, base, as_json):
    explainer, explained = Explainer(program, base), []
    for line in sys.stdin:
        text = line.rstrip("\n")
        more = explainer.explain(text)
        if as_json:
            explained += [{"line": text, "frames": _as_json(explainer.frames)}] if more else []
        else:
            print("\n".join([text, *more]))
    if as_json:
        print(json.dumps(explained, indent=1))
    return 0


def run(values, words):
    """Run the command; returns the exit status."""
    if not words:
        raise COMMAND.fail("which program?")
    program = words[0]
    try:
        with open(program, "rb") as stream:
            if stream.read(4) != b"\x7fELF":
                raise Fault(f"{program}: is not an ELF program")
    except OSError as error:
        raise Fault(f"{program}: {error.strerror}") from error
    if len(words) == 1:
        return _copy(program, values["base"], values["json"])
    try:
        addresses = [_address(word) for word in words[1:]]
    except ValueError as error:
        raise COMMAND.fail(f"what follows the program must be {error}") from None
    offsets = [one - values["base"] - values["returns"] for one in addresses]
    if min(offsets) < 0:
        raise Fault("an address is below --base")
    frames = list(zip(addresses, lookup(program, offsets)))
    if values["json"]:
        print(json.dumps(_as_json(frames), indent=1))
    for address, lines in frames if not values["json"] else ():
        for line in lines or ["(unknown)"]:
            print(f"{address:#x} {line}")
    return 0 if any(lines for _, lines in frames) else 1
