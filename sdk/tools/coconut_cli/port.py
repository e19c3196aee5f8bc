# SPDX-License-Identifier: MIT
"""`coconut port`: third-party libraries from their recipes, built into a prefix or tested in the kernel."""

import os
import subprocess
import sys

from coconut_cli import places, processes
from coconut_cli.fault import STATUS_FAILED, Fault, reason
from coconut_cli.options import Command, Option, flag, integer

COMMAND = Command(
    "port", "[OPTIONS] NAME ...",
    "Build unmodified third-party libraries from their recipes, and install them into a prefix.",
    (Option("--prefix", "FOLDER", "where to install them (default: prefix)"),
     Option("--build", "FOLDER", "where to build (default: coconut-ports in the current folder)"),
     Option("--recipes", "FOLDER", "recipes of your own, beside those of the SDK; 'coconut new port' makes one"),
     Option("--jobs", "N", "parallel steps (default: all processors)", integer(1, 1024)),
     flag("--test", "run their own tests in the kernel instead of installing"),
     flag("--whole", "with --test: all tests of a recipe that names a part"),
     flag("--list", "list the recipes: name, version, build system"),
     flag("--json", "with --list: as JSON, a list of name, version and system")), """
Sources are those of Debian's archive that share/coconut/deps/deps.lock names by checksum; they are
fetched once and kept, see COCONUT_CACHE and COCONUT_MIRROR in 'coconut build --help'. Programs find
what is installed with cmake -DCMAKE_PREFIX_PATH=FOLDER, or with -IFOLDER/include and -LFOLDER/lib.
A port's files appear there together, or, if it fails or is interrupted, not at all.

exit status: 0 success, 1 a port failed to build or a test failed, 2 wrong use.""")


def _folder():
    if places.SOURCE:
        return os.path.join(places.SOURCE, "tests", "conformance", "ports")
    return places.data("ports")


def run(values, words):
    """Run the command; returns the exit status."""
    script = os.path.join(_folder(), "run.py")
    if values["recipes"] and not os.path.isdir(values["recipes"]):
        raise COMMAND.fail(f"--recipes {values['recipes']}: is no folder")
    own = ["--recipes", os.path.abspath(values["recipes"])] if values["recipes"] else []
    if values["list"]:
        command = [*own, "--list", *(["--json"] if values["json"] else [])]
    elif values["json"]:
        raise COMMAND.fail("--json is for --list")
    elif not words:
        raise COMMAND.fail("which port? 'coconut port --list' shows them")
    elif values["whole"] and not values["test"]:
        raise COMMAND.fail("--whole is for --test")
    else:
        build = os.path.abspath(values["build"] or "coconut-ports")
        command = [*own, "--build", build, *(["--whole"] if values["whole"] else []), *words]
        if values["jobs"]:
            command += ["--jobs", str(values["jobs"])]
        if not values["test"]:
            command += ["--install", os.path.abspath(values["prefix"] or "prefix")]
    words = [sys.executable, "-B", script, "--sdk", places.SDK, *command]
    try:
        if not values["list"]:
            return STATUS_FAILED if processes.call(words, processes.COMMAND_PATIENCE)[0] else 0
        # A Ctrl-C waits while Python starts, as in the script that starts this one.
        done = subprocess.run(["/usr/bin/env", "--block-signal=INT", *words], check=False, stdout=subprocess.PIPE, text=True)
    except OSError as error:
        raise Fault(f"cannot start {sys.executable}: {reason(error)}") from error
    if done.returncode == 0:
        print(done.stdout, end="")
    return STATUS_FAILED if done.returncode else 0
