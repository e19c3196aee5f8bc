# SPDX-License-Identifier: MIT
"""Compiles and links tests, several at a time. What was built stays, by the content it was built from."""

import concurrent.futures
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from cases import HERE, SuiteError

sys.path.append(str(HERE.parent / "batch"))

import kept  # noqa: E402

#: As the suite's own makefile and Debian's package have them. The optimiser runs, nothing is linked together.
FLAGS = ["-std=gnu99", "-D_POSIX_C_SOURCE=200112L", "-D_GNU_SOURCE", "-O1", "-w",
         # Tests of 2003 forget headers; compilers of their time did not mind.
         "-Wno-error=implicit-function-declaration", "-Wno-error=implicit-int",
         "-Wno-error=int-conversion", "-Wno-error=incompatible-function-pointer-types",
         "-Wno-error=return-type", "-Wno-return-type"]
LIBRARIES = ["-lm", "-lpthread", "-lrt"]


class Target:
    """A system to build for: how to compile, how to link before and behind the objects, what every program
    holds, and where headers that may change are."""

    def __init__(self, name, compile_words, link_words, link_tail=LIBRARIES):
        self.name, self.compile_words = name, compile_words
        self.link_words, self.link_tail = link_words, link_tail
        self.inputs, self.headers = (), None


def coconut(sdk):
    """The platform itself."""
    compiler = str(sdk / "bin" / "x86_64-unknown-coconut-clang")
    if not os.path.exists(compiler):
        raise SuiteError(f"no SDK in {sdk}; run ./coconut build")
    library = sdk / "sysroot" / "usr" / "lib"
    # The link driver is what the compiler would run. Programs are small: threads of the linker would only cost.
    target = Target("coconut", [compiler], [str(sdk / "libexec" / "gcc"), "-Wl,-s,--threads=1"])
    target.inputs = [*sorted(library.glob("*.a")), library / "crt0.o", sdk / "libexec" / "gcc"]
    target.headers = sdk / "sysroot" / "usr" / "include"
    return target


def _first_error(text):
    """The compiler's or linker's first complaint, without places of this machine."""
    for line in text.splitlines():
        if " error: " in f" {line}":
            what = line.split("error: ", 1)[1]
            return re.sub(r"\(?/\S+/", "", what).strip()
    return (text.splitlines() or ["no message"])[0].strip()


class Compiler:
    """Builds the tests of one target below a folder."""

    def __init__(self, target, folder, jobs):
        self._target, self._folder, self._jobs = target, folder / target.name, jobs
        self._digests = kept.Digests()
        version = subprocess.run([*target.compile_words, "--version"], capture_output=True, text=True,
                                 check=True).stdout.splitlines()[0]
        self._libraries = hashlib.sha256("".join(
            [version, *map(self._digests.of, target.inputs)]).encode()).hexdigest()
        self._version = version
        # What does not compile may do so once any header has changed.
        headers = sorted(target.headers.rglob("*.h")) if target.headers else []
        self._headers = hashlib.sha256("".join(map(self._digests.of, headers)).encode()).hexdigest()

    def build(self, cases):
        """Build for all cases; returns {name: (program or None, the first error or None)}."""
        sources = {}
        for case in cases:
            sources.setdefault(case.source, case)
        with concurrent.futures.ThreadPoolExecutor(self._jobs) as pool:
            done = dict(zip(sources, pool.map(self._one, sources.values())))
        return {case.name: done[case.source] for case in cases}

    def program(self, name, sources, flags=()):
        """Build a helper program from several sources; returns its path."""
        output = self._folder / name
        self._folder.mkdir(parents=True, exist_ok=True)
        objects = [self._folder / f"{name}-{source.stem}.o" for source in sources]
        steps = [[*self._target.compile_words, "-std=gnu11", "-O1", *flags, "-c", source, "-o", made]
                 for source, made in zip(sources, objects)]
        for words in (*steps, self._link_words(objects, output)):
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SuiteError(f"{name} for {self._target.name}: {_first_error(done.stderr)}")
        return output

    def _link_words(self, objects, output):
        return [*self._target.link_words, *objects, *self._target.link_tail, "-o", output]

    def _one(self, case):
        place = self._folder / case.name
        place.parent.mkdir(parents=True, exist_ok=True)
        error, key = self._object(case, place)
        if error is not None or case.group == "definitions":
            return None, error
        return self._link(place, key)

    def _object(self, case, place):
        """Compile; returns (first error or None, digest of the object's inputs)."""
        includes = [word for folder in case.includes for word in ("-I", str(folder))]
        root = f"-ffile-prefix-map={case.includes[0].parent}/="
        words = [*map(str, self._target.compile_words), *FLAGS, root, *includes, "-c", str(case.source)]
        output, record = place.with_suffix(".o"), place.with_suffix(".json")
        known = kept.read(record)
        if known and known["words"] == words and known["version"] == self._version and all(
                self._state(path) == digest for path, digest in known["inputs"].items()) and (
                known["error"] is not None or output.exists()):
            return known["error"], known["key"]
        depends = place.with_suffix(".d")
        done = subprocess.run([*words, "-MD", "-MF", depends, "-o", output], capture_output=True, text=True,
                              check=False)
        error = _first_error(done.stderr) if done.returncode != 0 else None
        inputs = {path: self._digests.of(path) for path in _depends(depends, case, done.returncode)}
        if error is not None:
            inputs["headers"] = self._headers
        key = kept.digest([words, inputs])
        kept.write(record, {"words": words, "version": self._version, "inputs": inputs, "error": error,
                            "key": key})
        return error, key

    def _state(self, path):
        return self._headers if path == "headers" else self._digests.of(path)

    def _link(self, place, key):
        output, record = place.with_suffix(".test"), place.with_suffix(".link.json")
        state = f"{key} {self._libraries} {self._link_words([], '')}"
        known = kept.read(record)
        if known and known["state"] == state and (known["error"] is not None or output.exists()):
            return (None, known["error"]) if known["error"] is not None else (output, None)
        done = subprocess.run(self._link_words([place.with_suffix(".o")], output), capture_output=True,
                              text=True, check=False)
        error = _first_error(done.stderr) if done.returncode != 0 else None
        kept.write(record, {"state": state, "error": error})
        return (None, error) if error is not None else (output, None)


def _depends(path, case, failed):
    """Files that the compiler read."""
    return (not failed and kept.depends(path)) or [str(case.source)]


def stage(programs, folder):
    """Make a folder that holds the programs {guest path: file}, by hard links where that is possible."""
    shutil.rmtree(folder, ignore_errors=True)
    for guest, path in programs.items():
        target = folder / guest
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except OSError:
            shutil.copyfile(path, target)
        os.chmod(target, 0o755)
    return Path(folder)
