#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Drive the virtual TPM with tpm2-tools and by its protocol; prints the line protocol of the tests."""

import argparse
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import algorithms
import certificates
import cuts
import keeping
import machine
import policies
import sequences
import states
from client import Client
from service import TOP, Failure, Service, Tools, unpack_tools


def host_command(program):
    """How the Linux process is started."""
    return lambda state, port: (program, "--state", state, "--tcp", port)


def ports(port):
    """The service's two streams as ports of the machine."""
    return "--port", f"tpm=tcp:{port}", "--port", f"tpm-platform=tcp:{port + 1}"


def guest_command(program):
    """How the service is started in the kernel, by itself; what it changes in the state comes back when it ends."""
    def command(state, port):
        return (TOP / "coconut", "run", "--no-cwd", *ports(port), "--timeout", 3600, "--dir", f"{state}:/state", program,
                "--state", "/state", "--ports", "/dev/ports/tpm", "/dev/ports/tpm-platform")
    return command


def image_command(image):
    """How an image with the service, under its manifest, is booted."""
    def command(_state, port):
        return (TOP / "coconut", "boot", *ports(port), "--timeout", 3600, "--kernel", image / "kernel.elf",
                image / "archive.pkit")
    return command


#: Tests that need no state that outlives the machine.
EVERYWHERE = (states.protocol, states.cancel, states.carried, states.dying, certificates.certificates)


class Runner:
    """Runs tests and counts."""

    def __init__(self, options, scratch):
        self.options, self.scratch = options, scratch
        self.passed = self.failed = 0
        self.dying_command = options.dying and image_command(options.dying)
        self.command = guest_command(options.guest) if options.guest else host_command(options.host)

    def cut_command(self, where, state, port):
        """Starts the Linux process that dies at a chosen call: see cut/cut.c."""
        return ("env", f"VTPM_CUT={where}", self.options.cut, "--state", state, "--tcp", port)

    def service(self, name, command=None):
        """A service with a state directory of its own, ready."""
        state = self.scratch / name
        state.mkdir(exist_ok=True)
        return Service(command or self.command, state).wait_ready()

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
        except (Failure, OSError, struct.error, subprocess.TimeoutExpired) as error:
            self.failed += 1
            print(f"not ok - {name}: {error}", flush=True)
        else:
            self.passed += 1
            print(f"ok - {name}: {time.monotonic() - started:.1f} s", flush=True)

    def run_sequences(self, chosen):
        """All sequences on one TPM, from a clean one to the next."""
        service = self.service("sequences", image_command(self.options.image) if self.options.image else None)
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
    parser.add_argument("--image", type=Path, metavar="FOLDER", help="an image with the service, for the sequences")
    parser.add_argument("--dying", type=Path, metavar="FOLDER", help="an image whose TPM dies again and again")
    parser.add_argument("--cut", type=Path, metavar="PROGRAM", help="the Linux process that can be made to die anywhere")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="where the commands sent are kept for the fuzzer")
    parser.add_argument("--tools", type=Path, required=True, metavar="DIR", help="where tpm2-tools are unpacked")
    parser.add_argument("--without", nargs="+", default=(), metavar="NAME", help="tests not to run")
    parser.add_argument("names", nargs="*", help="tests to run (default: all)")
    options = parser.parse_args()
    unpack_tools(options.tools)
    if options.corpus:
        options.corpus.mkdir(parents=True, exist_ok=True)
        Client.corpus = options.corpus
    every = algorithms.TESTS + machine.TESTS + policies.TESTS + sequences.SEQUENCES

    def named(function):
        """Whether a test is to be run."""
        return (not options.names or function.__name__ in options.names) and function.__name__ not in options.without

    chosen = [function for function in every if named(function)]
    scratch = Path(tempfile.mkdtemp(prefix="vtpm-test-"))
    try:
        runner = Runner(options, scratch)
        if chosen:
            runner.run_sequences(chosen)
        for function in (*states.TESTS, *keeping.TESTS, *((states.dying,) if options.dying else ()), *certificates.TESTS,
                         *(cuts.TESTS if options.cut else ())):
            if named(function) and (options.host or function in EVERYWHERE):
                runner.test(function.__name__, function, runner)
        print(f"{runner.passed} passed, {runner.failed} failed")
        return 0 if runner.passed and not runner.failed else 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
