# SPDX-License-Identifier: MIT
"""The build systems of third-party projects: how each is configured, built, installed and tested.

Each class takes a port (run.py's Port) and works in its folder `binary`. test() returns
[(test, None or why it did not pass)]; program() (words, directory, environment) of one test.
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

TOP = Path(__file__).resolve().parents[3]  # of the source tree, or of an SDK
sys.path.insert(0, str(TOP / "sdk" / "tools" if (TOP / "sdk" / "tools").is_dir() else TOP / "lib" / "coconut"))

from coconut_cli import processes  # noqa: E402  (the path above must come first)

TEST_SECONDS = 900
#: From here on a status is not the program's own: time limit, failure of the machine, signals.
STATUS_TIMEOUT = 124
#: Linux's side of `coconut bench ports`: how its programs are linked, and what makes a CMake project static.
LINUX_LINK = ("-static", "-fuse-ld=lld")
LINUX_TOOL = "/usr/lib/llvm-19/bin/llvm-"
LINKER_FLAGS = "-DCMAKE_EXE_LINKER_FLAGS="
STATIC_PROJECTS = TOP / "toolchain" / "cmake" / "Platform" / "CoconutProjects.cmake"
PREFIX = "x86_64-unknown-coconut-"


class PortError(Exception):
    """One line that says what is wrong and where."""


def regex(names):
    """A regular expression for whole names; empty for none."""
    return "|".join(f"^{re.escape(name)}$" for name in names)


def targets(port):
    """What to build with CMake or Automake: where it is installed, what the project installs by itself."""
    return [] if port.prefix else port.recipe.get("targets", [])


class CMake:
    """CMakeLists.txt and ctest, with nothing but the toolchain file."""

    def __init__(self, port):
        self.port = port

    def _compiler(self):
        if self.port.sdk:
            return [f"-DCMAKE_TOOLCHAIN_FILE={self.port.sdk / 'toolchain' / 'coconut.cmake'}"]
        compilers = ["-DCMAKE_C_COMPILER=clang-19", "-DCMAKE_CXX_COMPILER=clang++-19"]
        if self.port.linux:  # libraries and tests are static as they are with the SDK, by the same means
            return [*compilers, f"-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES={STATIC_PROJECTS}"]
        return [*compilers, "-DCMAKE_POSITION_INDEPENDENT_CODE=ON"]  # for the host

    def _linked(self):
        """What makes the programs static on Linux, too, in the recipe's own linker flags if it has any."""
        given = [word for word in self.port.recipe.get("configure", []) if word.startswith(LINKER_FLAGS)]
        return [f"{(given or [LINKER_FLAGS])[-1]} {' '.join(LINUX_LINK)}"] if self.port.linux else []

    def build(self, jobs):
        """Configure and build."""
        port, recipe = self.port, self.port.recipe
        port.step("configure", [
            "cmake", "-G", "Ninja", "-S", port.source / recipe.get("subdir", "."), "-B", port.binary,
            "-DCMAKE_BUILD_TYPE=Release", *self._compiler(),
            *([f"-DCMAKE_INSTALL_PREFIX={port.prefix}"] if port.prefix else []),
            *([f"-DCMAKE_PREFIX_PATH={port.needed}"] if port.needed else []), *recipe.get("configure", []),
            *self._linked(), *(recipe.get("install", []) if port.prefix else [])])
        pattern, target = recipe.get("target_of", ["$^", ""])
        part = [re.sub(pattern, target, test) for test in port.part]
        port.step("build", ["ninja", "-C", port.binary, f"-j{jobs}", *(part or targets(port))])

    def install(self, root):
        """Install what was built, below the folder `root` in place of /."""
        self.port.step("install", ["cmake", "--install", self.port.binary], env={"DESTDIR": str(root)})

    def test(self, jobs):
        """Run ctest."""
        port = self.port
        junit = port.binary / "results.xml"
        excluded, chosen = regex(port.recipe.get("exclude", {})), regex(port.part)
        port.step("test", ["ctest", "--test-dir", port.binary, "-j", str(jobs), "--timeout", str(TEST_SECONDS),
                           "--output-on-failure", "--output-junit", junit, *(["-E", excluded] if excluded else []),
                           *(["-R", chosen] if chosen else [])], env=port.run_environment(), check=False)
        if not junit.exists():
            raise PortError(f"ctest gave no results; see {port.log}")
        results = []
        for case in ElementTree.parse(junit).getroot().iter("testcase"):
            if case.get("name") in port.recipe.get("exclude", {}):
                continue  # run all the same, as another one's fixture
            failure = case.find("failure")
            skipped = case.get("status") not in ("run", "fail")
            why = None
            if failure is not None or skipped:
                why = failure.get("message") if failure is not None else case.get("status")
                why = f"{why or 'failed'}; see {port.log}"
            results.append((case.get("name"), why))
        return results


    def program(self, name):
        """The words, directory and environment of a test, by default of the first that is a program."""
        port = self.port
        done = subprocess.run(["ctest", "--test-dir", port.binary, "--show-only=json-v1"], stdout=subprocess.PIPE,
                              check=False)
        for test in json.loads(done.stdout)["tests"] if done.returncode == 0 else []:
            words = test.get("command", [])
            if words[1:2] == ["run"] and os.path.basename(words[0]) == "coconut":
                words = words[2:]
            properties = {item["name"]: item["value"] for item in test.get("properties", [])}
            wanted = test["name"] == name if name else test["name"] not in port.recipe.get("exclude", {})
            if wanted and words and words[0].startswith(f"{port.binary}/"):
                return words, properties.get("WORKING_DIRECTORY", str(port.binary)), properties.get("ENVIRONMENT", [])
        raise PortError(f"ctest has no program for {name or 'any test'}; see {port.log}")


class Autotools:
    """configure through coconut-configure, make, and the test programs of `make check`."""

    def __init__(self, port):
        self.port = port

    def _with_configure(self):
        """The source; where it comes without its configure script, a copy in which autoreconf made it."""
        port = self.port
        if not port.recipe.get("autoreconf"):
            return port.source
        copy = port.source.with_name("autoreconf")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(port.source, copy, symlinks=True)
        port.step("autoreconf", ["autoreconf", "-fi"], cwd=copy / port.recipe.get("subdir", "."))
        return copy

    def build(self, jobs):
        """Configure in a folder beside the source, and build."""
        port, recipe = self.port, self.port.recipe
        source = self._with_configure()
        port.binary.mkdir(parents=True)
        env = {}
        if port.needed:
            env = {"CPPFLAGS": f"-I{port.needed}/include", "LDFLAGS": f"-L{port.needed}/lib"}
        folder = source / recipe.get("subdir", ".")
        if port.linux:  # in a copy with the name that coconut-configure gives its own: recipes name files there
            shutil.copytree(folder, port.binary / "coconut-source", symlinks=True)
            compiler = port.binary / "clang-static"  # one word: libtool takes -static behind a compiler for its own
            compiler.write_text('#!/bin/sh\nexec clang-19 -static "$@"\n', encoding="utf-8")
            compiler.chmod(0o755)
            command = ["./coconut-source/configure", f"CC={compiler}", "--disable-shared"]
        else:
            command = [port.sdk / "bin" / "coconut-configure", folder]
        port.step("configure", [*command, *([f"--prefix={port.prefix}"] if port.prefix else []),
                                *recipe.get("configure", [])], env=env, cwd=port.binary)
        port.step("build", ["make", f"-j{jobs}", *targets(port)], cwd=port.binary)

    def install(self, root):
        """Install what was built, below the folder `root` in place of /."""
        self.port.step("install", ["make", "install", f"DESTDIR={root}"], cwd=self.port.binary)

    def test(self, jobs):
        """Run `make check`, its programs in the kernel; the results are automake's .trs files."""
        port = self.port
        if port.recipe.get("check") == []:
            return []
        tests = port.part or port.recipe.get("check", [])
        folder = port.binary / port.recipe.get("checkdir", ".")
        port.step("test", ["make", "-k", f"-j{jobs}", "check", f"LOG_COMPILER={port.sdk / 'bin' / 'coconut'} run",
                           *([f"TESTS={' '.join(tests)}"] if tests else []),
                           *([f"check_PROGRAMS={' '.join(port.part)}"] if port.part else [])],
                  env=port.run_environment(), check=False, cwd=folder)
        results = []
        for path in sorted(folder.rglob("*.trs")):
            found = re.search(r"^:test-result: (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
            name, result = path.name.removesuffix(".trs"), found.group(1) if found else "nothing"
            if name not in port.recipe.get("exclude", {}):
                results.append((name, None if result == "PASS" else f"{result}; see {path.with_suffix('.log')}"))
        return results


    def program(self, name):
        """Build the test programs; the words, directory and environment of one, by default of the first."""
        port, folder = self.port, self.port.binary / self.port.recipe.get("checkdir", ".")
        name = name or next(iter(port.part or port.recipe.get("check", [])), None)
        if name is None:
            raise PortError(f"{port.name}: the recipe names no test to measure; give it 'bench'")
        port.step("tests", ["make", "check", "TESTS=", *([f"check_PROGRAMS={name}"] if port.part else [])],
                  cwd=folder)
        return [str(folder / name)], str(folder), []


class Make:
    """A plain Makefile, in a copy of the source."""

    def __init__(self, port):
        self.port = port

    def _words(self):
        given = [self.port.expand(word) for word in self.port.recipe.get("configure", [])]
        if self.port.linux:
            return [f"CC=clang-19 {' '.join(LINUX_LINK)}", f"AR={LINUX_TOOL}ar", f"RANLIB={LINUX_TOOL}ranlib", *given]
        link = self.port.binary.with_name("sdk")  # make takes words apart: the SDK's place may have blanks
        link.unlink(missing_ok=True)
        link.symlink_to(self.port.sdk)
        tool = str(link / "bin" / PREFIX)
        return [f"CC={tool}clang", f"AR={tool}ar", f"RANLIB={tool}ranlib", *given]

    def build(self, jobs):
        """Build."""
        port = self.port
        shutil.copytree(port.source, port.binary, symlinks=True)
        folder, words = port.binary / port.recipe.get("subdir", "."), self._words()
        for target in port.recipe.get("first", []):
            port.step(target, ["make", "-C", folder, *words, target])
        if port.prefix and "installdir" in port.recipe:
            return  # what is built so far is of the tests; `make install` there builds what it installs
        port.step("build", ["make", "-C", folder, f"-j{jobs}", *words, *port.recipe.get("targets", [])])
        for place, targets in port.recipe.get("also", {}).items():
            port.step(place, ["make", "-C", port.binary / place, f"-j{jobs}", *words, *targets])

    def install(self, root):
        """Install what was built, below the folder `root` in place of /. A Makefile that knows no DESTDIR is told of a
        prefix there."""
        port = self.port
        command = ["make", "-C", port.binary / port.recipe.get("installdir", "."), *port.recipe.get("install", ["install"])]
        prefix, words = port.prefix, self._words()
        if self._knows_destdir([*command, *words]):
            words.append(f"DESTDIR={root}")
        else:
            prefix = f"{root}{port.prefix}"
        port.step("install", [*command, f"PREFIX={prefix}", f"prefix={prefix}", f"INSTALL_TOP={prefix}",
                              f"CONFIG_PREFIX={prefix}", *words])

    @staticmethod
    def _knows_destdir(command):
        """Whether any rule or variable of the Makefiles that this command reads uses DESTDIR."""
        _, rules = processes.call([*command, "--dry-run", "--print-data-base"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return re.search(rb"\$[({]DESTDIR[)}:]", rules) is not None

    def test(self, _jobs):
        """A Makefile has no tests that could be started in the kernel; the recipe lists them."""
        return []

    def program(self, name):
        """There is none but those that the recipe lists."""
        raise PortError(f"{self.port.name}: the recipe lists no test '{name}'")


SYSTEMS = {"cmake": CMake, "autotools": Autotools, "make": Make}


def _words(port, test):
    """A listed test's program and arguments."""
    left_out = ",".join(name.removeprefix(f"{test['name']}/") for name in port.recipe.get("exclude", {})
                        if name.startswith(f"{test['name']}/"))
    return [port.expand(word).replace("@EXCLUDED@", left_out) for word in test["run"]]


def run_listed(port):
    """Run the tests that the recipe itself lists: programs of the port, with input and expected output."""
    results = []
    for test in port.recipe.get("tests", []):
        if port.part and test["name"] not in port.part:
            continue
        program, *arguments = _words(port, test)
        words = [port.sdk / "bin" / "coconut", "run", *map(port.expand, test.get("options", [])),
                 port.binary / program, *arguments]
        source = port.source / test["input"] if "input" in test else os.devnull
        with open(source, "rb") as stdin, open(port.log, "ab") as log:
            log.write(f"\n== {test['name']}: {' '.join(map(str, words))}\n".encode())
            log.flush()
            done = _run(words, test.get("seconds", TEST_SECONDS * 2), stdin=stdin, stdout=subprocess.PIPE, stderr=log,
                        cwd=port.binary / test.get("cwd", "."), env={**os.environ, **port.run_environment()})
            log.write(done.stdout if "lines" in test else done.stdout[-4096:])
        results += _by_lines(port, test, done) if "lines" in test else [(test["name"], _judge(port, test, done))]
    return results


def _told(port, test):
    """What the options of `coconut run` say of a test: its folder, memory, environment and further folders, if any."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for name, more in (("--cwd", {}), ("--mem", {}), ("--env", {"action": "append", "default": []}),
                       ("--dir", {"action": "append", "default": []})):
        parser.add_argument(name, **more)
    words = [*port.recipe.get("flags", []), *(test.get("options", []) if test else [])]
    return parser.parse_known_args([port.expand(word) for word in words])[0]


def _folders(port, told):
    """{place in the machine: folder of the host} of what a test sees beside its own folder."""
    recipe = port.recipe
    if "dirs" in recipe:
        found = {str(port.binary / place): str(port.source / folder) for folder, place in recipe["dirs"].items()}
    else:
        found = {str(port.source): str(port.source)}
    for word in told.dir:
        folder, _, place = word.removesuffix(":ro").partition(":")
        found[place or folder] = folder
    return found


def job(port):
    """What `coconut bench ports` measures: {"test", "words", "cwd", "env", "input", "memory", "dirs": {place: folder}}."""
    recipe = port.recipe
    name, listed = recipe.get("bench"), recipe.get("tests", [])
    test = name if isinstance(name, dict) else next((test for test in listed if name in (None, test["name"])), None)
    told = _told(port, test)
    if test:
        program, *arguments = _words(port, test)
        words = [str(port.binary / program), *arguments]
        name, cwd, env = test["name"], told.cwd or str(port.binary / test.get("cwd", ".")), []
    else:
        words, cwd, env = port.system.program(name)
    return {"test": name or os.path.basename(words[0]), "words": words, "cwd": cwd, "env": [*env, *told.env],
            "input": str(port.source / test["input"]) if test and "input" in test else None,
            "memory": told.mem, "dirs": _folders(port, told)}


def _run(words, seconds, **streams):
    """processes.call() as a CompletedProcess, where a program that takes too long ends like one that `coconut run` ends."""
    words = [str(word) for word in words]
    try:
        return subprocess.CompletedProcess(words, *processes.call(words, seconds=seconds, **streams))
    except subprocess.TimeoutExpired as error:
        return subprocess.CompletedProcess(words, STATUS_TIMEOUT, error.stdout or b"")


def _judge(port, test, done):
    if done.returncode != 0:
        return f"ended with status {done.returncode}; see {port.log}"
    if "output" in test and done.stdout != (port.source / test["output"]).read_bytes():
        return f"its output is not {test['output']}; see {port.log}"
    if "text" in test and done.stdout.decode("utf-8", "replace") != test["text"]:
        return f"its output is not what it should be; see {port.log}"
    return None


def _by_lines(port, test, done):
    """The results of a program that runs many tests and prints a line for each."""
    good, bad = (re.compile(test["lines"][kind]) for kind in ("pass", "fail"))
    found = {}
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        match = bad.search(line) or good.search(line)
        if match:
            name = f"{test['name']}/{match.group(1)}"
            while name in found:
                name += "+"  # the project uses a name twice
            if name in port.recipe.get("exclude", {}):
                continue
            found[name] = f"see {port.log}" if bad.search(line) else None
    if done.returncode >= STATUS_TIMEOUT or not found:
        found[test["name"]] = f"ended with status {done.returncode}; see {port.log}"
    return list(found.items())
