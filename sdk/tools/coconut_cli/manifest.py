# SPDX-License-Identifier: MIT
"""`coconut manifest`: check, compile and show the manifests of services."""

import json
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
     flag("--alone", "check: channels may be offered by services that are not listed"),
     flag("--json", "check, compile: print problems (file, line, rule, text) and manifests")), """
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


class Problems:
    """What is wrong with some files: told on standard error at once, or kept for JSON."""

    def __init__(self, as_json):
        self.found, self._as_json = [], as_json

    def add(self, path, problem):
        """Take one thing that is wrong."""
        if not self._as_json:
            report(path, problem)
        self.found.append({"file": path, "line": problem.line, "rule": problem.rule, "text": problem.text})

    def print(self, **more):
        """Print them as JSON, if that is wanted, with what else there is to tell."""
        if self._as_json:
            print(json.dumps({"problems": self.found, **more}, indent=1))


def load(paths, alone=False, tell=report):
    """Return [(path, Manifest)] of all files, or None when something was wrong and was told."""
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
            tell(path, problem)
        bad = bad or bool(problems)
        if manifest is not None:
            found.append((path, manifest))
    if bad:
        return None
    for path, problem in rules.check_together(found):
        if not (alone and problem.rule == "unknown-channel"):
            tell(path, problem)
            bad = True
    return None if bad else found


def _compile(found, folder):
    """Write the binary forms; return {name: SHA-256}."""
    from coconut_manifest import binary
    encoded = {manifest.name: binary.encode(manifest) for _, manifest in found}
    write_together(folder, {f"{name}.manifest": data for name, data in encoded.items()})
    return {name: binary.digest(data) for name, data in encoded.items()}


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
    if verb == "show" and values["json"]:
        raise COMMAND.fail("--json is for check and compile")
    problems, digests = Problems(values["json"]), {}
    found = load(paths, values["alone"] and verb == "check", problems.add)
    if found is not None and verb == "compile":
        digests = _compile(found, values["output"])
    problems.print(manifests=[{"name": one.name, "file": path, "sha256": digests.get(one.name)}
                              for path, one in found or []])
    if found is None:
        return STATUS_FAILED
    if verb == "show":
        _show(found, values)
    for name, digest in digests.items() if not values["json"] else ():
        print(f"{digest}  {name}")
    return 0
