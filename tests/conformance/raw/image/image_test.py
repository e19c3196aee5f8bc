#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Boots hand-made images: archives written here byte for byte, programs built as upstream's are.

    image_test.py --programs BUILD-OF-RAW-TESTS --kernel KERNEL.ELF --coconut COMMAND

What cannot be seen from inside of the machine: that upstream's kind of program runs as /init of an archive
in the PKIT format, that damaged archives are refused with one line, that system_halt ends the machine with
the given status, and that streams carry any bytes. Prints the line protocol.
"""

import argparse
import os
import random
import struct
import subprocess
import sys
import tempfile

MAGIC = b"PKIT"
HEADER = struct.pack("<4sI", MAGIC, 8)
ENDED_WELL, ENDED_BADLY = 2 * 0x10 + 1, 2 * 0x11 + 1  # of isa-debug-exit
SECONDS = 60


def record(name, data, kind=1, name_len=None, data_len=None):
    """One record, with wrong lengths if asked for."""
    encoded = name.encode() if isinstance(name, str) else name
    return struct.pack("<HHQ", kind, len(encoded) if name_len is None else name_len,
                       len(data) if data_len is None else data_len) + encoded + data


class Machine:
    """Boots archives; `programs` are the built test programs by name."""

    def __init__(self, options):
        self.options = options

    def program(self, name):
        """The bytes of a test program."""
        with open(os.path.join(self.options.programs, name), "rb") as stream:
            return stream.read()

    def boot(self, archive, machine="microvm,acpi=off,isa-serial=on"):
        """Returns (exit status of the emulator, text of the serial line)."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(archive)
            file.flush()
            words = [os.environ.get("COCONUT_QEMU", "qemu-system-x86_64"), "-machine", machine,
                     "-accel", "tcg", "-cpu", "max", "-m", "128M", "-nodefaults", "-display", "none",
                     "-no-reboot", "-serial", "stdio", "-monitor", "none",
                     "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
                     "-kernel", self.options.kernel, "-initrd", file.name, "-append", "log=serial"]
            try:
                done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, timeout=SECONDS, check=False)
            except subprocess.TimeoutExpired as error:
                return None, (error.stdout or b"").decode(errors="replace")
        return done.returncode, done.stdout.decode(errors="replace")

    def copy(self, data):
        """Runs the stream program under `coconut run`; returns (exit status, its output)."""
        path = os.path.join(self.options.programs, "stream")
        done = subprocess.run([self.options.coconut, "run", "--no-cwd", "--timeout", str(SECONDS), path],
                              input=data, stdout=subprocess.PIPE, timeout=2 * SECONDS, check=False)
        return done.returncode, done.stdout


def expect(actual, wanted, what):
    """None, or what is wrong."""
    return None if actual == wanted else f"{what}: expected {wanted!r}, got {actual!r}"


def expect_boot(result, status, *texts):
    """Checks exit status and serial text; None, or what is wrong."""
    for text in texts:
        if text not in result[1]:
            return f"no '{text}' on the serial line, but: {result[1][-400:]!r}"
    return expect(result[0], status, "exit status of the machine")


def test_upstream_init(machine):
    """Upstream's kind of program, the only one in the archive, runs all its checks as /init."""
    result = machine.boot(HEADER + record("init", machine.program("upstream")))
    return expect_boot(result, ENDED_WELL, "[init] upstream tester: pass",
                       "[init] line of the log", "ended with code 0")


def test_upstream_init_q35(machine):
    """The same on a machine with PCI and ACPI."""
    result = machine.boot(HEADER + record("init", machine.program("upstream")), "q35")
    return expect_boot(result, ENDED_WELL, "[init] upstream tester: pass")


def test_folders_and_bytes(machine):
    """Folders are made from names; files of all sizes, empty ones too, stand beside /init."""
    archive = HEADER + record("etc/deep/er/file", bytes(range(256)) * 33)
    archive += record("empty", b"") + record("init", machine.program("upstream"))
    return expect_boot(machine.boot(archive), ENDED_WELL, "[init] upstream tester: pass")


def test_verdict_can_fail(machine):
    """A file in the tester's way makes it fail, and the machine says so: the check is no rubber stamp."""
    archive = HEADER + record("seek", b"in the way and longer") + record(
        "init", machine.program("upstream"))
    return expect_boot(machine.boot(archive), ENDED_WELL, "upstream tester: fail part 4",
                       "ended with code 1")


def test_no_init(machine):
    """An archive without /init: one clear line."""
    return expect_boot(machine.boot(HEADER + record("other", b"x")), ENDED_BADLY,
                       "no /init in the boot archive")


def test_init_is_no_program(machine):
    """Text as /init."""
    return expect_boot(machine.boot(HEADER + record("init", b"#!/bin/sh\n")), ENDED_BADLY,
                       "cannot start /init")


def test_damaged_archives(machine):
    """Each kind of damage is refused with one line and without a panic."""
    init = record("init", machine.program("minimal"))
    damaged = {
        "wrong magic": b"PKIX" + HEADER[4:] + init,
        "wrong header size": struct.pack("<4sI", MAGIC, 12) + bytes(4) + init,
        "cut in a record's head": HEADER + init + b"\x01\x00\x04",
        "cut in the data": HEADER + init[:-100],
        "unknown type": HEADER + init + record("x", b"y", kind=2),
        "empty name": HEADER + init + record("", b"y"),
        "data beyond the end": HEADER + init + record("x", b"y", data_len=2),
        "data that overflows": HEADER + init + record("x", b"y", data_len=2**64 - 1),
        "name beyond the end": HEADER + init + record("x", b"", name_len=65535),
        "the same name twice": HEADER + init + record("a", b"1") + record("a", b"2"),
        "a file as a folder": HEADER + init + record("a", b"1") + record("a/b", b"2"),
        "a name that is not UTF-8": HEADER + init + record(b"\xff\xfe", b"1"),
        "a name with NUL": HEADER + init + record(b"a\0b", b"1"),
    }
    for what, archive in damaged.items():
        status, text = machine.boot(archive)
        if status != ENDED_BADLY or "panic" in text or "archive" not in text:
            return f"{what}: status {status}, serial line: {text[-300:]!r}"
    return None


def test_halt(machine):
    """system_halt tells the host its status and does not return."""
    halt = HEADER + record("init", machine.program("halt"))
    wrong = expect_boot(machine.boot(halt), ENDED_WELL, "halted with status 0")
    if wrong:
        return wrong
    result = machine.boot(halt + record("fail", b""))
    if "ended with code" in result[1]:
        return "the call returned"
    return expect_boot(result, ENDED_BADLY, "halted with status 3")


def test_stream_bytes(machine):
    """Any bytes, in any amount, come back as they were; an empty input is an end at once."""
    numbers = random.Random(7)
    for size in (0, 1, 65536, 300000):
        data = numbers.randbytes(size)
        status, output = machine.copy(data)
        if status != 0:
            return f"{size} bytes: exit status {status}"
        if output != data:
            return f"{size} bytes: {len(output)} bytes came back, not the same"
    return None


def main():
    """Runs all tests."""
    parser = argparse.ArgumentParser()
    for name in ("programs", "kernel", "coconut"):
        parser.add_argument(f"--{name}", required=True)
    machine = Machine(parser.parse_args())
    passed = failed = 0
    for name, test in sorted(globals().items()):
        if not name.startswith("test_"):
            continue
        wrong = test(machine)
        if wrong is None:
            passed += 1
            print(f"ok - image.{name[5:]}", flush=True)
        else:
            failed += 1
            print(f"not ok - image.{name[5:]}: {wrong}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
