# SPDX-License-Identifier: MIT
"""A CMake project of the user's: built with the SDK, tested in the kernel."""

import os

from coconut_cli import files, places, processes
from coconut_cli.fault import STATUS_FAILED, Fault, reason

LISTS = "CMakeLists.txt"


def find(words, command):
    """Return the project's folder from the words of a command line: one folder, or the current one."""
    if len(words) > 1:
        raise command.fail(f"'{words[1]}' is not expected")
    folder = os.path.abspath(words[0] if words else ".")
    if not os.path.isfile(os.path.join(folder, LISTS)):
        raise Fault(f"{folder}: there is no {LISTS}; 'coconut new' makes a project", STATUS_FAILED)
    return folder


def _must(step, words):
    try:
        status = processes.call(words, processes.COMMAND_PATIENCE)[0]
    except OSError as error:
        raise Fault(f"cannot start {words[0]}: {reason(error)}; install cmake and ninja-build") from error
    if status != 0:
        raise Fault(f"{step} failed with status {status}", STATUS_FAILED)


def _configure(folder, binary):
    """Configure the project where that was not done to its end."""
    if any(os.path.isfile(os.path.join(binary, name)) for name in ("build.ninja", "Makefile")):
        return
    options = []
    if not os.path.isfile(os.path.join(binary, "CMakeCache.txt")):  # else there are choices already, of an attempt that failed
        toolchain = os.path.join(places.SDK, "toolchain", "coconut.cmake")
        options = ["-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo", f"-DCMAKE_TOOLCHAIN_FILE={toolchain}"]
    _must("configuring", ["cmake", "-S", folder, "-B", binary, *options])


def build(folder, jobs=None):
    """Configure the project if that was not done, and build it into its folder `build`."""
    binary = os.path.join(folder, "build")
    with files.alone(binary, "build"):
        _configure(folder, binary)
        _must("the build", ["cmake", "--build", binary, *(["--parallel", str(jobs)] if jobs else [])])


def test(folder):
    """Build the project and run its tests."""
    build(folder)
    _must("the test", ["ctest", "--test-dir", os.path.join(folder, "build"), "--output-on-failure",
                       "--no-tests=error"])
