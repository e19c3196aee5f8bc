# SPDX-License-Identifier: MIT
"""`coconut interface`: from the description of a service's interface to code and documentation."""

import os

from coconut_cli.fault import STATUS_FAILED, Fault, reason
from coconut_cli.files import write_together
from coconut_cli.manifest import Problems, report
from coconut_cli.options import Command, Option, flag

COMMAND = Command(
    "interface", "check|compile [OPTIONS] FILE ...",
    "Check descriptions of services' interfaces (JSON), or make code and documentation from them.",
    (Option("--output", "FOLDER", "compile: where to put the files; made if missing"),
     Option("--against", "FILE", "check: an older description that clients were built with"),
     flag("--json", "print problems (file, line, rule, text) and interfaces")), """
check    says nothing if all is well, otherwise a line for each thing that is wrong:
         FILE:LINE: RULE: what to do
compile  also writes, for an interface NAME
           NAME.h         what clients and servers include
           NAME_client.c  the client's functions
           NAME_server.c  the server's dispatch
           NAME_wire.h    the messages, and what checks, reads and writes them
           NAME.md        the page
           NAME_fuzz.c    a fuzz target for the host, and seeds for it in NAME_corpus/

The format, the layout of messages and the rule of versions: docs/interfaces.md.
exit status: 0 all is well, 1 something is wrong, 2 wrong use""")


def load(path, tell=report):
    """Return the Interface of a file, or None when something was wrong and was told."""
    from coconut_interface import rules
    from coconut_manifest import abitables
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise Fault(f"cannot read {path}: {reason(error)}") from error
    found, problems = rules.read(data, abitables.load().objects)
    _tell_all(tell, path, problems)
    return found


def _tell_all(tell, path, problems):
    for problem in sorted(problems, key=lambda p: p.line):
        tell(path, problem)


def files(interface, source):
    """Map of file name to bytes: all that is made of an interface."""
    from coconut_interface import code, corpus, fuzz, header, page, wire
    name = interface.name
    texts = {f"{name}.h": header.make(interface, source), f"{name}_wire.h": wire.make(interface, source),
             f"{name}_client.c": code.client(interface, source),
             f"{name}_server.c": code.server(interface, source), f"{name}.md": page.make(interface, source),
             f"{name}_fuzz.c": fuzz.make(interface, source)}
    found = {path: text.encode("utf-8") for path, text in texts.items()}
    found.update({f"{name}_corpus/{seed}": data for seed, data in corpus.make(interface).items()})
    return found


def _compile(interface, path, folder):
    write_together(folder, files(interface, os.path.basename(path)))


def _compare(path, interface, older_path, tell):
    from coconut_interface import versions
    older = load(older_path, tell)
    if older is None:
        return False
    problems = versions.compare(older, interface)
    _tell_all(tell, path, problems)
    return not problems


def run(values, words):
    """Run the command; returns the exit status."""
    if not words or words[0] not in ("check", "compile"):
        raise COMMAND.fail("check or compile?")
    verb, paths = words[0], words[1:]
    if not paths:
        raise COMMAND.fail("which descriptions?")
    if verb == "compile" and not values["output"]:
        raise COMMAND.fail("compile needs --output FOLDER")
    if values["against"] and (verb != "check" or len(paths) != 1):
        raise COMMAND.fail("--against is for checking one description")
    problems = Problems(values["json"])
    found = [(path, load(path, problems.add)) for path in paths]
    good = all(interface is not None for _, interface in found)
    if good and values["against"]:
        good = _compare(*found[0], values["against"], problems.add)
    for path, interface in found if good and verb == "compile" else []:
        _compile(interface, path, values["output"])
    problems.print(interfaces=[{"name": one.name, "file": path, "major": one.major, "minor": one.minor}
                               for path, one in found if one is not None])
    return 0 if good else STATUS_FAILED
