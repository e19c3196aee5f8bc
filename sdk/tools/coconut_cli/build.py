# SPDX-License-Identifier: MIT
"""`coconut build`: the superbuild, with progress."""

import os
import time

from coconut_cli import files, hostcommand, hostpackages, places
from coconut_cli.options import Command, Option, integer

COMMAND = Command(
    "build", "[OPTIONS] [FOLDER]",
    "Build the CMake project in FOLDER with the SDK, into FOLDER/build; in the source tree and without FOLDER, "
    "the platform: fetch third-party sources, configure, build into build/, where the SDK is build/sdk.",
    (Option("--jobs", "N", "parallel steps (default: all processors)", integer(1, 1024)),), """
In an installed SDK FOLDER is the current one unless it is given. Only what changed is built again. The
log of the platform is build/logs/build.log; COCONUT_CACHE and COCONUT_MIRROR say where fetched files
are kept and come from (sdk/deps/README.md).

exit status: 0 all is built, 1 something failed, 2 wrong use.""")


def build(jobs=None, quiet=False):
    """Build everything; Fault on failure. Returns the seconds it took."""
    root = places.source_root()
    begin = time.monotonic()
    show = None if quiet else hostcommand.Progress()
    path = hostcommand.log_path("build")
    with files.alone(places.BUILD, "build"), open(path, "wb") as log:
        if not os.path.isfile(os.path.join(places.BUILD, "build.ninja")):
            hostcommand.must(["cmake", "--preset", "default", "-S", root], "build", log,
                             "configuring", show)
        words = ["cmake", "--build", places.BUILD]
        if jobs is not None:
            words += ["--parallel", str(jobs)]
        hostcommand.must(words, "build", log, "the build", show)
    return time.monotonic() - begin


def run(values, words):
    """Run the command; returns the exit status."""
    if words or places.SOURCE is None:
        from coconut_cli import project
        project.build(project.find(words, COMMAND), values["jobs"])
        return 0
    hostpackages.require()
    seconds = build(values["jobs"])
    print(f"coconut: built in {seconds:.0f} s; the SDK is {hostcommand.shown(places.SDK)}")
    return 0
