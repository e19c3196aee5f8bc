# SPDX-License-Identifier: MIT
"""Sizes: files and functions stay small enough to be read at once. Prints the largest of each.

Functions of C are found by the formatter's shape: their braces stand alone in the first column.
"""

import ast
import re
from pathlib import Path

from common import TOP, Lines, project_files

FILE_MAX = 400
FUNCTION_HARD, FUNCTION_LONG, LONG_SHARE = 80, 60, 0.05
PARAMETERS = 5
#: Where signatures are given from outside: POSIX, OpenSSL, and a system call's number with its registers;
#: as are those of the system call handlers, which are generated.
GIVEN_SIGNATURES = ("libc-port/", "tests/", "services/vtpm/crypto/", "services/vtpm/test/")
CODE = {".c", ".h", ".S", ".py", ".sh", ".cmake"}
WORST = 10


class Function:
    """A function's place, length in lines and number of parameters."""

    def __init__(self, path, name, length, parameters):
        self.path, self.name, self.length, self.parameters = path, name, length, parameters


def _parameters(signature):
    """Count the parameters in the last parenthesis group of a C signature."""
    depth, commas, start = 0, 0, signature.find("(")
    if re.fullmatch(r"\(\s*(void)?\s*\)", signature[start:].strip()):
        return 0
    for char in signature[start:]:
        depth += (char == "(") - (char == ")")
        commas += char == "," and depth == 1
    return commas + 1


def c_functions(path, lines):
    """Yield the functions of a C file."""
    for number, line in enumerate(lines):
        if line != "{":
            continue
        first = number
        while first > 0 and lines[first - 1].strip() and not lines[first - 1].startswith(
                ("}", "#", "//", " *", "/*")) and not lines[first - 1].endswith(";"):
            first -= 1
        signature = " ".join(lines[first:number])
        name = re.search(r"(\w+)\s*\(", re.sub(r"__attribute__\(\(.*?\)\)", "", signature))
        end = next((n for n in range(number, len(lines)) if lines[n].startswith("}")), number)
        yield Function(path, name.group(1) if name else "?", end - first + 1,
                       _parameters(re.sub(r"__\w+\(\(?.*?\)\)?", "", signature)))


def python_functions(path, text):
    """Yield the functions of a Python file."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            yield Function(path, node.name, node.end_lineno - node.lineno + 1, 0)


def functions_of(path, text):
    """Return the functions of a file of either language."""
    if path.suffix == ".py":
        return list(python_functions(path, text))
    return list(c_functions(path, text.splitlines())) if path.suffix in (".c", ".h") else []


def check_functions(lines, functions):
    """Length and number of parameters."""
    for function in functions:
        place = f"{function.path}.{function.name}"
        if function.length > FUNCTION_HARD:
            lines.bad(f"function.{place}", f"{function.length} lines, at most {FUNCTION_HARD}")
        given = (str(function.path).startswith(GIVEN_SIGNATURES) or "/test/" in str(function.path)
                 or function.name.startswith("sys_"))
        if function.parameters > PARAMETERS and not given:
            lines.bad(f"parameters.{place}", f"{function.parameters}, at most {PARAMETERS}")
    long = sum(function.length > FUNCTION_LONG for function in functions)
    lines.expect(long <= LONG_SHARE * len(functions), "long-functions",
                 f"{long} of {len(functions)} are longer than {FUNCTION_LONG} lines")
    for function in sorted(functions, key=lambda f: -f.length)[:WORST]:
        print(f"# {function.length:4} lines: {function.path}: {function.name}")


def main():
    """Check all files."""
    lines, functions, sizes = Lines("metrics"), [], []
    for path in project_files():
        if path.suffix not in CODE and path.name != "CMakeLists.txt":
            continue
        text = (TOP / path).read_text(encoding="utf-8")
        length = text.count("\n")
        sizes.append((length, Path(path)))
        functions += functions_of(path, text)
        lines.expect(length <= FILE_MAX, f"file.{path}", f"{length} lines, at most {FILE_MAX}")
    for length, path in sorted(sizes, key=lambda item: -item[0])[:WORST]:
        print(f"# {length:4} lines: {path}")
    check_functions(lines, functions)
    lines.finish()


main()
