# SPDX-License-Identifier: MIT
"""What a program compiled and linked with the SDK depends on, as sorted lines: symbols, predefined macros,
values of constants, layouts of types."""

import re
import subprocess
from pathlib import Path

MARK = "surface_value_"
#: Reserved names that are interfaces all the same.
PUBLIC = ("_SC_", "_PC_", "_CS_", "_POSIX", "_POSIX2", "_XOPEN", "_IO")
#: What differs between the compiler's packages of one release.
VOLATILE = ("__VERSION__", "__clang_version__", "__clang_patchlevel__")
#: A folder of the machine, or a place in a file, in the compiler's name of a type.
PLACE = re.compile(r"\((unnamed|anonymous)[^)]*\)")
_HEAD = re.compile(r"0 \| (?:struct|union|class) (\w+)$")
_VALUE = re.compile(rf"^Dumping {MARK}(\w+):$|^  [|`]-value: Int (-?\d+)$")


class SurfaceError(Exception):
    """One line for the user."""


def run(words, text=None, partly=False):
    """Output of a command; SurfaceError with its first error line if it fails, unless `partly`."""
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0 and not partly:
        lines = [line for line in done.stderr.splitlines() if "error" in line] or ["failed"]
        raise SurfaceError(f"{Path(words[0]).name}: {lines[0]}")
    return done.stdout


def includes(headers):
    """Source text that includes all headers."""
    return "".join(f"#include <{name}>\n" for name in headers)


def symbols(archive, kind):
    """Names that an archive defines (kind "defined-only") or refers to ("undefined-only")."""
    text = run(["llvm-nm-19", "--extern-only", f"--{kind}", "--format=posix", "--quiet", str(archive)])
    return {line.split()[0] for line in text.splitlines() if line and not line.endswith(":")}


def library(archive, elsewhere=frozenset()):
    """Lines for what an archive defines, `elsewhere` left out, and what it needs from others."""
    defined = symbols(archive, "defined-only")
    return ({f"defines {name}" for name in defined - elsewhere} |
            {f"needs {name}" for name in symbols(archive, "undefined-only") - defined})


def macros(compiler, language):
    """Lines for the macros that the compiler predefines for a language."""
    text = run([compiler, "-dM", "-E", f"-x{language}", "-"], "")
    return {f"{language} {line.removeprefix('#define ')}" for line in text.splitlines()
            if line.split()[1] not in VOLATILE}


def _names(compiler, text):
    """Names of object-like macros and of enumerators, and {name: type that it stands for} of types."""
    defined = run([compiler, "-D_GNU_SOURCE", "-dM", "-E", "-xc", "-"], text)
    found = set(re.findall(r"^#define (\w+) \S", defined, re.MULTILINE))
    dump = run([compiler, "-D_GNU_SOURCE", "-fsyntax-only", "-Xclang", "-ast-dump", "-fno-color-diagnostics",
                "-xc", "-"], text)
    found |= set(re.findall(r"EnumConstantDecl .* (\w+) '", dump))
    types = {name: canonical or written for name, written, canonical in
             re.findall(r"^.-TypedefDecl .* (\w+) '([^']*)'(?::'([^']*)')?$", dump, re.MULTILINE)}
    return found, {name: PLACE.sub(r"(\1)", kind) for name, kind in types.items() if not name.startswith("_")}


def _is_public(name):
    return not name.startswith("_") or name.startswith(PUBLIC)


def constants(compiler, headers):
    """Lines for the values of all public integer constants of the headers.

    Each name becomes the value of an enumerator; the compiler refuses those that are no constants, and says
    the values of the others.
    """
    text = includes(headers)
    names, _ = _names(compiler, text)
    text += "".join(f"enum {{ {MARK}{name} = ({name}) }};\n" for name in sorted(names) if _is_public(name))
    dump = run([compiler, "-D_GNU_SOURCE", "-w", "-fsyntax-only", "-ferror-limit=0", "-fno-color-diagnostics", "-Xclang",
                "-ast-dump", "-Xclang", f"-ast-dump-filter={MARK}", "-xc", "-"], text, partly=True)
    found, name = set(), None
    for line in dump.splitlines():
        match = _VALUE.match(line)
        if match and match.group(1):
            name = match.group(1)
        elif match and name:
            found.add(f"{name} {match.group(2)}")
            name = None
    if not found:
        raise SurfaceError("the compiler says no value of any constant")
    return found


def layouts(compiler, headers):
    """Lines for size, alignment and fields of all public types of the headers.

    A field of each type that has a name, in a structure of its own, makes the compiler say that type's layout.
    """
    text = includes(headers)
    _, types = _names(compiler, text)
    text += "".join(f"struct {MARK}{name} {{ {name} value; }};\n" for name in sorted(types))
    dump = run([compiler, "-D_GNU_SOURCE", "-w", "-fsyntax-only", "-ferror-limit=0", "-Xclang",
                "-fdump-record-layouts-complete", "-xc", "-"], text, partly=True)
    found = {f"{name}: is {kind}" for name, kind in types.items()}
    for block in dump.split("*** Dumping AST Record Layout\n")[1:]:
        lines = [" ".join(PLACE.sub(r"(\1)", line).split()) for line in block.strip().splitlines()]
        match = _HEAD.match(lines[0])
        name = match.group(1) if match else "_"
        if name.startswith("_"):
            continue
        label, fields = lines[0].removeprefix("0 | "), lines[1:]
        if name.startswith(MARK):
            label, fields = name.removeprefix(MARK), [line.removesuffix(" value") for line in fields]
        found |= {f"{label}: {number:03} {line}" for number, line in enumerate(fields)}
    if not any("sizeof" in line for line in found):
        raise SurfaceError("the compiler says no layout of any type")
    return found
