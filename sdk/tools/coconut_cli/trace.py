# SPDX-License-Identifier: MIT
"""`coconut trace`: the system calls of a program; also what `coconut run --trace` does."""

import os

from coconut_cli import files, pump, run as run_command, tracetext
from coconut_cli.fault import Fault, reason
from coconut_cli.options import Command, Option, flag

OWN = (Option("--output", "FILE", "write the trace there (default: standard error)"),
       flag("--chrome", "as Chrome's trace JSON, for about://tracing and ui.perfetto.dev"),
       flag("--json", "as JSON: one object for each call"),
       flag("--summary", "a table: how often each call, how long, how many errors"),
       flag("--all", "show also the calls of init, which starts the program"),
       Option("--from", "LOG", "show the calls in a kernel log that was kept; no program is run"))

COMMAND = Command(
    "trace", "[OPTIONS] PROGRAM [ARGUMENTS]",
    "Run a program as 'coconut run' does, and show its system calls: arguments, results and times.",
    OWN + tuple(option for option in run_command.COMMAND.options
                if option.name != "--trace"), """
A line for each call, in the order in which they began, once the program has ended:
  SECONDS PROGRAM:PROCESS.THREAD CALL(ARGUMENTS) = RESULT <SECONDS IT TOOK>
SECONDS are since boot. Times hold the tracing itself. Of paths and of what is written the first 32
bytes are shown. Names and arguments are those of share/doc/coconut/docs/abi. A log for --from is
one of a kernel with the words trace=syscalls on its command line:
  coconut boot --append trace=syscalls --kernel-log LOG ARCHIVE

exit status: as of 'coconut run'; with --from: 0 success, 1 no call in the log, 2 wrong use.""",
    first_stops=True)

INIT = "init"


def format_calls(calls, values):
    """Return the trace as text in the form that was asked for."""
    chosen = [call for call in calls if call.program != INIT or values["all"]]
    if values["chrome"]:
        return tracetext.as_chrome(chosen) + "\n"
    if values["json"]:
        return tracetext.as_json(chosen) + "\n"
    lines = tracetext.summary_lines(chosen) if values["summary"] else tracetext.text_lines(chosen)
    return "".join(f"{line}\n" for line in lines)


class Tracer:
    """Takes the kernel's log of a run, and writes the trace when it has ended, however it ended."""

    def __init__(self, values, log_fd):
        """values: those of `coconut trace`; log_fd: where the kernel log is wanted besides, or None."""
        self._values, self._wanted = values, log_fd
        self.fd = os.memfd_create("coconut-trace")

    def finish(self):
        """Write the trace."""
        with os.fdopen(self.fd, "rb") as stream:
            stream.seek(0)
            data = stream.read()
        if self._wanted is not None:
            pump.write_all(self._wanted, data, "the kernel log")
        lines = data.decode("utf-8", "replace").split("\n")
        _write(format_calls(tracetext.parse(lines), self._values), self._values["output"])


def _write(text, output, descriptor=2):
    if output is None:
        pump.write_all(descriptor, text.encode(), "the trace")
    else:
        files.write_whole(output, text.encode())


def options(output):
    """Return the values of `coconut trace` for a plain trace into the file `output`."""
    values, _ = COMMAND.parse([])
    values["output"] = None if output == "-" else output
    return values


def _show(values):
    path = values["from"]
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            calls = tracetext.parse(stream)
    except OSError as error:
        raise Fault(f"{path}: {reason(error)}", 1) from error
    if not calls:
        raise Fault(f"{path}: no system call in it; was the kernel started with trace=syscalls?", 1)
    try:
        _write(format_calls(calls, values), values["output"], 1)
    except pump.ReaderGone as gone:
        return gone.status
    return 0


def run(values, words):
    """Run the command; returns the program's exit status."""
    if sum((values["chrome"], values["json"], values["summary"])) > 1:
        raise COMMAND.fail("one of --chrome, --json and --summary, please")
    if values["from"] is not None:
        if words:
            raise COMMAND.fail("--from runs no program")
        return _show(values)
    if not words:
        raise COMMAND.fail("which program?")
    return run_command.run(dict(values, trace=values), words)
