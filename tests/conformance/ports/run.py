#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build unmodified third-party libraries with the SDK and run their own tests inside the kernel.

A recipe NAME.json beside this file, or in a folder given with --recipes, is data:
    lock        name of the lock entry that holds the upstream source, in that folder's deps.lock or the SDK's
    source      instead of lock: a folder beside the recipe that holds the source; version: its version
    subdir      folder of the top CMakeLists.txt inside the source (default ".")
    system      cmake (the default), autotools, or make: a plain Makefile
    configure   options for cmake, beyond generator, toolchain file and build type; for configure; variables
                for make
    needs       other ports that are built and installed first, and into the same prefix
    test_needs  those that only its tests need; whole_needs: that only those beyond 'part' need
    install     further options where it is not tested but installed (--install); of make: what to make in place of install
    minimum     how many tests of the library's own must have run for the port to count
    targets     what to build (default: what the project builds by default); with cmake and autotools for tests only:
                what is installed is what the project builds by default, with the options of 'install'
    first       of make: targets that are made before, one by one, such as a configuration
    also        of make: {folder of the build: targets} that are made behind, if need be without a Makefile
    part        tests that are built, as targets of the same name, and run unless --whole is given: where the
                whole takes long
    target_of   [regular expression, replacement]: the target's name from the test's, where they differ
    dirs        {folder of the source: folder of the build}: what goes along into the machine, in place of the
                whole source
    with        {folder: lock entry}: sources of other projects, unpacked into folders of this one that
                the project expects and its tarball lacks
    overlay     folder beside the recipe with files that are added to the source, never replacing one
    autoreconf  of autotools, true: the source comes without its configure script; autoreconf makes it, in a copy
    check       of autotools: the tests of `make check` that are programs (default: all; none if empty); checkdir: where
    tests       tests beside those of the build system: {"name", "run": [program in the build, arguments],
                "input": file of the source for standard input, "output": file of the source, or "text", that
                standard output must equal, "seconds": how long it may take, "cwd": folder of the build,
                "options": of `coconut run`, "lines": {"pass", "fail": regular expressions} of a program that prints
                a line for each of many tests; a group is the test's name, which "exclude" and "known" hold behind that
                of the program}; @SOURCE@ and @BUILD@ stand for the places, @NEEDED@ for the prefix of the ports that it
                needs, @TOOL@ for the beginning of the names of tools, @EXCLUDED@ for the names of a program's tests that
                "exclude" holds, with commas
    pass        names of environment variables that the tests see
    flags       options of `coconut run` for all tests
    installdir  of make: the folder whose Makefile builds and installs (default: the top, behind 'targets')
    bench       the test that `coconut bench ports` measures (default: the first); or another run of a program, like a
                member of "tests"
    exclude     {test: reason}: tests that are not run at all
    known       tests that cannot pass yet, each with the reason; one that passes all the same fails the port
Each library is configured, built and tested by its own build system (systems.py). What is installed appears in the prefix
as a whole (staging.py).
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import lines
import page
from staging import Staging, interrupt
from systems import LINUX_TOOL, SYSTEMS, PortError, job, processes, run_listed

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
#: In the source tree, or in an SDK, where this file stands in share/coconut/ports.
DEPS = TOP / "sdk" / "deps" if (TOP / "sdk" / "deps").is_dir() else HERE.parent / "deps"
FETCH = DEPS / "fetch.py"
#: Where recipes are looked for, in this order.
FOLDERS = [HERE]
KEYS = {"lock": str, "subdir": str, "configure": list, "minimum": int, "known": dict, "targets": list,
        "part": list, "with": dict, "overlay": str, "exclude": dict, "target_of": list, "dirs": dict,
        "install": list, "system": str, "needs": list, "test_needs": list, "whole_needs": list, "check": list, "checkdir": str, "installdir": str,
        "tests": list, "pass": list, "flags": list, "autoreconf": bool, "source": str, "version": str,
        "bench": (str, dict), "first": list, "also": dict}


#: Signals that end all that was started, and an installation with what is half-done undone.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: (prefix, name) of the ports that this run has installed, and of those that it is about to.
INSTALLED, UNDER_WAY = set(), set()


def recipes():
    """{name: file} of all recipes, sorted; those of --recipes hide others of the same name."""
    found = {path.stem: path for folder in reversed(FOLDERS) for path in folder.glob("*.json")}
    return {name: found[name] for name in sorted(found)}


def load_recipe(name):
    """Read and check NAME.json."""
    path = recipes().get(name)
    if path is None:
        raise PortError(f"no port named '{name}'; there are: {', '.join(recipes())}")
    try:
        recipe = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PortError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise PortError(f"{path}: {error}") from None
    if not isinstance(recipe, dict):
        raise PortError(f"{path}: is no JSON object")
    for key, value in recipe.items():
        if key not in KEYS or not isinstance(value, KEYS[key]):
            raise PortError(f"{path}: key '{key}' is unknown or of the wrong type")
    if recipe.get("system", "cmake") not in SYSTEMS:
        raise PortError(f"{path}: there is no system '{recipe['system']}'; there are {', '.join(SYSTEMS)}")
    for key in ("version" if "source" in recipe else "lock", "minimum"):
        if key not in recipe:
            raise PortError(f"{path}: key '{key}' is missing")
    if isinstance(recipe.get("bench"), dict) and not {"name", "run"} <= recipe["bench"].keys():
        raise PortError(f"{path}: 'bench' has no 'name' or no 'run'")
    return recipe


class Port:
    """One library on its way from source to test results."""

    def __init__(self, name, sdk, build, prefix, whole, linux=False):
        """sdk: where the SDK is, or None to build for the host; linux: static programs, to compare with."""
        self.name, self.sdk, self.prefix, self.linux = name, sdk, prefix, linux
        self.recipe, self.place = load_recipe(name), recipes()[name].parent
        self.part = [] if whole or prefix else self.recipe.get("part", [])
        self.source, self.binary = build / name / "source", build / name / "build"
        self.log = build / name / "log.txt"
        self.system = SYSTEMS[self.recipe.get("system", "cmake")](self)
        kinds = ["needs", *([] if prefix else ["test_needs"]), *(["whole_needs"] if whole and not prefix else [])]
        self.wants = [wanted for kind in kinds for wanted in self.recipe.get(kind, [])]
        self.needed = (prefix or build / name / "needed") if self.wants else None
        self.build_of_needs = build if prefix else build / name / "needs"  # where nobody else builds them

    def step(self, step, command, env=None, check=True, cwd=None):
        """Run a command of a host tool, its output in the log."""
        print(f"# {self.name}: {step}", file=sys.stderr, flush=True)
        with open(self.log, "ab") as log:
            log.write(f"\n== {step}: {' '.join(map(str, command))}\n".encode())
            log.flush()
            status, _ = processes.call(command, stdout=log, stderr=subprocess.STDOUT, cwd=cwd, env={**os.environ, **(env or {})})
        if check and status != 0:
            raise PortError(f"{step} failed with status {status}; see {self.log}")

    def unpack(self):
        """Fetch the sources and unpack them, once for each version; or copy what lies beside the recipe."""
        if "source" in self.recipe:
            given = self.place / self.recipe["source"]
            if not given.is_dir():
                raise PortError(f"{given}: is no folder; 'source' of the recipe names it")
            shutil.rmtree(self.source, ignore_errors=True)
            shutil.copytree(given, self.source, symlinks=True)
            return
        parts = {".": fetch(self.recipe["lock"])}
        for folder, lock in self.recipe.get("with", {}).items():
            parts[folder] = fetch(lock)
        state = "".join(f"{folder} {tarball}\n" for folder, tarball in parts.items())
        stamp = self.source.with_name("source.stamp")
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != state:
            shutil.rmtree(self.source.parent, ignore_errors=True)
            self.source.parent.mkdir(parents=True)
            self.log.write_bytes(b"")
            for folder, tarball in parts.items():
                self._unpack_one(tarball, self.source / folder)
            stamp.write_text(state, encoding="utf-8")
        if "overlay" in self.recipe:
            self._overlay(self.place / self.recipe["overlay"])

    def _unpack_one(self, tarball, target):
        if target.exists():
            raise PortError(f"{target} is there already; it is not for 'with' to replace")
        target.mkdir(parents=True)
        self.step("unpack", ["tar", "-xf", tarball, "-C", target])
        inner = list(target.iterdir())
        if len(inner) == 1 and inner[0].is_dir():
            aside = target.with_name(f"{target.name}.inner")
            inner[0].rename(aside)
            target.rmdir()
            aside.rename(target)

    def _overlay(self, folder):
        """Add files of ours; on record, so that a later run may renew them."""
        stamp = self.source.with_name("overlay.stamp")
        ours = stamp.read_text(encoding="utf-8").splitlines() if stamp.exists() else []
        names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        for name in names:
            target = self.source / name
            if target.exists() and name not in ours:
                raise PortError(f"{target} is the project's own; an overlay may not replace it")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, target)
        stamp.write_text("\n".join(names), encoding="utf-8")

    def provide(self, jobs):
        """Build and install the ports that this one needs."""
        for name in self.wants:
            stamp = self.needed / f".{name}"
            if not self.prefix and stamp.exists():
                continue
            Port(name, self.sdk, self.build_of_needs, self.needed, False, self.linux).install(jobs)
            if not self.prefix:
                stamp.write_text("", encoding="utf-8")

    def install(self, jobs):
        """Build and install into the prefix with all that it needs, unless this run has done so."""
        key = (self.prefix, self.name)
        if key in UNDER_WAY:
            raise PortError(f"{self.name} needs itself, by 'needs' of its recipe or of another")
        if key in INSTALLED:
            return
        UNDER_WAY.add(key)
        try:
            self.unpack()
            self.build(jobs)
            with Staging(self.prefix) as staging:
                self.system.install(staging.root)
                staging.move()
            INSTALLED.add(key)
        finally:
            UNDER_WAY.discard(key)

    def build(self, jobs):
        """Configure and build, from nothing."""
        self.log.write_bytes(b"")
        shutil.rmtree(self.binary, ignore_errors=True)
        self.provide(jobs)
        self.system.build(jobs)

    def test(self, jobs):
        """Run the tests; returns [(test, None or why it did not pass)]."""
        results = self.system.test(jobs) + run_listed(self)
        if len(results) < self.recipe["minimum"]:
            raise PortError(f"only {len(results)} tests ran, {self.recipe['minimum']} expected; see {self.log}")
        return results

    def run_environment(self):
        """What `coconut run` is told of each test."""
        flags = [self.expand(word) for word in self.recipe.get("flags", [])]
        found = {"COCONUT_RUN_ENV": ":".join(self.recipe.get("pass", []))}
        if "dirs" in self.recipe:
            flags += [f"--dir {self.source / folder}:{self.binary / place}:ro"
                      for folder, place in self.recipe["dirs"].items()]
        else:
            found["COCONUT_RUN_DIRS"] = str(self.source)
        return {**found, "COCONUT_RUN_FLAGS": " ".join(flags)}

    def expand(self, word):
        """A word of a recipe with the places of source and build in it."""
        tool = LINUX_TOOL if self.linux else self.binary.with_name("sdk") / "bin" / "x86_64-unknown-coconut-"
        return (word.replace("@SOURCE@", str(self.source)).replace("@BUILD@", str(self.binary))
                .replace("@NEEDED@", str(self.needed)).replace("@TOOL@", str(tool)))


def fetch(lock):
    """Path of the tarball of a lock entry."""
    file = next((file for file in lock_files() if lock in locked([file])), DEPS / "deps.lock")
    status, output = processes.call([sys.executable, "-B", FETCH, "--quiet", "--lock", file, "--path", lock],
                                    stdout=subprocess.PIPE, text=True)
    if status != 0:
        raise PortError(f"the source of {lock} could not be fetched")
    return Path(output.strip())


def run_port(name, options):
    """Returns (passed, failed, skipped) and prints a line for each test."""
    try:
        port = Port(name, None if options.host else options.sdk, options.build, options.install, options.whole)
        if options.install:
            port.install(options.jobs)
            return 0, 0, 0
        port.unpack()
        port.build(options.jobs)
        results = port.test(options.jobs)
    except (PortError, OSError) as error:
        if options.install:
            interrupt.settle()
            complain(f"{name}: {error}")
        else:
            print(f"not ok - port.{name}: {error}")
        return 0, 1, 0
    page.record(port, version_of(port.recipe), results)
    return lines.tell(name, port.recipe, results)


def lock_files():
    """Lock files, the first that has an entry decides."""
    return [folder / "deps.lock" for folder in FOLDERS if (folder / "deps.lock").is_file()] + [DEPS / "deps.lock"]


def locked(files=None):
    """{name: (version, Debian's file)} of the lock files, or of these."""
    rows = (line.split() for file in reversed(files or lock_files())
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines()
            if line.strip() and not line.startswith("#"))
    return {row[1]: (row[2], row[5]) for row in rows if len(row) > 5}


def version_of(recipe):
    """The version of what a recipe builds."""
    return recipe["version"] if "source" in recipe else locked().get(recipe["lock"], ("?",))[0]


def print_job(name, options):
    """Build a port and print, as JSON, what is to be measured of it. Returns the exit status."""
    try:
        port = Port(name, None if options.linux else options.sdk, options.build, None, False, options.linux)
        bench = port.recipe.get("bench")
        if bench in (*port.recipe.get("part", []), *port.recipe.get("targets", [])):
            port.part = [bench]  # nothing else is to be built
        port.unpack()
        port.build(options.jobs)
        print(json.dumps({**job(port), "version": version_of(port.recipe)}))
    except (PortError, OSError) as error:
        complain(f"{name}: {error}")
        return 1
    return 0


def complain(text):
    """Tell on standard error what is wrong."""
    print(f"coconut: port: {text}", file=sys.stderr)


def list_recipes(as_json):
    """Print name, version and build system of each recipe."""
    rows = []
    for name in recipes():
        recipe = load_recipe(name)
        rows.append({"name": name, "version": version_of(recipe), "system": recipe.get("system", "cmake")})
    if as_json:
        print(json.dumps(rows, indent=1))
    for row in rows if not as_json else ():
        print(f"{row['name']:<12}{row['version']:<12}{row['system']}")
    return 0


def main():
    """Do what the command line asks for; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="ports to build and test (default: all)")
    parser.add_argument("--sdk", type=Path, default=TOP / "build" / "sdk")
    parser.add_argument("--build", type=Path, default=TOP / "build" / "ports")
    parser.add_argument("--recipes", type=Path, metavar="FOLDER", help="recipes of your own, and their deps.lock")
    parser.add_argument("--jobs", type=int, default=os.environ.get("COCONUT_JOBS") or os.cpu_count() or 1)
    parser.add_argument("--whole", action="store_true", help="all tests of a recipe that names a part of them")
    parser.add_argument("--install", type=Path, metavar="PREFIX",
                        help="install there instead of testing")
    parser.add_argument("--host", action="store_true", help="for the host, with --install")
    parser.add_argument("--job", metavar="NAME", help="build NAME and print which of its tests is to be measured, how")
    parser.add_argument("--linux", action="store_true", help="with --job: static programs for Linux")
    parser.add_argument("--list", action="store_true", help="list the recipes")
    parser.add_argument("--json", action="store_true", help="with --list: as JSON")
    parser.add_argument("--page", type=Path, metavar="FILE", help="keep the results of earlier runs in records, and write docs/ports.md from them")
    options = parser.parse_args()
    ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN  # of a shell's background
    interrupt.catch(ENDING[1:] if ignored else ENDING, lambda signum: SystemExit(128 + signum))
    # `coconut port` has it blocked while Python starts.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if options.recipes:
        if not options.recipes.is_dir():
            parser.error(f"--recipes {options.recipes}: is no folder")
        FOLDERS.insert(0, options.recipes.resolve())
    if options.host and not options.install:
        parser.error("--host is there to install for tests on the host: give --install")
    if options.list:
        try:
            return list_recipes(options.json)
        except (PortError, OSError) as error:
            complain(error)
            return 1
    if options.page:
        found = {name: load_recipe(name) for name in recipes()}
        page.keep(found, options.build, HERE / "records")
        options.page.write_text(page.text(found, locked(), HERE / "records"), encoding="utf-8")
        return 0
    options.sdk, options.build = options.sdk.resolve(), options.build.resolve()
    options.install = options.install and options.install.resolve()
    if options.job:
        return print_job(options.job, options)
    counts = [run_port(name, options) for name in options.names or recipes()]
    passed, failed, skipped = map(sum, zip(*counts))
    if options.install:
        return 1 if failed else 0
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    try:
        try:
            STATUS = main()
        finally:
            interrupt.close(ENDING)
    except KeyboardInterrupt:  # also one that comes before that has closed
        STATUS = 128 + signal.SIGINT
    sys.exit(STATUS)
