# SPDX-License-Identifier: MIT
"""`coconut bench start`: what it takes from typing `coconut run hello` to its line, beside QEMU's own start.

QEMU alone starts the same machine with an image that turns it off at once: less than that a run cannot take. The two
take turns, and the medians count. Processor time depends less than time on what else the machine does.
"""

import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time

from coconut_cli import machine, places
from coconut_cli.benchmeasure import Row
from coconut_cli.fault import STATUS_FAILED, Fault

TURNS = 11
HELLO = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n"
ENTRY = 0x100000
#: mov al, 0x10; out 0xf4, al; hlt; jmp -3
CODE = bytes.fromhex("b010e6f4f4ebfd")
COMPILER = "x86_64-unknown-coconut-clang"


def off_image():
    """Return an image that a loader of PVH kernels starts, and that ends the machine at once."""
    note = struct.pack("<III4sI", 4, 4, 18, b"Xen\0", ENTRY)
    body = CODE.ljust(16, b"\0") + note
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1, ENTRY, 64, 0, 0, 64, 56, 2, 64, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0x1000, ENTRY, ENTRY, len(body), len(body), 0x1000)
    notes = struct.pack("<IIQQQQQQ", 4, 4, 0x1010, ENTRY + 16, ENTRY + 16, len(note), len(note), 4)
    return (head + load + notes).ljust(0x1000, b"\0") + body


def _once(words, wanted):
    """Run once; returns (seconds to the first line or None, seconds to the end, processor seconds)."""
    begin = time.monotonic()
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    line = child.stdout.readline()
    first = time.monotonic() - begin if line else None
    child.stdout.close()
    _, status, used = os.wait4(child.pid, 0)
    ended = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != wanted:
        raise Fault(f"{words[0]} ended with status {child.returncode}, {wanted} was expected", STATUS_FAILED)
    return first, ended, used.ru_utime + used.ru_stime


def _compile(folder):
    program = os.path.join(folder, "hello")
    done = subprocess.run([os.path.join(places.SDK, "bin", COMPILER), "-O2", "-xc", "-", "-o", program], input=HELLO,
                          text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise Fault(f"compiling hello failed: {(done.stderr.splitlines() or ['no message'])[0]}", STATUS_FAILED)
    return program


def _words(folder):
    """Return {what: (command, exit status)}."""
    image = os.path.join(folder, "off.elf")
    with open(image, "wb") as stream:
        stream.write(off_image())
    with open(image, "rb") as archive:
        config = machine.Config(image, archive.fileno())
        alone = machine.arguments(config, 0, 0)
    # Without the sockets: they need somebody at the other end.
    alone = alone[:alone.index("-initrd")] + ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    command = os.path.join(places.SDK, "bin", "coconut")
    return {"qemu": ([places.qemu(), *alone], machine.QUIT_OK),
            "python": ([sys.executable, "-ISB", "-c", "pass"], 0),
            "command": ([command, "run", "--help"], 0),
            "hello": ([command, "run", "--no-cwd", _compile(folder)], 0)}


def rows(_with_linux, _force):
    """Measure; returns the rows of the table."""
    with tempfile.TemporaryDirectory(prefix="coconut-bench-") as folder:
        words = _words(folder)
        found = {name: [] for name in words}
        for _ in range(TURNS):
            for name, (command, wanted) in words.items():
                found[name].append(_once(command, wanted))

    def median(name, part):
        return statistics.median(one[part] for one in found[name]) * 1e3

    alone, used = median("qemu", 1), median("qemu", 2)
    return [
        Row("start_qemu", "QEMU alone, to its end", alone, "ms"),
        Row("start_first_line", "coconut run hello, to its line", median("hello", 0), "ms"),
        Row("start_end", "coconut run hello, to its end", median("hello", 1), "ms"),
        Row("start_share", "that, in hundredths of QEMU alone", 100 * median("hello", 1) / alone, "%"),
        Row("start_python_used", "processor time: Python, an empty program", median("python", 2), "ms"),
        Row("start_command_used", "processor time: coconut run --help", median("command", 2), "ms"),
        Row("start_qemu_used", "processor time: QEMU alone", used, "ms"),
        Row("start_used", "processor time: coconut run hello, all of it", median("hello", 2), "ms"),
    ]
