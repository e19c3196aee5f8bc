#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Drive the virtual TPM with tpm2-tools and by its protocol; prints the line protocol of the tests."""

import argparse
import shutil
import struct
import sys
import tempfile
import time
from pathlib import Path

import sequences
import states
from service import TOP, Failure, Service, Tools, unpack_tools


def host_command(program):
    """How the Linux process is started."""
    return lambda state, port: (program, "--state", state, "--tcp", port)


def guest_command(program):
    """How the service is started in the kernel: its two streams are ports of the machine."""
    def command(_state, port):
        return (TOP / "coconut", "run", "--no-cwd", "--port", f"tpm=tcp:{port}", "--port", f"tpm-platform=tcp:{port + 1}",
                "--timeout", 900, program, "--state", "/", "--ports", "/dev/ports/tpm", "/dev/ports/tpm-platform")
    return command


class Runner:
    """Runs tests and counts."""

    def __init__(self, options, scratch):
        self.options, self.scratch = options, scratch
        self.passed = self.failed = 0
        self.command = guest_command(options.guest) if options.guest else host_command(options.host)

    def service(self, name):
        """A service with a state directory of its own, ready."""
        state = self.scratch / name
        state.mkdir(exist_ok=True)
        return Service(self.command, state).wait_ready()

    def tools(self, service, name):
        """tpm2-tools for it, in a folder of their own."""
        folder = self.scratch / f"{name}.files"
        folder.mkdir(exist_ok=True)
        return Tools(self.options.tools, service, folder)

    def test(self, name, function, *arguments):
        """Run one test and print its line."""
        started = time.monotonic()
        try:
            function(*arguments)
        except (Failure, OSError, struct.error) as error:
            self.failed += 1
            print(f"not ok - {name}: {error}", flush=True)
        else:
            self.passed += 1
            print(f"ok - {name}: {time.monotonic() - started:.1f} s", flush=True)

    def run_sequences(self, chosen):
        """All sequences on one TPM, from a clean one to the next."""
        service = self.service("sequences")
        try:
            tools = self.tools(service, "sequences")
            tools.run("startup -c")
            for function in chosen:
                self.test(function.__name__, function, tools, service)
                for what in ("-t", "-l", "-s"):
                    tools.run(f"flushcontext {what}")
        finally:
            service.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--host", type=Path, metavar="PROGRAM", help="the service as a Linux process")
    where.add_argument("--guest", type=Path, metavar="PROGRAM", help="the service as a program of the kernel")
    parser.add_argument("--tools", type=Path, required=True, metavar="DIR", help="where tpm2-tools are unpacked")
    parser.add_argument("names", nargs="*", help="tests to run (default: all)")
    options = parser.parse_args()
    unpack_tools(options.tools)
    chosen = [f for f in sequences.SEQUENCES if not options.names or f.__name__ in options.names]
    scratch = Path(tempfile.mkdtemp(prefix="vtpm-test-"))
    try:
        runner = Runner(options, scratch)
        runner.run_sequences(chosen)
        for function in states.TESTS:
            named = not options.names or function.__name__ in options.names
            if named and (options.host or function in states.EVERYWHERE):
                runner.test(function.__name__, function, runner)
        print(f"{runner.passed} passed, {runner.failed} failed")
        return 0 if runner.passed and not runner.failed else 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
