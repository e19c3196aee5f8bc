# SPDX-License-Identifier: MIT
"""Compiles tests with the SDK. What was found out stays, by the content that it was found out from.

An object is kept by its command, the compiler and the files that it was made from; where there is none, as the
test does not compile, by all headers. A program is kept by its objects, the libraries and the linker. Where the
SDK and the tests lie does not count.
"""

import re
import shlex
import subprocess

import kept
import modules
import preambles
from cases import STANDARD, TRIPLE

#: The warnings that LLVM's own runner turns on, as far as this compiler has them; verify tests count on them.
WARNINGS = """
    -Werror -Wall -Wctad-maybe-unsupported -Wextra -Wshadow -Wundef -Wunused-template
    -Wno-unused-command-line-argument -Wno-attributes -Wno-pessimizing-move -Wno-noexcept-type
    -Wno-atomic-alignment -Wno-reserved-module-identifier -Wdeprecated-copy -Wdeprecated-copy-dtor
    -Wno-user-defined-literals -Wno-tautological-compare -Wsign-compare -Wunused-variable
    -Wunused-parameter -Wunreachable-code -Wno-unused-local-typedef -Wno-local-type-template-args
    -Wno-c++11-extensions -Wno-unknown-pragmas -Wno-pass-failed -Wno-mismatched-new-delete
    -Wno-redundant-move -Wno-self-move -Werror=thread-safety -Wuser-defined-warnings
    -D_LIBCPP_HAS_NO_PRAGMA_SYSTEM_HEADER
""".split()
VERIFY = "-fsyntax-only -Wno-error -Xclang -verify -Xclang -verify-ignore-unexpected=note -ferror-limit=0".split()
SECONDS = 600
#: What a test's own commands may be; anything else is for a shell of the host.
_RUNS = ("%{run}", "%{exec} %t.exe")


class NotDone(Exception):
    """The test cannot be done by this runner; says why."""


class NotKept(Exception):
    """There is nothing kept of the test, and nothing new was to be done."""


def _first_error(text):
    """The first complaint of the compiler or linker, without places of this machine."""
    for line in text.splitlines():
        found = re.search(r"(?:^|\s)(?:fatal )?error: (.*)", line)
        if found:
            return re.sub(r"(?:/[\w.+-]+)+/", "", found.group(1)).strip()[:200]
    return (text.strip().splitlines() or ["no message"])[0][:200]


class Compiler:
    """Builds tests below a folder."""

    def __init__(self, sdk, source, folder, only_kept=False):
        """only_kept: nothing is built, and what is not kept raises NotKept."""
        self._call = _refuse if only_kept else _call
        self._folder, self._digests, self._preambles = folder, kept.Digests(), None
        self._places = ((str(sdk), "SDK"), (str(source), "TESTS"), (str(folder), "BUILT"))
        self._clang = str(sdk / "bin" / f"{TRIPLE}-clang++")
        include = sdk / "sysroot" / "usr" / "include"
        library = sdk / "sysroot" / "usr" / "lib"
        self._support = support = source / "libcxx" / "test" / "support"
        self._flags = {
            "libunwind": ["-funwind-tables"],
            "libcxxabi": ["-nostdinc++", f"-I{include}/c++/v1", f"-I{support}", f"-I{source}/libcxx/src",
                          "-D_LIBCPP_ENABLE_CXX17_REMOVED_UNEXPECTED_FUNCTIONS"],
            "libcxx": ["-nostdinc++", f"-I{include}/c++/v1", f"-I{support}", "-D_LIBCPP_ENABLE_EXPERIMENTAL"]}
        self._link = {"libunwind": [], "libcxxabi": [], "libcxx": ["-lc++experimental"]}
        version = subprocess.run([self._clang, "--version"], capture_output=True, text=True, check=True)
        self._version = version.stdout.splitlines()[0]
        self._headers = self._digests.all(sorted(
            path for root in (include, support) for path in root.rglob("*") if path.is_file()))
        share = sdk / "sysroot" / "usr" / "share" / "libc++" / "v1"
        self._modules = modules.Modules(share, folder / "modules", self._build_module)
        self._module_sources = self._digests.all(sorted(path for path in share.rglob("*") if path.is_file()))
        self._libraries = self._digests.all([*sorted(library.iterdir()), sdk / "libexec" / "gcc",
                                             *sorted((sdk / "etc").iterdir())])

    def share(self, ready):
        """Let tests that begin alike share what they begin with; returns them in the best order for that.

        Each of them has to be given to do() once.
        """
        wanted = {}
        for case in ready:
            if case.kind in ("run", "compile", "link"):
                headers = preambles.includes(
                    case.path.read_text(encoding="utf-8", errors="replace"),
                    lambda name, near=case.path.parent: (self._support / name).is_file() and
                    not (near / name).exists())
                wanted[case.name] = ((case.library, *case.level, *case.directives.flags), headers)
        words = {case.name: self._words(case)[:-1] for case in ready if case.name in wanted}

        def build(header, output, name):
            done = self._call([self._clang, *words[name], "-x", "c++-header", str(header), "-o", str(output)])
            return done.returncode == 0 and not done.stderr
        self._preambles = preambles.Preambles(self._folder / "preambles", preambles.plan(wanted), build)
        return sorted(ready, key=lambda case: self._preambles.order(case.name))

    def do(self, case):
        """Do one test; see _do()."""
        try:
            return self._do(case)
        finally:
            if self._preambles:
                self._preambles.leave(case.name)

    def _do(self, case):
        """Do what the test wants of the compiler.

        Returns (result, text, program): result None where the program is to be run, else pass, nobuild (with the
        compiler's first error), accepted (compiled or linked what must not be), nodiag (verify failed).
        """
        place = self._folder / case.name
        place.parent.mkdir(parents=True, exist_ok=True)
        kind, words = case.kind, self._words(case)
        if kind == "commands":
            return self._commands(case, place)
        if kind == "verify":
            error, _ = self._compile([*words, *VERIFY], place, case, None)
            return ("pass" if error is None else "nodiag", error or "", None)
        if kind in ("compile", "refuse"):
            error, _ = self._compile([*words, "-fsyntax-only"], place, case, None)
            if kind == "refuse":
                return ("accepted" if error is None else "pass", "", None)
            return ("pass" if error is None else "nobuild", error or "", None)
        return self._program(case, place, words)

    def _program(self, case, place, words):
        """Compile and link one file."""
        built = place.with_name(place.name + ".o")
        error, options, objects = self._modules.provide(case.directives.modules)
        if error is None:
            error, key = self._compile([*words, *options, "-c"], place, case, built)
        if error is not None:
            return "nobuild", error, None
        output = place.with_name(place.name + ".exe")
        error = self._link_step([built, *objects], case, output, key, ())
        if case.kind == "no-link":
            return ("accepted" if error is None else "pass", "", None)
        if error is not None or case.kind == "link":
            return ("pass" if error is None else "nobuild", error or "", None)
        return None, "", output

    def _build_module(self, words):
        done = self._call([self._clang, f"-std={STANDARD}", *WARNINGS, *self._flags["libcxx"], *map(str, words)])
        return _first_error(done.stderr) if done.returncode != 0 else None

    def _words(self, case):
        return [f"-std={STANDARD}", *case.level, *WARNINGS, *self._flags[case.library], *case.directives.flags,
                str(case.path)]

    def _compile(self, words, place, case, output):
        """Compile; returns (the first error or None, a digest of what the object was made from)."""
        words = [self._clang, *words]
        record, depends = place.with_name(place.name + ".json"), place.with_name(place.name + ".d")
        sources = [self._module_sources, self._headers] if case.directives.modules else []
        state = kept.digest([self._neutral(words), self._version, self._digests.of(case.path), *sources])
        known = kept.read(record)
        if known and known["state"] == state and (output is None or known["error"] or output.exists()) and \
                all(self._file(path) == digest for path, digest in known["inputs"].items()):
            return known["error"], known["key"]
        words += ["-MD", "-MF", str(depends), *(["-o", str(output)] if output else [])]
        preamble = self._preambles.take(case.name) if self._preambles and "-verify" not in words else None
        done = self._call([*words, "-include-pch", str(preamble)]) if preamble else None
        if done is None or done.returncode != 0:
            done = self._call(words)
        error = _first_error(done.stderr) if done.returncode != 0 else None
        inputs = {"": self._headers} if error else {
            path: self._digests.of(self._real(path))
            for path in sorted(self._neutral(kept.depends(depends))) if not path.startswith("BUILT/")}
        key = kept.digest([state, inputs])
        kept.write(record, {"state": state, "inputs": inputs, "error": error, "key": key})
        return error, key

    def _file(self, path):
        return self._digests.of(self._real(path)) if path else self._headers

    def _neutral(self, words):
        """The words without the places of this machine."""
        for place, name in self._places:
            words = [word.replace(f"{place}/", f"{name}/") for word in words]
        return words

    def _real(self, path):
        """The file that one of _neutral()'s words means."""
        for place, name in self._places:
            path = path.replace(f"{name}/", f"{place}/", 1) if path.startswith(f"{name}/") else path
        return path

    def _link_step(self, objects, case, output, key, options):
        """Link; returns the first error or None."""
        words = [self._clang, "-Wl,-s", *map(str, objects), *options, *self._link[case.library]]
        record = output.with_name(output.name + ".json")
        state = kept.digest([key, self._neutral(words), self._libraries])
        known = kept.read(record)
        if known and known["state"] == state and (known["error"] or output.exists()):
            return known["error"]
        done = self._call([*words, "-o", str(output)])
        error = _first_error(done.stderr) if done.returncode != 0 else None
        kept.write(record, {"state": state, "error": error})
        return error

    def _commands(self, case, place):
        """A test that says itself how it is built: compiler commands, then at most one start of the program."""
        steps, output = case.directives.commands, place.with_name(place.name + ".exe")
        runs = bool(steps) and steps[-1] in _RUNS
        for step in steps[:-1] if runs else steps:
            error = self._own_command(step, case, place, output)
            if error is not None:
                return "nobuild", error, None
        return (None, "", output) if runs else ("pass", "", None)

    def _own_command(self, step, case, place, output):
        flags = " ".join(shlex.quote(word) for word in self._words(case)[:-1])
        parts = {"%{build}": "%{cxx} %s %{flags} %{compile_flags} %{link_flags} -o %t.exe",
                 "%{verify}": "%{cxx} %s %{flags} %{compile_flags} " + " ".join(VERIFY)}
        for name, text in parts.items():
            step = step.replace(name, text)
        if not step.startswith("%{cxx} ") or re.search(r"[|;&<>`$]", step):
            raise NotDone("runs commands of the host's shell")
        for name, text in (("%{cxx}", self._clang), ("%{flags}", ""), ("%{compile_flags}", flags),
                           ("%{link_flags}", " ".join(self._link[case.library])),
                           ("%t.exe", str(output)), ("%t", str(place)), ("%s", str(case.path))):
            step = step.replace(name, text)
        if "%" in step:
            raise NotDone("uses what this runner does not know")
        done = self._call(shlex.split(step))
        return _first_error(done.stderr) if done.returncode != 0 else None


def _call(words):
    try:
        return subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=SECONDS,
                              stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 1, "", f"error: not compiled within {SECONDS} s")


def _refuse(_words):
    raise NotKept
