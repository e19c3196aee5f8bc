# SPDX-License-Identifier: MIT
"""A row for each command: a use of it that works, and what of it can go wrong."""


class Row:
    """One use of a command that ends with `status`.

    reads: {file in words: status when it is missing}; damaged: {file: statuses when it is garbage, empty or cut off};
    versions: {file: (text, the same text of another version)};
    writes: paths that it makes, which are there complete or not at all;
    long: words of a use that does not end by itself, or None; machine: it starts QEMU; alone: it works only in the
    source tree, and says so in an SDK; quiet: it prints nothing that matters; json: it may be used with --json.
    """

    def __init__(self, *words, status=0, reads=None, damaged=None, versions=None, writes=(), long=None, machine=False,
                 alone=False, quiet=False, json=False):
        self.words, self.status, self.reads = list(words), status, reads or {}
        self.damaged, self.versions, self.writes, self.long = damaged or {}, versions or {}, list(writes), long
        self.machine, self.alone, self.quiet, self.json = machine, alone, quiet, json


PROGRAM = {"exit": (126,)}
VERSION_2 = {name: (f'"{key}": 1', f'"{key}": 2') for name, key in
             (("one.json", "manifest"), ("recipe.json", "image"), ("sample.interface.json", "interface"))}


def _version(name):
    return {name: VERSION_2[name]}


ROWS = {
    "new": [Row("new", "test", "words", writes=["words"]), Row("new", "--list", json=True)],
    "run": [Row("run", "--no-cwd", "--kernel-log", "log", "exit", "0", reads={"exit": 127}, damaged=PROGRAM,
                long=["run", "--no-cwd", "hang"], machine=True, quiet=True)],
    "boot": [Row("boot", "exit.pkit", reads={"exit.pkit": 125}, long=["boot", "hang.pkit"], machine=True, quiet=True)],
    "pack": [Row("pack", "out.pkit", "init=exit", reads={"exit": 125}, writes=["out.pkit"], quiet=True),
             Row("pack", "--list", "exit.pkit", json=True, reads={"exit.pkit": 125}, damaged={"exit.pkit": (1,)},
                 versions={"exit.pkit": (b"PKIT\x08", b"PKIT\x09")})],
    "image": [Row("image", "--output", "made", "recipe.json", reads={"recipe.json": 125, "one.json": 1, "exit": 1},
                  damaged={"recipe.json": (1,), "one.json": (1,)}, versions={**_version("recipe.json"), **_version("one.json")},
                  writes=["made"], json=True)],
    "manifest": [Row("manifest", "check", "one.json", reads={"one.json": 125}, damaged={"one.json": (1,)},
                     versions=_version("one.json"), quiet=True, json=True),
                 Row("manifest", "compile", "--output", ".", "one.json", json=True, reads={"one.json": 125}, damaged={"one.json": (1,)},
                     writes=["one.manifest"])],
    "interface": [Row("interface", "check", "sample.interface.json", quiet=True, json=True,
                      reads={"sample.interface.json": 125}, damaged={"sample.interface.json": (1,)}),
                  Row("interface", "compile", "--output", "made", "sample.interface.json", quiet=True, json=True,
                      reads={"sample.interface.json": 125}, damaged={"sample.interface.json": (1,)},
                      versions=_version("sample.interface.json"), writes=["made"])],
    "ps": [Row("ps", "kernel.log", reads={"kernel.log": 125}, damaged={"kernel.log": (0,)}, json=True)],
    "logs": [Row("logs", "kernel.log", reads={"kernel.log": 125}, damaged={"kernel.log": (0,)}, json=True)],
    "symbolize": [Row("symbolize", "code.o", "0", reads={"code.o": 125}, damaged={"code.o": (1, 125)}, json=True),
                  Row("symbolize", "code.o", reads={"code.o": 125}, quiet=True, json=True)],
    "setup": [Row("setup", "--check", status=(0, 1))],
    "build": [Row("build", "project", reads={"project/CMakeLists.txt": 1}, long=["build", "long"])],
    "test": [Row("test", "project", reads={"project/CMakeLists.txt": 1}, long=["test", "long"]),
             Row("test", "--list", alone=True, json=True)],
    "demo": [Row("demo", alone=True)],
    "package": [Row("package", alone=True)],
    "bench": [Row("bench", "core", alone=True, json=True)],
    "trace": [Row("trace", "--no-cwd", "--output", "out", "exit", "0", reads={"exit": 127}, damaged=PROGRAM, writes=["out"],
                  long=["trace", "--no-cwd", "hang"], machine=True, quiet=True, json=True),
              Row("trace", "--from", "kernel.log", reads={"kernel.log": 1}, damaged={"kernel.log": (1,)}, json=True)],
    "debug": [Row("debug", "--server", "PORT", "--no-cwd", "exit", "0", reads={"exit": 127}, damaged=PROGRAM,
                  long=["debug", "--server", "PORT", "--no-cwd", "hang"], machine=True, quiet=True)],
    "doctor": [Row("doctor", status=(0, 1), json=True)],
    "port": [Row("port", "--list", "--recipes", "recipes", json=True, damaged={"recipes/one.json": (1,)}),
             Row("port", "--recipes", "recipes", "--prefix", "made", "one", status=1,
                 damaged={"recipes/one.json": (1,)}, quiet=True, long=["port", "--recipes", "recipes", "slow"]),
             Row("port", "--recipes", "recipes", "--build", "../coconut-ports", "--prefix", "made", "whole", writes=["made"], quiet=True,
                 long=["port", "--recipes", "recipes", "--prefix", "made", "half"])],
    "port-check": [Row("port-check", "code.o", reads={"code.o": 1}, damaged={"code.o": (1, 125)}, json=True)],
    "meson": [Row("meson"), Row("meson", "--output", "out", writes=["out"], quiet=True)],
    "size": [Row("size", "code.o", reads={"code.o": 1}, damaged={"code.o": (1, 125)}, json=True)],
    "version": [Row("version", json=True)],
    "completion": [Row("completion"), Row("completion", "--output", "out", writes=["out"], quiet=True)],
    "man": [Row("man", "run"), Row("man", "--output", "made", writes=["made"], quiet=True)],
    "docs": [Row("docs")],
}
