#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build third-party libraries once and keep them in the cache.

A recipe is a folder with recipe.py, which defines
    SOURCE     name of its lock entry
    INPUTS     files, relative to the recipe folder, that the result depends on besides recipe.py
    DEPENDS    names of recipes that must be built before (their results: context.dependency())
    MEMBERS    tar patterns of the parts to unpack, or None for everything
    EXCLUDES   tar patterns to leave out of them (only with MEMBERS)
    build(context)    fills context.output using context.run()
The result is kept as built/<name>-<hash>/, where the hash covers the lock entry, the recipe, its
inputs, its dependencies and the compiler's version.
"""

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import deplock
from buildlog import BuildError, Log

TOP = Path(__file__).resolve().parents[2]
RECIPES = {"newlib": TOP / "libc-port" / "newlib", "builtins": TOP / "toolchain" / "builtins",
           "cxx": TOP / "toolchain" / "cxx", "ubsan": TOP / "toolchain" / "ubsan"}
COMPILER = "clang-19"
FETCH = Path(__file__).resolve().parent / "fetch.py"


class Context:
    """What a recipe's build() works with. All paths are absolute."""

    def __init__(self, name, recipe, scratch, jobs, log):
        self.folder = RECIPES[name]
        self.source = scratch / "source"
        self.work = scratch / "work"
        self.output = scratch / "output"
        self.jobs = jobs
        self._recipe, self._log = recipe, log
        self.source.mkdir()
        self.work.mkdir()
        self.output.mkdir()

    def run(self, command, what, env=None, lines=0):
        """Run a command in the work folder; its output goes to the log.

        what is the step's name for the user; lines is about how many lines of output the command
        will produce, for a percentage, or 0. Raises BuildError naming the log on failure.
        """
        self._log.run(command, what, cwd=self.work, env={**os.environ, **(env or {})}, lines=lines)

    def dependency(self, name):
        """Folder of a recipe named in DEPENDS."""
        if name not in self._recipe.DEPENDS:
            raise BuildError(f"recipe does not declare its dependency '{name}'")
        return built_path(name)


def load_recipe(name):
    """Import the recipe module of a name in RECIPES."""
    path = RECIPES[name] / "recipe.py"
    spec = importlib.util.spec_from_file_location(f"recipe_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _compiler_version():
    try:
        done = subprocess.run([COMPILER, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BuildError(f"{COMPILER} does not run; install the packages clang-19, lld-19 and "
                         "llvm-19") from error
    return done.stdout.splitlines()[0]


def input_files(name):
    """Every file of this tree that the result of a recipe depends on, in a fixed order."""
    recipe = load_recipe(name)
    files = [RECIPES[name] / "recipe.py", Path(__file__).resolve()]
    files += [(RECIPES[name] / item).resolve() for item in recipe.INPUTS]
    for depend in recipe.DEPENDS:
        files += input_files(depend)
    return files


def recipe_hash(name):
    """Hex hash of all that goes into the result."""
    recipe = load_recipe(name)
    entry = deplock.load()[recipe.SOURCE]
    digest = hashlib.sha256(f"{name} {entry.sha256} {_compiler_version()}".encode())
    for path in [RECIPES[name] / "recipe.py", *(RECIPES[name] / item for item in recipe.INPUTS)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for depend in recipe.DEPENDS:
        digest.update(recipe_hash(depend).encode())
    return digest.hexdigest()[:16]


def built_path(name):
    """Where the result of a recipe is, or would be."""
    return deplock.cache_root() / "built" / f"{name}-{recipe_hash(name)}"


def _fetch(entry):
    done = subprocess.run([sys.executable, FETCH, "--path", entry.name], stdout=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode != 0:
        raise BuildError(f"the source of {entry.name} could not be fetched (see above)")
    return Path(done.stdout.strip())


def _unpack(context, recipe, tarball):
    command = ["tar", "-xf", str(tarball), "-C", str(context.source), "--strip-components=1"]
    command += ["--no-same-owner"]
    if recipe.MEMBERS:
        command += [f"--exclude={pattern}" for pattern in recipe.EXCLUDES]
        # The star for the tarball's own top folder must not match deeper ones.
        command += ["--wildcards", "--no-wildcards-match-slash"]
        command += [f"*/{member}" for member in recipe.MEMBERS]
    context.run(command, "unpack")


def build(name, jobs):
    """Return the folder of the built library, building it if it is not in the cache."""
    recipe = load_recipe(name)
    target = built_path(name)
    if target.is_dir():
        return target
    for depend in recipe.DEPENDS:
        build(depend, jobs)
    entry = deplock.load()[recipe.SOURCE]
    tarball = _fetch(entry)
    target.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    print(f"build {name} from {entry.name} {entry.version}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=target.parent) as scratch:
        log = Log(target.parent / f"{target.name}.log")
        context = Context(name, recipe, Path(scratch), jobs, log)
        _unpack(context, recipe, tarball)
        recipe.build(context)
        _publish(context.output, target)
    log.remove()
    print(f"  {name}: done in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return target


def _publish(output, target):
    try:
        os.rename(output, target)
    except OSError:
        if not target.is_dir():
            raise
        # Another build was faster; its result has the same inputs.
        shutil.rmtree(output)


def main():
    """Command entry; returns the exit status."""
    parser = argparse.ArgumentParser(description="Build third-party libraries into the cache.")
    parser.add_argument("names", nargs="+", choices=sorted(RECIPES), metavar="NAME",
                        help=", ".join(sorted(RECIPES)))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--inputs", action="store_true",
                        help="print the files of this tree the results depend on, and end")
    parser.add_argument("--copy", metavar="DIR",
                        help="copy each result to DIR/NAME instead of printing its place")
    options = parser.parse_args()
    try:
        for name in options.names:
            if options.inputs:
                print(*input_files(name), sep="\n")
                continue
            path = build(name, options.jobs)
            if options.copy:
                _copy(path, Path(options.copy), name)
            else:
                print(path)
    except (BuildError, deplock.LockError) as error:
        print(f"build: error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"build: error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("build: interrupted", file=sys.stderr)
        return 130
    return 0


def _copy(path, folder, name):
    """Replace folder/name by a copy of a result; the cache may be emptied at any time."""
    fresh, old = folder / f".{name}.new", folder / f".{name}.old"
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(path, fresh)
    if (folder / name).exists():
        os.rename(folder / name, old)
    os.rename(fresh, folder / name)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
