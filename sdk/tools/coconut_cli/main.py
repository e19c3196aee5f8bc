# SPDX-License-Identifier: MIT
"""Finds the command's module and runs it; turns faults into one line and a status."""

import _signal as signal  # signal would cost start time, and so would importlib
import os
import sys

from coconut_cli import interrupt
from coconut_cli.fault import STATUS_SIGNAL, STATUS_TOOL, STATUS_USAGE, Fault, Stopped, like, reason

#: name: (module, brief). A module has COMMAND (options.Command) and run(values, words) -> status.
COMMANDS = {
    "new": ("new", "make a project from a template"),
    "run": ("run", "run a program in the COCONUT kernel under QEMU"),
    "boot": ("boot", "boot the kernel with an archive of your own"),
    "pack": ("pack", "make or list a boot archive (PKIT)"),
    "image": ("image", "make a bootable image from a recipe"),
    "manifest": ("manifest", "check, compile and show manifests of services"),
    "interface": ("interface", "make code and documentation from a service's interface"),
    "ps": ("ps", "show the services of a machine"),
    "logs": ("logs", "show what programs wrote to their logs"),
    "symbolize": ("symbolize", "turn addresses of a program into functions and lines"),
    "setup": ("setup", "install the host packages that are missing"),
    "build": ("build", "build a project, or the platform"),
    "demo": ("demo", "set up, build, and run the sample programs"),
    "test": ("test", "run all tests, or those of a project"),
    "trace": ("trace", "run a program and show its system calls"),
    "debug": ("debug", "run a program under gdb, kernel and processes in one"),
    "package": ("package", "pack the SDK as a tarball and a Debian package"),
    "bench": ("bench", "measure, beside Linux in the same emulator"),
    "doctor": ("doctor", "say what is missing and how to mend it"),
    "port": ("port", "build third-party libraries from their recipes"),
    "port-check": ("portcheck", "say which interfaces a program needs that are not there"),
    "meson": ("meson", "print the cross file for Meson"),
    "size": ("size", "show sections and symbols of a program, or what differs between two"),
    "version": ("version", "print versions"),
    "completion": ("completion", "print the completion for bash, zsh or fish"),
    "man": ("manpage", "print manual pages"),
    "docs": ("docs", "make the documentation as a site"),
}

#: What an installed SDK does not have.
OF_SOURCE = ("demo", "package")

STATUSES = """exit status: 0 success, 1 failure, 2 wrong use, 125 the tool itself failed,
128+n ended by signal n; 'coconut run' returns its program's."""


def overview():
    """Return the text of `coconut help`."""
    from coconut_cli import places
    absent = () if places.SOURCE else OF_SOURCE
    lines = ["usage: coconut COMMAND [OPTIONS] ...", "",
             "The COCONUT user-mode platform.", "", "commands:"]
    lines += [f"  {name:<11}{brief}" for name, (_, brief) in COMMANDS.items() if name not in absent]
    lines += ["", "'coconut COMMAND --help' says more.", "", STATUSES]
    return "\n".join(lines)


def _dispatch(words):
    name = words[0] if words else "help"
    if name in ("help", "--help", "-h"):
        if len(words) < 2:
            print(overview())
            return 0
        words = [words[1], "--help"]
        name = words[0]
    if name == "--version":
        name = "version"
    if name.startswith("-"):
        raise Fault(f"'{name}' stands before the command; options come behind it; see 'coconut help'", STATUS_USAGE)
    if name not in COMMANDS:
        raise Fault(f"unknown command '{name}'{like(name, COMMANDS)}; see 'coconut help'", STATUS_USAGE)
    module = __import__(f"coconut_cli.{COMMANDS[name][0]}", fromlist=["COMMAND"])
    values, rest = module.COMMAND.parse(words[1:])
    if values is None:
        print(module.COMMAND.help())
        return 0
    return module.run(values, rest)


def _hold_standard_streams():
    """Make sure that descriptors 0 to 2 are taken, so that no file of ours becomes one of them, and that what is read and
    printed may hold any bytes, as names of files do, in any locale."""
    while True:
        descriptor = os.open(os.devnull, os.O_RDWR)
        if descriptor > 2:
            os.close(descriptor)
            break
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # it was closed
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))
    sys.stdin.reconfigure(errors="surrogateescape")
    sys.stdout.reconfigure(errors="surrogateescape")


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _ended(signum):
    # subprocess knows what KeyboardInterrupt means: the child has got the Ctrl-C, too.
    return KeyboardInterrupt() if signum == signal.SIGINT else Stopped(STATUS_SIGNAL + signum)


def _catch_signals():
    """Have the signals that end a command unwind it; the shell has SIGINT blocked until here."""
    ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN  # of a shell's background
    interrupt.catch(_ENDING[1:] if ignored else _ENDING, _ended)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def _drop_output():
    """Have what is still to be written to standard output go nowhere, also at the end of the program."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _flush():
    """Write out what was printed; OSError, naming standard output, if it cannot be."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        error.filename = "standard output"
        raise


def _run(words):
    try:
        status = _dispatch(words)
        if status != 0:
            interrupt.settle()
        _flush()
        return status
    except Fault as fault:
        interrupt.settle()
        _flush()
        print(f"coconut: {fault}", file=sys.stderr)
        return fault.status


def _run_with_output(words):
    """Do as _run() does, and tell when what it prints cannot be written."""
    try:
        return _run(words)
    except BrokenPipeError:
        # The reader of our output has gone; nothing is left to say, and nobody to say it to.
        _drop_output()
        return STATUS_SIGNAL + signal.SIGPIPE
    except OSError as error:
        if error.filename is None:  # of print(), unless the text below can be written
            error.filename = _unwritable_output()
        where = f"{error.filename}: " if error.filename else ""
        _drop_output()
        print(f"coconut: {where}{reason(error)}", file=sys.stderr)
        return STATUS_TOOL


def main(words):
    """Run the command line; returns the exit status."""
    _hold_standard_streams()
    try:
        try:
            _catch_signals()
            return _run_with_output(words)
        finally:
            interrupt.close(_ENDING)
    except KeyboardInterrupt:
        return STATUS_SIGNAL + signal.SIGINT
    except Stopped as stop:
        return stop.status


def _unwritable_output():
    try:
        _flush()
    except OSError as error:
        return error.filename
    return None
