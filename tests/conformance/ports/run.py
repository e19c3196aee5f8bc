#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build unmodified third-party libraries with the SDK and run their own tests inside the kernel.

A recipe NAME.json beside this file is data:
    lock        name of the lock entry that holds the upstream source
    subdir      folder of the top CMakeLists.txt inside the source (default ".")
    configure   options for cmake, beyond generator, toolchain file and build type
    install     further options where it is not tested but installed (--install)
    minimum     how many tests of the library's own must have run for the port to count
    targets     what to build (default: what the project builds by default)
    part        tests that are built, as targets of the same name, and run unless --whole is given: where the
                whole takes long
    target_of   [regular expression, replacement]: the target's name from the test's, where they differ
    dirs        {folder of the source: folder of the build}: what goes along into the machine, in place of the
                whole source
    with        {folder: lock entry}: sources of other projects, unpacked into folders of this one that
                the project expects and its tarball lacks
    overlay     folder beside the recipe with files that are added to the source, never replacing one
    exclude     {test: reason}: tests that are not run at all
    known       tests that cannot pass yet, each with the reason; one that passes all the same fails the port
Each library is configured, built and tested by its own CMake project: cmake, ninja, ctest.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
FETCH = TOP / "sdk" / "deps" / "fetch.py"
KEYS = {"lock": str, "subdir": str, "configure": list, "minimum": int, "known": dict, "targets": list,
        "part": list, "with": dict, "overlay": str, "exclude": dict, "target_of": list, "dirs": dict,
        "install": list}
TEST_SECONDS = 300


class PortError(Exception):
    """One line that says what is wrong and where."""


def load_recipe(name):
    """Read and check NAME.json."""
    path = HERE / f"{name}.json"
    try:
        recipe = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        known = ", ".join(sorted(p.stem for p in HERE.glob("*.json")))
        raise PortError(f"no port named '{name}'; there are: {known}") from None
    except ValueError as error:
        raise PortError(f"{path}: {error}") from None
    for key, value in recipe.items():
        if key not in KEYS or not isinstance(value, KEYS[key]):
            raise PortError(f"{path}: key '{key}' is unknown or of the wrong type")
    for key in ("lock", "minimum"):
        if key not in recipe:
            raise PortError(f"{path}: key '{key}' is missing")
    return recipe


class Port:
    """One library on its way from source to test results."""

    def __init__(self, name, sdk, build, prefix, whole):
        """sdk: where the SDK is, or None to build for the host."""
        self.name, self.sdk, self.prefix = name, sdk, prefix
        self.recipe = load_recipe(name)
        self.part = [] if whole or prefix else self.recipe.get("part", [])
        self.source, self.binary = build / name / "source", build / name / "build"
        self.log = build / name / "log.txt"

    def _run(self, step, command, env=None, check=True):
        print(f"# {self.name}: {step}", file=sys.stderr, flush=True)
        with open(self.log, "ab") as log:
            log.write(f"\n== {step}: {' '.join(map(str, command))}\n".encode())
            log.flush()
            done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})},
                                  check=False)
        if check and done.returncode != 0:
            raise PortError(f"{step} failed with status {done.returncode}; see {self.log}")

    def unpack(self):
        """Fetch the sources and unpack them, once for each version."""
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
            self._overlay(HERE / self.recipe["overlay"])

    def _unpack_one(self, tarball, target):
        if target.exists():
            raise PortError(f"{target} is there already; it is not for 'with' to replace")
        target.mkdir(parents=True)
        self._run("unpack", ["tar", "-xf", tarball, "-C", target])
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

    def build(self, jobs):
        """Configure and build with nothing but the toolchain file."""
        self.log.write_bytes(b"")
        shutil.rmtree(self.binary, ignore_errors=True)
        self._run("configure", [
            "cmake", "-G", "Ninja", "-S", self.source / self.recipe.get("subdir", "."),
            "-B", self.binary, "-DCMAKE_BUILD_TYPE=Release",
            *([f"-DCMAKE_TOOLCHAIN_FILE={self.sdk / 'toolchain' / 'coconut.cmake'}"] if self.sdk else
              ["-DCMAKE_C_COMPILER=clang-19", "-DCMAKE_CXX_COMPILER=clang++-19",
               "-DCMAKE_POSITION_INDEPENDENT_CODE=ON"]),
            *([f"-DCMAKE_INSTALL_PREFIX={self.prefix}"] if self.prefix else []),
            *self.recipe.get("configure", []), *(self.recipe.get("install", []) if self.prefix else [])])
        pattern, target = self.recipe.get("target_of", ["$^", ""])
        part = [re.sub(pattern, target, test) for test in self.part]
        self._run("build", ["ninja", "-C", self.binary, f"-j{jobs}",
                            *(part or self.recipe.get("targets", []))])

    def install(self):
        """Install what was built, for other projects to find."""
        self._run("install", ["cmake", "--install", self.binary])

    def test(self, jobs):
        """Run ctest; returns [(test, None or why it did not pass)]."""
        junit = self.binary / "results.xml"
        excluded, chosen = regex(self.recipe.get("exclude", {})), regex(self.part)
        along = {"COCONUT_RUN_DIRS": str(self.source)}
        if "dirs" in self.recipe:
            along = {"COCONUT_RUN_FLAGS": " ".join(f"--dir {self.source / folder}:{self.binary / place}"
                                                   for folder, place in self.recipe["dirs"].items())}
        self._run("test", ["ctest", "--test-dir", self.binary, "-j", str(jobs), "--timeout",
                           str(TEST_SECONDS), "--output-on-failure", "--output-junit", junit,
                           *(["-E", excluded] if excluded else []), *(["-R", chosen] if chosen else [])],
                  env=along, check=False)
        if not junit.exists():
            raise PortError(f"ctest gave no results; see {self.log}")
        results = []
        for case in ElementTree.parse(junit).getroot().iter("testcase"):
            if case.get("name") in self.recipe.get("exclude", {}):
                continue  # run all the same, as another one's fixture
            failure = case.find("failure")
            skipped = case.get("status") not in ("run", "fail")
            why = None
            if failure is not None or skipped:
                why = failure.get("message") if failure is not None else case.get("status")
                why = f"{why or 'failed'}; see {self.log}"
            results.append((case.get("name"), why))
        if len(results) < self.recipe["minimum"]:
            raise PortError(f"only {len(results)} tests ran, {self.recipe['minimum']} expected")
        return results


def fetch(lock):
    """Path of the tarball of a lock entry."""
    done = subprocess.run([sys.executable, FETCH, "--quiet", "--path", lock],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise PortError(f"the source of {lock} could not be fetched")
    return Path(done.stdout.strip())


def verdict(why, known):
    """The line's beginning and end for a test that failed for `why` (None: passed)."""
    if known is not None:
        return ("skip", f"known: {known}") if why else ("not ok", "passes; take it off the known ones")
    return ("not ok", why) if why else ("ok", "")


def regex(names):
    """A regular expression for whole names; empty for none."""
    return "|".join(f"^{re.escape(name)}$" for name in names)


def label_of(test):
    """A test's name as the line protocol can hold it."""
    return re.sub(r"[^A-Za-z0-9_.+-]", "_", test)


def run_port(name, options):
    """Returns (passed, failed, skipped) and prints a line for each test."""
    counts = {"ok": 0, "not ok": 0, "skip": 0}
    try:
        port = Port(name, None if options.host else options.sdk, options.build, options.install, options.whole)
        port.unpack()
        port.build(options.jobs)
        if options.install:
            port.install()
            return 0, 0, 0
        results = port.test(options.jobs)
    except (PortError, OSError) as error:
        print(f"not ok - port.{name}: {error}")
        return 0, 1, 0
    for test, reason in port.recipe.get("exclude", {}).items():
        print(f"skip - port.{name}.{label_of(test)}: not run: {reason}")
        counts["skip"] += 1
    for test, why in results:
        word, reason = verdict(why, port.recipe.get("known", {}).get(test))
        print(f"{word} - port.{name}.{label_of(test)}" + (f": {reason}" if reason else ""))
        counts[word] += 1
    return counts["ok"], counts["not ok"], counts["skip"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="ports to build and test (default: all)")
    parser.add_argument("--sdk", type=Path, default=TOP / "build" / "sdk")
    parser.add_argument("--build", type=Path, default=TOP / "build" / "ports")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--whole", action="store_true", help="all tests of a recipe that names a part of them")
    parser.add_argument("--install", type=Path, metavar="PREFIX",
                        help="install there instead of testing")
    parser.add_argument("--host", action="store_true", help="for the host, with --install")
    options = parser.parse_args()
    if options.host and not options.install:
        parser.error("--host is there to install for tests on the host: give --install")
    options.sdk, options.build = options.sdk.resolve(), options.build.resolve()
    options.install = options.install and options.install.resolve()
    passed = failed = skipped = 0
    for name in options.names or sorted(p.stem for p in HERE.glob("*.json")):
        good, bad, passed_over = run_port(name, options)
        passed, failed, skipped = passed + good, failed + bad, skipped + passed_over
    if options.install:
        return 1 if failed else 0
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
