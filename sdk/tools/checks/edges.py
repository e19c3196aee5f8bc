# SPDX-License-Identifier: MIT
"""Module edges hold by construction: a forbidden include does not compile. This proves it.

For each kernel folder a file is compiled with that folder's own compiler options that includes a
public header of a folder it must not know; and user programs are tried with kernel headers.
"""

import json
import subprocess
import sys

from common import TOP, Lines

BUILD = TOP / "build"
LOWER = {
    "base": [],
    "arch": ["base"],
    "mm": ["base", "arch"],
    "object": ["base", "arch", "mm"],
    "plat": ["base", "arch", "mm", "object"],
    "dev": ["base", "arch", "mm", "object", "plat", "fs"],
    "task": ["base", "arch", "mm", "object"],
    "fs": ["base", "arch", "mm", "object"],
    "tty": ["base", "arch", "mm", "object", "plat", "dev", "task", "fs"],
}


def kernel_options():
    """Return {folder: compiler words} from the kernel's compile commands."""
    commands = json.loads((BUILD / "kernel" / "compile_commands.json").read_text(encoding="utf-8"))
    result = {}
    for command in commands:
        try:
            inside = command["file"].split(f"{TOP}/kernel/", 1)[1]
        except IndexError:
            continue
        words = command["command"].split()
        keep = [word for at, word in enumerate(words)
                if word not in ("-c", "-o") and words[at - 1] != "-o" and word != command["file"]]
        if command["file"].endswith(".c"):
            result.setdefault(inside.split("/", 1)[0], keep)
    return result


def public_header(folder):
    """Return a public header of a kernel folder as it is included, or None."""
    root = TOP / "kernel" / folder / "include"
    headers = sorted(root.rglob("*.h")) if folder != "arch" else sorted(root.glob("arch/cpu.h"))
    return str(headers[0].relative_to(root)) if headers else None


def compiles(words, header):
    """Tell whether a file that includes the header compiles, and what the compiler said."""
    done = subprocess.run([*words, "-fsyntax-only", "-x", "c", "-"], input=f"#include <{header}>\n",
                          capture_output=True, text=True, cwd=BUILD, check=False)
    return done.returncode == 0, done.stderr


def check_pair(lines, words, folder, other):
    """A header of `other` must not be found from `folder`."""
    header = public_header(other)
    if header is None:
        return
    fine, said = compiles(words, header)
    missing = f"'{header}' file not found" in said
    lines.expect(not fine and missing, f"{folder}-not-{other}",
                 f"kernel/{folder} can include <{header}>" if fine else said.split("\n")[0])


def main():
    """Check all pairs, then user programs."""
    lines = Lines("edges")
    try:
        options = kernel_options()
    except OSError as error:
        lines.bad("kernel", f"{error.filename}: {error.strerror}; run ./coconut build")
        lines.finish()
    for folder, lower in LOWER.items():
        if folder not in options:
            lines.bad(folder, "is not part of the kernel's build")
            continue
        for other in (*LOWER, "syscall"):
            if other != folder and other not in lower:
                check_pair(lines, options[folder], folder, other)
    user = [str(BUILD / "sdk" / "bin" / "x86_64-unknown-coconut-clang")]
    for folder in LOWER:
        check_pair(lines, user, "user", folder)
    lines.expect(compiles(user, "coconut/syscalls.h")[0], "user-sees-system-calls",
                 "<coconut/syscalls.h> does not compile")
    lines.finish()


if __name__ == "__main__":
    sys.exit(main())
