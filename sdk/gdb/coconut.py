# SPDX-License-Identifier: MIT
"""For gdb: symbols of processes of the COCONUT kernel, loaded when they begin.

  coconut kernel [FILE]       symbols of the kernel (default: that of the SDK this file is in)
  coconut symbols NAME FILE   when a process called NAME begins, take its symbols from FILE
  coconut attach TARGET       connect to the machine's gdb stub, and watch for processes
  coconut break LOCATION      a breakpoint in programs: also before one exists, and not in the kernel,
                              should it have something of that name
  coconut ps                  the processes that have begun since

gdb's own breakpoints work for both. NAME is the name that the kernel shows: the last part of the
program's path.
"""

import os

import gdb

HERE = os.path.dirname(os.path.abspath(__file__))
STACK_MASK = 0xffffffffffffc000
USER_END = 1 << 47
SECONDS = 60  #: for an answer of the machine's
#: Where a new thread, and a thread with a new program, go to user mode for the first time.
ENTRIES = ("entry_thread_user", "entry_jump_user")


class Processes:
    """The processes that were seen."""

    def __init__(self):
        self.files = {}  #: {name: file with symbols}
        self.seen = {}  #: {(id, base): name}
        self.loaded = {}  #: {file: base}

    def current(self):
        """Return (id, name, load base) of the process whose thread runs in the kernel, or None."""
        stack = int(gdb.parse_and_eval("$rsp")) & STACK_MASK
        head = gdb.Value(stack).cast(gdb.lookup_type("struct arch_stack_head").pointer())
        thread = head["thread"].cast(gdb.lookup_type("struct thread").pointer())
        process = thread["process"]
        if int(process) == 0:
            return None
        return int(process["id"]), process["name"].string(errors="replace"), int(process["load_base"])

    def begin(self):
        """A thread enters user mode for the first time: perhaps with a program that is new."""
        found = self.current()
        if found is None or (found[0], found[2]) in self.seen:
            return
        number, name, base = found
        self.seen[(number, base)] = name
        path = self.files.get(name)
        if path is None:
            return
        if path in self.loaded:
            gdb.execute(f"remove-symbol-file -a {self.loaded[path]:#x}", to_string=True)
        gdb.execute(f"add-symbol-file {quoted(path)} -o {base:#x}", to_string=True)
        self.loaded[path] = base + text_address(path)
        gdb.write(f"[process {number}, {name}, loaded at {base:#x}]\n")


PROCESSES = Processes()


def quoted(path):
    """Return a path as gdb's commands take it."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def text_address(path):
    """Return the address of .text in a file of symbols, as linked."""
    with open(path, "rb") as stream:
        data = stream.read()

    def field(at, length):
        return int.from_bytes(data[at:at + length], "little")

    table, size, count, names = field(40, 8), field(58, 2), field(60, 2), field(62, 2)
    strings = field(table + names * size + 24, 8)
    for number in range(count):
        entry = table + number * size
        name = strings + field(entry, 4)
        if data[name:name + 6] == b".text\0":
            return field(entry + 16, 8)
    raise gdb.GdbError(f"{path}: has no section .text")


class Entry(gdb.Breakpoint):
    """Sees threads that enter user mode for the first time; never stops the machine."""

    def __init__(self, place):
        super().__init__(f"*(unsigned long)&{place}", internal=True)
        self.silent = True

    def stop(self):
        try:
            PROCESSES.begin()
        except gdb.error as error:
            gdb.write(f"coconut: {error}\n")
        return False


class Coconut(gdb.Command):
    """The COCONUT kernel and its processes."""

    def __init__(self):
        super().__init__("coconut", gdb.COMMAND_STATUS, prefix=True)


class Symbols(gdb.Command):
    """coconut symbols NAME FILE: symbols for processes called NAME."""

    def __init__(self):
        super().__init__("coconut symbols", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) != 2:
            raise gdb.GdbError("coconut symbols: a name and a file, please")
        if not os.path.isfile(words[1]):
            raise gdb.GdbError(f"coconut symbols: {words[1]}: no such file")
        PROCESSES.files[words[0]] = os.path.abspath(words[1])


class Kernel(gdb.Command):
    """coconut kernel [FILE]: symbols of the kernel; those of the SDK that this script is part of."""

    def __init__(self):
        super().__init__("coconut kernel", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        path = words[0] if words else os.path.join(HERE, "..", "kernel", "coconut-kernel.debug")
        if not os.path.isfile(path):
            raise gdb.GdbError(f"coconut kernel: {path}: no such file")
        gdb.execute(f"symbol-file {quoted(os.path.abspath(path))}", to_string=True)


class Attach(gdb.Command):
    """coconut attach TARGET: connect to a machine, and watch for processes."""

    def __init__(self):
        super().__init__("coconut attach", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        # On a machine that has much else to do the emulator may need longer than gdb's two seconds for an answer.
        gdb.execute(f"set remotetimeout {SECONDS}")
        gdb.execute(f"set tcp connect-timeout {SECONDS}")
        gdb.execute(f"target remote {argument}", to_string=True)
        for place in ENTRIES:
            Entry(place)


class UserBreakpoint(gdb.Breakpoint):
    """Stops in user mode only."""

    def stop(self):
        return int(gdb.parse_and_eval("(unsigned long)$pc")) < USER_END


class Break(gdb.Command):
    """coconut break LOCATION: a breakpoint in programs, also in one that does not exist yet."""

    def __init__(self):
        super().__init__("coconut break", gdb.COMMAND_BREAKPOINTS, gdb.COMPLETE_LOCATION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("coconut break: a location, please")
        UserBreakpoint(argument)


class Ps(gdb.Command):
    """coconut ps: the processes that have begun."""

    def __init__(self):
        super().__init__("coconut ps", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        for (number, base), name in PROCESSES.seen.items():
            gdb.write(f"{number:>8} {base:#018x} {name}\n")


for command in (Coconut, Kernel, Symbols, Attach, Break, Ps):
    command()
