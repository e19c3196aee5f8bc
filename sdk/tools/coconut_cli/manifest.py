# SPDX-License-Identifier: MIT
"""`coconut manifest`: check, compile and show the manifests of services."""

import os
import sys

from coconut_cli.fault import STATUS_FAILED, Fault, reason
from coconut_cli.files import write_together, write_whole
from coconut_cli.options import Command, Option, flag

COMMAND = Command(
    "manifest", "check|compile|show [OPTIONS] FILE ...",
    "Check manifests of services, compile them for an image, or draw who may talk to whom.",
    (Option("--output", "PATH", "compile: the folder for NAME.manifest; show: the picture"),
     flag("--dot", "show: the text for Graphviz instead of SVG"),
     flag("--alone", "check: channels may be offered by services that are not listed")), """
check    says nothing if all is well, otherwise a line for each thing that is wrong:
         FILE:LINE: RULE: what to do
compile  also writes the checked binary form and prints its SHA-256, which is part of an image's
         measurement list
show     SVG on standard output; the text for Graphviz if that is not installed

The files are looked at together, as the services of one image: docs/services.md.
exit status: 0 all is well, 1 something is wrong, 2 wrong use""")


def report(path, problem):
    """Print one thing that is wrong."""
    print(f"coconut: {path}:{problem.line}: {problem.rule}: {problem.text}", file=sys.stderr)


def load(paths, alone=False):
    """Return [(path, Manifest)] of all files, or None when something was wrong and was said."""
    from coconut_manifest import abitables, rules
    tables, found, bad = abitables.load(), [], False
    for path in paths:
        try:
            with open(path, "rb") as stream:
                data = stream.read()
        except OSError as error:
            raise Fault(f"cannot read {path}: {reason(error)}") from error
        manifest, problems = rules.read(data, tables)
        for problem in sorted(problems, key=lambda p: p.line):
            report(path, problem)
        bad = bad or bool(problems)
        if manifest is not None:
            found.append((path, manifest))
    if bad:
        return None
    for path, problem in rules.check_together(found):
        if not (alone and problem.rule == "unknown-channel"):
            report(path, problem)
            bad = True
    return None if bad else found


def _compile(found, folder):
    from coconut_manifest import binary
    encoded = {manifest.name: binary.encode(manifest) for _, manifest in found}
    write_together(folder, {f"{name}.manifest": data for name, data in encoded.items()})
    for name, data in encoded.items():
        print(f"{binary.digest(data)}  {name}")


def _show(found, values):
    from coconut_manifest import graph
    text = graph.dot([manifest for _, manifest in found])
    data = None if values["dot"] else graph.svg(text)
    if data is None:
        if not values["dot"]:
            print("coconut: Graphviz is not installed: here is the text that it draws from",
                  file=sys.stderr)
        data = text.encode("utf-8")
    if values["output"]:
        write_whole(values["output"], data)
    else:
        sys.stdout.buffer.write(data)


def run(values, words):
    """Run the command; returns the exit status."""
    if not words or words[0] not in ("check", "compile", "show"):
        raise COMMAND.fail("check, compile or show?")
    verb, paths = words[0], words[1:]
    if not paths:
        raise COMMAND.fail("which manifests?")
    if verb == "compile" and not values["output"]:
        raise COMMAND.fail("compile needs --output FOLDER")
    found = load(paths, alone=values["alone"] and verb == "check")
    if found is None:
        return STATUS_FAILED
    if verb == "compile":
        _compile(found, values["output"])
    elif verb == "show":
        _show(found, values)
    return 0
