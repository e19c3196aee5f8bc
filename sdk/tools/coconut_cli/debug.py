# SPDX-License-Identifier: MIT
"""`coconut debug`: a program, or an image, under gdb: kernel and processes in one session."""

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time

from coconut_cli import elffile, hostports, places, processes, pump, run as run_command, session, verdict
from coconut_cli.fault import STATUS_TOOL, Fault, reason
from coconut_cli.options import Command, Option, flag, integer

_LEFT_OUT = ("--timing", "--backtrace", "--trace")

COMMAND = Command(
    "debug", "[OPTIONS] PROGRAM [ARGUMENTS] | NAME [OPTIONS]",
    "Run a program as 'coconut run' does, with gdb attached to the machine before it starts.",
    (Option("--break", "LOCATION", "stop there, in the program (default: main, but none with --ex or --boot)",
            many=True),
     Option("--ex", "COMMAND", "a command for gdb, at the first stop; without --break before the machine starts", many=True),
     flag("--batch", "end gdb behind these commands, ask nothing"),
     Option("--symbols", "NAME=FILE", "symbols for processes that are called NAME", many=True),
     flag("--boot", "what is named is an archive: boot it as 'coconut boot' does"),
     Option("--input", "FILE", "standard input of the program (default: none)"),
     Option("--server", "PORT", "start no gdb: let one connect to this port of localhost",
            integer(1, 65535))) + tuple(option for option in run_command.COMMAND.options
                                        if option.name not in _LEFT_OUT), """
gdb has the symbols of the kernel, and gets those of the program when the kernel has loaded it, at the
place that it chose: breakpoints can be set before. 'coconut break LOCATION' sets one that holds in
programs only, 'break' one that holds in the kernel, too; 'coconut ps' lists processes that began.
Without --break and --ex the session stops in main. With --boot name programs with --symbols.
For another gdb, or an editor, use --server; it says what to type there.

exit status: gdb's; with --server as of 'coconut run'; 125 the machine or this tool failed, 126, 127 as
of 'coconut run', 2 wrong use.""",
    first_stops=True)

GDB = "gdb"
START_SECONDS = 60
ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)  #: what ends the command
PR_SET_PDEATHSIG = 1
ACCEPTS = 0x10000  #: of the flags in /proc/net/unix


def _symbols(values, words):
    """Return [(name, file)] of the programs whose symbols gdb shall have."""
    found = []
    for text in values["symbols"]:
        name, equals, path = text.partition("=")
        if not equals or not name:
            raise COMMAND.fail(f"--symbols '{text}' is not NAME=FILE")
        if not os.path.isfile(path):
            raise Fault(f"{path}: no such file")
        found.append((name, os.path.abspath(path)))
    if not values["boot"]:
        found.append((os.path.basename(words[0])[:63], os.path.abspath(words[0])))
    return found


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def gdb_setup(symbols, target):
    """Return the commands that make gdb know the machine, and connect to it."""
    folder = os.path.join(places.SDK, "share", "coconut")
    script = os.path.join(places.data("gdb"), "coconut.py")
    commands = ["set confirm off", "set pagination off", "set breakpoint pending on",
                f"source {script}",
                f"coconut kernel {_quoted(os.path.join(folder, 'kernel', 'coconut-kernel.debug'))}"]
    if places.SOURCE:
        commands += [f"set substitute-path /coconut {places.SOURCE}",
                     f"set substitute-path build/kernel {places.SOURCE}/kernel"]
    commands += [f"coconut symbols {_quoted(name)} {_quoted(path)}" for name, path in symbols]
    return [*commands, f"coconut attach {target}"]


def _gdb_words(values, symbols, target):
    if places.find_program(GDB) is None:
        raise Fault("gdb was not found; install it with 'apt-get install gdb'")
    commands = gdb_setup(symbols, target)
    stops = values["break"] or ([] if values["boot"] or values["ex"] else ["main"])
    commands += [f"coconut break {place}" for place in stops]
    commands += [*(["continue"] if stops else []), *values["ex"]]
    words = [GDB, "-nx", "-q", *(["-batch"] if values["batch"] else [])]
    for command in commands:
        words += ["-ex", command]
    return words


def _config(values, words):
    """Return the machine.Config of what is to run."""
    if values["boot"]:
        if len(words) != 1:
            raise COMMAND.fail("one archive, please")
        try:
            archive = os.open(words[0], os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise Fault(f"cannot read {words[0]}: {reason(error)}") from error
        size = os.fstat(archive).st_size
        values["append"] = [*values["append"], "log=host"]
    else:
        elffile.check_program(words[0])
        archive, size, _ = run_command.prepare(dict(values, backtrace=False, nothing_back=True), words)
    return run_command.make_config(values, archive, size)


def _serve(values, config, stdin, terminal):
    """Run the machine to its end; returns the exit status. terminal: named.Console of what is run by name, or None."""
    log_fd = session.open_log(values["kernel_log"])
    one = session.Session(config, 1 if values["boot"] and log_fd is None else log_fd, values["timeout"], stdin,
                          terminal=terminal)
    try:
        report = one.run()
    except (session.Stopped, pump.ReaderGone) as stop:
        return stop.status
    one.check()
    status, text = report.code & 0xff if report is not None else 0, None
    if terminal is not None and report is not None:
        status, text = terminal.verdict(verdict.judge(report)[0], None)
    if text:
        print(f"coconut: {text}", file=sys.stderr)
    return status


def _fork_machine(values, config, stdin, terminal):
    """Start a process that runs the machine, apart from the terminal; returns its id, with the signals of ENDING blocked:
    what Python notes of one between fork() and its own clean-up behind it is lost to the child."""
    sys.stdout.flush()
    parent = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    pid = os.fork()
    if pid:
        return pid
    status = STATUS_TOOL
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        os.setpgid(0, 0)
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == parent:
            status = _serve(values, config, stdin, terminal)
    except Fault as fault:
        print(f"coconut: {fault}", file=sys.stderr)
        status = fault.status
    finally:
        sys.stderr.flush()
        os._exit(status)


def _listens(path):
    """Whether somebody listens at a socket: it has its name a moment before, when gdb would be refused. To connect, in place of
    gdb, is what only one can."""
    with open("/proc/net/unix", encoding="utf-8", errors="surrogateescape") as stream:
        return any(line.rstrip("\n").endswith(f" {path}") and int(line.split()[3], 16) & ACCEPTS for line in stream)


def _await(path, pid):
    """Wait until the machine's stub is there; Fault if the machine ends before."""
    limit = time.monotonic() + START_SECONDS
    while not _listens(path):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended or time.monotonic() > limit:
            raise Fault("the machine did not start" if ended else "the machine did not start in time",
                        os.waitstatus_to_exitcode(status) if ended else STATUS_TOOL)
        time.sleep(0.02)


def _unattended(words):
    """Run gdb where nobody types: a Ctrl-C is for this process. Asked to end, gdb would tell tracebacks of its own."""
    process = processes.start(words)
    try:
        return process.wait()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _with_gdb(values, config, symbols, stdin, terminal):
    with tempfile.TemporaryDirectory(prefix="coconut-debug-") as folder:
        path = os.path.join(folder, "gdb")
        words = _gdb_words(values, symbols, path)
        config.extra = ["-S", "-chardev", f"socket,id=gdb,path={path},server=on,wait=off", "-gdb", "chardev:gdb"]
        pid = _fork_machine(values, config, stdin, terminal)
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
            _await(path, pid)
            if values["batch"]:
                return _unattended(words)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for gdb
            return subprocess.run(words, check=False, restore_signals=True,
                                  preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)).returncode
        finally:
            try:
                os.kill(pid, signal.SIGTERM)
                os.waitpid(pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass


def run(values, words):
    """Run the command; returns gdb's exit status."""
    if not words:
        raise COMMAND.fail("which program?")
    if values["server"] is not None and (values["break"] or values["ex"] or values["batch"]):
        raise COMMAND.fail("--server starts no gdb; --break, --ex and --batch are for one")
    terminal = None
    if not values["boot"]:
        values, words, found = run_command.resolve(values, words, COMMAND)
        for line in found.lines() if found else ():
            print(line, file=sys.stderr)
        if found is not None:
            from coconut_cli import named
            terminal = named.Console(found, says=False)
            values["append"] = [*values["append"], *terminal.words()]
    config, symbols = _config(values, words), _symbols(values, words)
    try:
        stdin = os.open(values["input"] or os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise Fault(f"cannot read {values['input']}: {reason(error)}") from error
    if terminal is not None:
        stdin = None  # it has the guest's terminal, where nobody types
    if values["server"] is None:
        return _with_gdb(values, config, symbols, stdin, terminal)
    port = values["server"]
    places.qemu()
    hostports.check_free("--port", config.ports)
    hostports.check_free("--server", [hostports.Port("gdb", "tcp", port)])
    config.extra = ["-S", "-gdb", f"tcp:127.0.0.1:{port}"]
    print(f"coconut: waits for gdb at localhost:{port}; type there:", file=sys.stderr)
    for command in gdb_setup(symbols, f"localhost:{port}"):
        print(f"  {command}", file=sys.stderr, flush=True)
    return _serve(values, config, stdin, terminal)
