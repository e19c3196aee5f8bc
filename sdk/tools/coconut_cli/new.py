# SPDX-License-Identifier: MIT
"""`coconut new`: a project from a template of the SDK."""

import json
import os
import re
import shutil
import tempfile

from coconut_cli import interrupt, places
from coconut_cli.fault import STATUS_FAILED, Fault, reason
from coconut_cli.options import Command, flag

COMMAND = Command(
    "new", "[OPTIONS] TEMPLATE NAME",
    "Make a project from a template, in a new folder NAME.",
    (flag("--list", "list the templates"), flag("--json", "with --list: as JSON, {name: what it is}")), """
NAME is the project's: a lower-case letter, then letters, digits and dashes, at most 24 characters.
The project builds, runs and tests itself with this SDK: 'coconut build' and 'coconut test' in its
folder, or CMake with the SDK's toolchain file; a port by 'coconut port', as its README.md says.

exit status: 0 the project is there; 1 the folder is there already; 2 wrong use.""")

NAME = re.compile(r"[a-z][a-z0-9-]{0,23}")
SUFFIX, ABOUT = ".in", "template.txt"
#: The line of template.txt with what to do next in the project's folder, where that is not the usual.
NEXT = "next: "
#: Names that CMake, the build or the system use for something else.
TAKEN = frozenset(("all", "build", "clean", "edit-cache", "help", "init", "install", "list-install-components",
                   "package", "rebuild-cache", "test"))


def _about(name):
    """The lines of a template's description, without comments; none if there is no such template."""
    path = os.path.join(places.data("templates"), name, ABOUT)
    if not os.path.isfile(path):
        return []
    with open(path, encoding="utf-8") as stream:
        return [line.strip() for line in stream if not line.startswith("#")]


def templates():
    """Return {name: what it is} of the templates, sorted."""
    found = {name: _about(name) for name in sorted(os.listdir(places.data("templates")))}
    return {name: lines[0] for name, lines in found.items() if lines}


def next_step(template, name):
    """What to type in the project's folder first."""
    told = [line.removeprefix(NEXT) for line in _about(template) if line.startswith(NEXT)]
    return _fill(told[0], name) if told else "coconut build && coconut test"


def check_name(name):
    """Raise Fault unless `name` can be that of a project."""
    if not NAME.fullmatch(name) or name.endswith("-") or "--" in name:
        raise COMMAND.fail(f"'{name}' is no name for a project: a lower-case letter, then letters, "
                           "digits and single dashes, at most 24 characters")
    if name in TAKEN:
        raise COMMAND.fail(f"'{name}' means something else to the build; choose another name")


def _fill(text, name):
    ident = name.replace("-", "_")
    return text.replace("@NAME@", name).replace("@IDENT@", ident).replace("@UPPER@", ident.upper())


def _copy(source, target, name):
    """Make `target` from the template's folder `source`."""
    for entry in sorted(os.scandir(source), key=lambda one: one.name):
        if entry.is_dir():
            below = os.path.join(target, _fill(entry.name, name))
            os.mkdir(below)
            _copy(entry.path, below, name)
        elif entry.name.endswith(SUFFIX):
            with open(entry.path, encoding="utf-8") as stream:
                text = _fill(stream.read(), name)
            path = os.path.join(target, _fill(entry.name.removesuffix(SUFFIX), name))
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(text)


@interrupt.whole
def make(template, name):
    """Make the folder `name`, whole or not at all."""
    source = os.path.join(places.data("templates"), template)
    if os.path.lexists(name):
        raise Fault(f"{name}: is there already; choose another name or remove it", STATUS_FAILED)
    partial = None
    try:
        partial = tempfile.mkdtemp(prefix=".coconut-new-", dir=".")
        _copy(source, partial, name)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(partial, 0o777 & ~mask)
        os.mkdir(name)  # refuses what came meanwhile, which rename() would not
        os.rename(partial, name)
    except OSError as error:
        raise Fault(f"cannot make {name}: {reason(error)}") from error
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)


def run(values, words):
    """Run the command; returns the exit status."""
    found = templates()
    if values["list"]:
        if words:
            raise COMMAND.fail(f"'{words[0]}' is not expected")
        if values["json"]:
            print(json.dumps(found, indent=1))
            return 0
        for name, text in found.items():
            print(f"{name:<13}{text}")
        return 0
    if values["json"]:
        raise COMMAND.fail("--json is for --list")
    if len(words) != 2:
        raise COMMAND.fail("a template and a name, please")
    if words[0] not in found:
        raise COMMAND.fail(f"there is no template '{words[0]}'; there are {', '.join(found)}")
    check_name(words[1])
    make(words[0], words[1])
    print(f"coconut: made {words[1]}; next: cd {words[1]} && {next_step(words[0], words[1])}")
    return 0
