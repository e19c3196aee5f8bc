# SPDX-License-Identifier: MIT
"""`coconut run`: one program in a machine of its own."""

import os
import sys
import time

from coconut_cli import elffile, guestfiles, hostterminal, machine, pkit, places, protocol, pump, session
from coconut_cli import verdict
from coconut_cli.fault import STATUS_NOT_EXECUTABLE, Fault
from coconut_cli.options import Command, Option, flag, integer, seconds, size

ARGUMENT_MAX = 131072
BASE_MEMORY = 256
MEBIBYTE = 1 << 20
BACK = "--dir "  #: the option of a directory whose changes come back
ALWAYS_PASSED = ("TZ", "LANG")


def _port(text):
    from coconut_cli import hostports  # costs start time where there are none
    return hostports.parse(text)


MACHINE_OPTIONS = (
    Option("--cpus", "N", "virtual CPUs, 1 to 32 (default 1)", integer(1, 32), 1),
    Option("--mem", "SIZE", "memory, such as 512M (default 256M and the archive's size)", size),
    Option("--timeout", "SECONDS", "end the run after this time, with status 124", seconds),
    Option("--kernel", "FILE", "another kernel"),
    Option("--kernel-log", "FILE", "have the kernel write its log to FILE"),
    Option("--port", "NAME=WHERE", "connect /dev/ports/NAME to tcp:PORT of 127.0.0.1, unix:PATH or keep:FOLDER",
           _port, many=True),
    Option("--append", "WORD", "add a word to the kernel's command line", many=True),
    flag("--icount", "count instructions: exact and repeatable, one CPU"),
    flag("--virtual-time", "a clock that counts instructions, 16 ns each, and skips idle time, so "
                           "that waits take none"),
    flag("--kvm", "use KVM; only where it is known to work"),
)

COMMAND = Command(
    "run", "[OPTIONS] PROGRAM [ARGUMENTS] | NAME [OPTIONS] | IMAGE",
    "Run a program as a user-mode process of the COCONUT kernel, in a QEMU of its own; or, by its name, "
    "what the SDK brings to run (vtpm), or an image of services.",
    MACHINE_OPTIONS + (
        Option("--cwd", "DIR", "working directory (default: the current one)"),
        flag("--no-cwd", "take no working directory along; it is / in the guest"),
        Option("--dir", "HOST:GUEST", "take another directory along and bring changes back (or only HOST; :ro behind "
               "it brings none back)", many=True),
        Option("--state", "DIR", "with NAME: what it keeps is kept in DIR, made if missing, for the next run"),
        Option("--env", "NAME=VALUE", "set an environment variable (or NAME: pass it on)",
               many=True),
        Option("--init", "FILE", "another /init"),
        flag("--backtrace", "tell of children that abort, too, and of frames in sanitizer reports: see below"),
        Option("--trace", "FILE", "write its system calls with times to FILE, - for standard error; "
                                  "'coconut trace' can do more"),
        flag("--no-terminal", "treat a terminal as any other stream: see below"),
        flag("--timing", "print on standard error where the time went"),
    ), """
The files of the working directory and of --dir are copied into the guest under the same absolute
paths. Left out are .git, CMakeFiles, build trees below it, and links that lead out of it. More than
256 MiB are refused, after other programs and libraries were left out. What the program changes is
gone when it ends, but for directories of --dir without :ro: those of the host then become what they are
in the guest, files that it made, changed or removed; links, pipes and sockets are left as they are.
Standard input, output and error are passed through unchanged. Of the host's environment the
program sees TZ and LANG, and what --env gives; at a terminal TERM, too.
If standard input and output are a terminal, so they are for the program: keys go to its terminal
/dev/console as they are typed, so that Ctrl-C and Ctrl-D act there, and the window's size is known.
Ctrl-] and q end the run with status 130; Ctrl-] twice is one Ctrl-].
NAME is that of a description of the SDK, share/coconut/run/NAME.json, or the path of one that ends in
.run.json: program, arguments, ports, where its state is, and what to say when it is ready. --port NUMBER
moves its ports. At Ctrl-C or SIGTERM the program is ended, then the machine, with status 130 or 143.
IMAGE is a folder that 'coconut image' made, or a recipe, RECIPE.json: it is booted as by 'coconut boot'. With a port
NAME=keep:FOLDER its services are stopped in their order at Ctrl-C or SIGTERM, for 10 seconds at most.
When an exception of the processor or a signal as that of abort() ends the program, what it returned to
is told on standard error, with functions and lines as far as they are in PROGRAM. With --backtrace the
program and its children write their return addresses themselves, and sanitizer reports have frames.

environment:
  COCONUT_RUN_FLAGS     options put before those of the command line
  COCONUT_RUN_DIRS      directories to take along, separated by ':'
  COCONUT_RUN_ENV       names of environment variables to pass on, separated by ':'
  COCONUT_QEMU          the emulator (default qemu-system-x86_64)

exit status: the program's; 128+n if signal n or a processor exception ended it (the reason is on
standard error); 124 time limit, 125 the machine or this tool failed, 126 not a COCONUT program,
127 no such program, 130 and 143 interrupted, 141 nobody reads the output, 2 wrong use.""",
    first_stops=True)


def _with_flags(values, words):
    """Apply COCONUT_RUN_FLAGS below the options of the command line."""
    text = os.environ.get("COCONUT_RUN_FLAGS")
    if not text:
        return values
    base, rest = COMMAND.parse(text.split())
    if base is None or rest:
        raise COMMAND.fail(f"COCONUT_RUN_FLAGS='{text}' may hold options only")
    for option in COMMAND.options:
        if option.many:
            values[option.key] = base[option.key] + values[option.key]
        elif values[option.key] == option.default:
            values[option.key] = base[option.key]
    return values


def resolve(values, words, command=COMMAND):
    """Return (values, words, named.Named) of what words name to run; values, words and None where it is a program."""
    if not words[0].endswith(".run.json") and ("/" in words[0] or os.path.exists(words[0])):
        path = None
    else:
        from coconut_cli import named  # costs start time
        path = named.find(words[0])
    if path is None:
        if values["state"] is not None:
            raise command.fail("--state is for what the SDK brings; a program's directories are for --dir")
        return values, words, None
    more, rest = command.parse(words[1:])
    if more is None or rest:
        raise command.fail(f"{words[0]} takes options, no arguments")
    for option in command.options:
        if option.many:
            values[option.key] = values[option.key] + more[option.key]
        elif more[option.key] != option.default:
            values[option.key] = more[option.key]
    found = named.Named(path, values)
    return found.values, found.command, found


def environment(given, names):
    """Return the guest's environment as NAME=VALUE strings, later ones winning."""
    result = {}
    for name in (*ALWAYS_PASSED, *names):
        if name in os.environ:
            result[name] = os.environ[name]
    for text in given:
        name, equals, value = text.partition("=")
        if not name:
            raise COMMAND.fail(f"--env '{text}' has no name")
        if equals:
            result[name] = value
        elif name in os.environ:
            result[name] = os.environ[name]
    return [f"{name}={value}" for name, value in result.items()]


def _directories(values):
    """Return (host, guest, option) of what goes along, the working directory left out; the option of a
    directory whose changes come back is BACK."""
    result = [*values.get("state_dir", ())]
    for text in values["dir"]:
        option = BACK
        if text.endswith(":ro"):
            text, option = text.removesuffix(":ro"), "--dir"
        host, colon, guest = text.partition(":")
        if colon and not guest.startswith("/"):
            raise COMMAND.fail(f"--dir '{text}': the place in the guest is not absolute")
        result.append((host, os.path.normpath(guest or os.path.abspath(host)), option))
    for host in os.environ.get("COCONUT_RUN_DIRS", "").split(":"):
        if host:
            result.append((host, os.path.abspath(host), "COCONUT_RUN_DIRS"))
    if values.get("nothing_back"):
        result = [(host, guest, option.strip()) for host, guest, option in result]
    return result


def collect(values, program):
    """Return (files, working directory in the guest, bringback.Trees of what comes back)."""
    trees = []
    files = guestfiles.Collection()
    files.add_program(program, program)
    files.add_directory("/tmp")
    for guest in values.get("empty", ()):
        files.add_directory(guest)
    if values["no_cwd"]:
        directory = "/"
    else:
        directory = os.path.abspath(values["cwd"] or os.getcwd())
        files.add_tree(directory, directory, "--cwd" if values["cwd"] else "--no-cwd leaves it out")
    for host, guest, option in _directories(values):
        files.add_tree(host, guest, option.strip())
        if option == BACK:
            from coconut_cli import bringback
            trees.append(bringback.Tree(host, guest, files))
    return files, directory, trees


def _all_directories(files):
    """Return every directory the guest needs beforehand, parents first."""
    needed = set()
    for path in files.directories:
        while path not in ("", "/") and path not in needed:
            needed.add(path)
            path = os.path.dirname(path)
    return sorted(needed)


def make_archive(files, description, init):
    """Return (descriptor, size) of an archive in memory."""
    descriptor = os.memfd_create("coconut-run")
    writer = pkit.Writer(descriptor)
    writer.add_file("init", init)
    writer.add_bytes(protocol.RUN_PATH, description)
    for guest, host in files.files.items():
        if writer.has(guest):
            raise Fault(f"{host}: the name {guest} is taken in the guest; move the file")
        writer.add_file(guest, host)
    writer.flush()
    return descriptor, writer.size


def make_config(values, archive, archive_size):
    """Return the machine.Config that the machine options describe."""
    if values["icount"] and (values["cpus"] != 1 or values["kvm"]):
        raise Fault("--icount works with one CPU and without --kvm only", 2)
    if values["virtual_time"] and (values["icount"] or values["kvm"]):
        raise Fault("--virtual-time works without --icount and --kvm only", 2)
    kernel = values["kernel"] or places.boot_file(places.KERNEL)
    if not os.path.isfile(kernel):
        raise Fault(f"{kernel}: no such kernel")
    config = machine.Config(kernel, archive)
    config.cpus = values["cpus"]
    config.memory = values["mem"] or BASE_MEMORY + 2 * (-(-archive_size // MEBIBYTE))
    config.kvm, config.icount = values["kvm"], values["icount"]
    config.virtual_time = values["virtual_time"]
    config.ports = values["port"]
    config.append = " ".join((["log=serial"] if values["kernel_log"] else []) + values["append"])
    return config


def _wants_terminal(values):
    """Tell whether the program is to have the terminal that the command was started at."""
    return not values.get("no_terminal", True) and hostterminal.is_here()


def _terminal(values, found):
    """Return the terminal of the program, or None. found: the named.Named that is run, or None."""
    if found is not None:
        from coconut_cli import named
        return named.Console(found)
    return hostterminal.HostTerminal() if _wants_terminal(values) else None


def prepare(values, words):
    """Return (archive descriptor, size, bringback.Trees) for PROGRAM and its arguments."""
    program = os.path.abspath(words[0])
    elffile.check_program(words[0])
    asked = ["COCONUT_BACKTRACE=1", "UBSAN_OPTIONS=print_stacktrace=1"] if values["backtrace"] else []
    if _wants_terminal(values):
        asked.append("TERM")
    env = environment([*asked, *values["env"]], os.environ.get("COCONUT_RUN_ENV", "").split(":"))
    if sum(len(os.fsencode(text)) + 1 for text in (*words, *env)) > ARGUMENT_MAX:
        raise Fault(f"arguments and environment exceed {ARGUMENT_MAX} bytes", STATUS_NOT_EXECUTABLE)
    files, directory, trees = collect(values, program)
    for tree in files.left_out:
        print(f"coconut: note: {tree} is too large; its other programs and libraries are left out",
              file=sys.stderr)
    description = protocol.run_description((program, directory, words), env, _all_directories(files),
                                           [tree.guest or "/" for tree in trees])
    return *make_archive(files, description, values["init"] or places.boot_file(places.INIT)), trees


def _bring_back(trees, sent, report):
    """Bring changes back to the host; nothing if the guest could not send all."""
    if not trees:
        return
    from coconut_cli import bringback
    if report.send_error:
        raise Fault(f"the guest could not send back what changed: error {report.send_error}; nothing was brought back")
    bringback.bring(trees, sent)


def _watcher():
    from coconut_cli import symbolize
    return symbolize.Watcher()


def _frames(program, report, watcher, log):
    """Return the lines that say where the program, or what the watcher has seen, came to its end."""
    lines = watcher.explain(program) if watcher else []
    if report.reason == protocol.EXIT_EXCEPTION or (report.reason == protocol.EXIT_KILLED and not lines):
        from coconut_cli import symbolize
        try:
            lines = lines + symbolize.of_crash(program, log.tail())
        except Fault as fault:
            lines = [*lines, str(fault)]
    return lines


def _tracer(values, log_fd):
    """Return what takes the kernel log and makes a trace of it; None where none is wanted."""
    wanted = values["trace"]
    if wanted is None:
        return None
    from coconut_cli import trace
    values["append"] = [*values["append"], "trace=syscalls"]
    return trace.Tracer(trace.options(wanted) if isinstance(wanted, str) else wanted, log_fd)


def run(values, words):
    """Run the command; returns the program's exit status."""
    begin, python = time.monotonic(), time.process_time()
    given = dict(values)
    values = _with_flags(values, words)
    if not words:
        raise COMMAND.fail("which program?")
    values, words, found = resolve(values, words)
    if found is None and (words[0].endswith(".json") or os.path.isdir(words[0])):
        from coconut_cli import boot
        if boot.image_of(words[0]):
            return boot.run_image(values, given, words)
    archive, archive_size, trees = prepare(values, words)
    packed = time.monotonic()
    terminal = _terminal(values, found)
    if terminal is not None:
        values["append"] = [*values["append"], *terminal.words()]
    log_fd = session.open_log(values["kernel_log"])
    if not values["kernel_log"]:
        values["append"] = [*values["append"], "log=host"]  # it tells how processes end
    tracer = _tracer(values, log_fd)
    config = make_config(values, archive, archive_size)
    watcher = _watcher() if values["backtrace"] else None
    one = session.Session(config, tracer.fd if tracer else log_fd, values["timeout"], 0 if found is None else None,
                          on_error=watcher and watcher.add, terminal=terminal)
    try:
        report = one.run()
    except session.Stopped as stop:
        if stop.status == session.STATUS_TIMEOUT and values["timeout"] is not None:
            print(f"coconut: {words[0]}: time limit of {values['timeout']:g} s reached",
                  file=sys.stderr)
        return stop.status
    except pump.ReaderGone as gone:
        return gone.status
    finally:
        if tracer is not None and one.machine is not None:
            tracer.finish()
    one.check()
    if report is None:
        raise Fault(f"{words[0]}: the machine ended without a report of the program's end")
    _bring_back(trees, one.pump.sent.files, report)
    status, text = verdict.judge(report)
    if terminal is not None:
        status, text = terminal.verdict(status, text)
    if report.reason == protocol.EXIT_EXCEPTION:
        from coconut_cli import symbolize
        text += symbolize.place(words[0], report.instruction - report.load_base)
    for line in _frames(words[0], report, watcher, one.log):
        print(f"coconut: {line}", file=sys.stderr)
    if text:
        print(f"coconut: {words[0]}: {text}", file=sys.stderr)
    if values["timing"]:
        from coconut_cli.timing import Timing
        timing = Timing(begin, python)
        timing.packed = packed
        timing.print(one, archive_size, time.monotonic())
    return status
