# SPDX-License-Identifier: MIT
"""`coconut boot`: the kernel with an archive that brings its own /init."""

import os
import sys
import tempfile

from coconut_cli import machine, pump, run as run_command, session, verdict
from coconut_cli.fault import STATUS_FAILED, STATUS_USAGE, Fault, reason
from coconut_cli.options import Command, Option

COMMAND = Command(
    "boot", "[OPTIONS] ARCHIVE",
    "Boot the COCONUT kernel with a PKIT archive; its /init is the first process.",
    run_command.MACHINE_OPTIONS + (
        Option("--machine", "TYPE", "microvm (default), q35 or pc; the last two have no host link"),
    ), """
The kernel log goes to standard output unless --kernel-log names a file. What /init writes to its
standard streams is passed through.

With a port NAME=keep:FOLDER Ctrl-C, SIGTERM, SIGHUP and the time limit ask the machine to end: /init gets
a Ctrl-C at its standard input, to which nothing else comes then, and that of an image stops its services. A second
signal ends the machine at once, and so do 10 seconds in which it has not ended.

exit status: 0 when the first process ended by itself, or what it reported; 1 otherwise; 124 time
limit, 125 the kernel or this tool failed, 129, 130 and 143 interrupted.""")

MACHINES = {"microvm": "microvm,acpi=off,isa-serial=on", "q35": "q35", "pc": "pc"}


def image_of(word):
    """Tell whether a word of `coconut run` means an image: a folder that `coconut image` made, or its recipe."""
    return word.endswith(".json") or os.path.isfile(os.path.join(word, "archive.pkit"))


def run_image(values, given, words):
    """Boot an image; returns the exit status. values: of `coconut run`; given: those of the command line."""
    if len(words) != 1:
        raise Fault(f"{words[0]}: an image takes no arguments", STATUS_USAGE)
    if not isinstance(given["trace"], (str, type(None))):
        raise Fault(f"{words[0]}: is an image; its system calls are in the kernel's log with "
                    "'coconut boot --append trace=syscalls'", STATUS_USAGE)
    for option in run_command.COMMAND.options:
        if option not in run_command.MACHINE_OPTIONS and given[option.key] != ([] if option.many else option.default):
            raise Fault(f"{option.name}: is for a program; {words[0]} is an image, which brings all that it needs", STATUS_USAGE)
    if not words[0].endswith(".json"):
        return _boot_folder(values, words[0])
    from coconut_cli import image
    with tempfile.TemporaryDirectory(prefix="coconut-image-") as folder:
        return _boot_folder(values, folder) if image.build(words[0], folder) is not None else STATUS_FAILED


def _boot_folder(values, folder):
    kernel = values["kernel"] or os.path.join(folder, "kernel.elf")
    return run(dict(values, kernel=kernel, machine=None), [os.path.join(folder, "archive.pkit")])


def _ending(ports):
    """Return what has the machine asked to end, where files are kept for it; else None."""
    if not any(port.kind == "keep" for port in ports):
        return None
    from coconut_cli import ending  # costs start time
    return ending.Ending()


def _judge(one, report):
    """Return the exit status of a machine that has ended."""
    if one.machine.status == machine.QUIT_FAILED:
        return STATUS_FAILED  # the kernel log has said why
    one.check()
    return verdict.judge(report)[0] if report is not None else 0


def run(values, words):
    """Boot the archive; returns the exit status."""
    if len(words) != 1:
        raise COMMAND.fail("one archive, please")
    kind = values["machine"] or "microvm"
    if kind not in MACHINES:
        raise COMMAND.fail(f"unknown machine '{kind}'; it is one of {', '.join(MACHINES)}")
    try:
        archive = os.open(words[0], os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise Fault(f"cannot read {words[0]}: {reason(error)}") from error
    log_path, values["kernel_log"] = values["kernel_log"], True
    config = run_command.make_config(values, archive, os.fstat(archive).st_size)
    config.machine = MACHINES[kind]
    if config.ports and kind != "microvm":
        raise COMMAND.fail(f"--port needs the machine microvm, not {kind}")
    log_fd = session.open_log(log_path) if log_path else 1
    end = _ending(config.ports)
    one = session.Session(config, log_fd, values["timeout"], 0 if end is None else None, terminal=end)
    try:
        report = one.run()
    except pump.ReaderGone as stop:
        return stop.status
    except session.Stopped as stop:
        if stop.status == session.STATUS_TIMEOUT and values["timeout"] is not None:
            print(f"coconut: time limit of {values['timeout']:g} s reached", file=sys.stderr)
        return stop.status
    status, text = _judge(one, report), None
    if end is not None:
        status, text = end.verdict(status, None)
    if text:
        print(f"coconut: {text}", file=sys.stderr)
    return status
