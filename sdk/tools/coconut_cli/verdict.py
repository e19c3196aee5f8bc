# SPDX-License-Identifier: MIT
"""Turns init's report into an exit status and, for an unusual end, one line as a shell would say."""

from coconut_cli import protocol
from coconut_cli.fault import (STATUS_NOT_EXECUTABLE, STATUS_NOT_FOUND, STATUS_SIGNAL, STATUS_TOOL)

#: vector: (what happened, signal number a shell user expects)
EXCEPTIONS = {
    0: ("division error", 8), 1: ("debug exception", 5), 3: ("breakpoint", 5),
    4: ("overflow", 11), 5: ("bound range exceeded", 11), 6: ("invalid instruction", 4),
    7: ("no FPU", 8), 10: ("invalid TSS", 11), 11: ("segment not present", 7),
    12: ("stack fault", 7), 13: ("general protection fault", 11), 14: ("page fault", 11),
    16: ("floating-point error", 8), 17: ("misaligned access", 7),
    19: ("floating-point error", 8), 21: ("control protection fault", 11),
}
SIGSEGV, SIGBUS, SIGKILL = 11, 7, 9
#: newlib's signal numbers where they differ from those of the host's shells
HOST_SIGNALS = {7: 11, 10: 7, 12: 31, 16: 23, 17: 19, 18: 20, 19: 18, 20: 17, 23: 29, 29: 16,
                30: 10, 31: 12}
SIGNAL_NAMES = {1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT",
                7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV",
                12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM"}
ERROR_WRITE, ERROR_FETCH, ERROR_BEYOND_FILE, VECTOR_PAGE_FAULT = 0x2, 0x10, 0x80000000, 14
#: errors of process_spawn (sysroot/abi/errors.def): (exit status, what to say)
SPAWN_ERRORS = {
    3: (STATUS_NOT_EXECUTABLE, "not enough memory to start it; give more with --mem"),
    7: (STATUS_NOT_FOUND, "no such program in the guest"),
    19: (STATUS_NOT_EXECUTABLE, "is not a program that the kernel can run; build it with "
                                "coconut.cmake"),
    20: (STATUS_NOT_EXECUTABLE, "was built for a newer system than this kernel; use its SDK's "
                                "coconut command"),
    22: (STATUS_NOT_EXECUTABLE, "arguments and environment are too long"),
}
INIT_FAILURES = {
    protocol.EXIT_BAD_RUN: "init could not read /coconut/run",
    protocol.EXIT_BAD_DIRECTORY: "init could not create a directory",
    protocol.EXIT_WAIT_FAILED: "init could not wait for it",
}


def _exception(report):
    name, signum = EXCEPTIONS.get(report.code, (f"exception {report.code}", SIGSEGV))
    if report.code == VECTOR_PAGE_FAULT:
        access = ("executing" if report.error_code & ERROR_FETCH else
                  "writing" if report.error_code & ERROR_WRITE else "reading")
        name += f" {access} address {report.address:#x}"
        if report.error_code & ERROR_BEYOND_FILE:
            name += ", behind the end of the mapped file"
            signum = SIGBUS
    elif report.error_code:
        name += f" (error code {report.error_code:#x})"
    offset = report.instruction - report.load_base
    place = f"at {offset:#x} in the program" if offset >= 0 else f"at {report.instruction:#x}"
    if report.load_base and offset >= 0:
        place += f" (loaded at {report.load_base:#x})"
    return STATUS_SIGNAL + signum, f"{name} {place}"


def _killed(report):
    signum = HOST_SIGNALS.get(report.code, report.code)
    if not 0 < signum < 128:
        signum = SIGKILL
    name = SIGNAL_NAMES.get(signum)
    return STATUS_SIGNAL + signum, f"ended by signal {signum}" + (f" ({name})" if name else "")


def judge(report):
    """Return (exit status, line to print or None)."""
    if report.reason == protocol.EXIT_CODE:
        return report.code & 0xff, None
    if report.reason == protocol.EXIT_EXCEPTION:
        return _exception(report)
    if report.reason == protocol.EXIT_KILLED:
        return _killed(report)
    if report.reason == protocol.EXIT_NO_MEMORY:
        return STATUS_SIGNAL + SIGKILL, "ended because memory ran out; give more with --mem"
    if report.reason == protocol.EXIT_NOT_STARTED:
        return SPAWN_ERRORS.get(report.code, (STATUS_NOT_EXECUTABLE,
                                              f"could not be started: error {report.code}"))
    text = INIT_FAILURES.get(report.reason, f"init failed for the unknown reason {report.reason}")
    return STATUS_TOOL, f"{text}: error {report.code}"
