# SPDX-License-Identifier: MIT
"""Which documents the site has, in which sections, and where each becomes a page."""

import fnmatch
import os
import subprocess

from coconut_cli import completion, main, places
from coconut_cli.fault import Fault, reason

#: (section, patterns of paths in their order). A document belongs to the first that fits.
SECTIONS = (
    ("Start", ("README.md", "docs/getting-started.md", "docs/README.md", "docs/glossary.md", "docs/CHANGELOG.md")),
    ("Guides", ("docs/guides/write-a-service.md", "docs/guides/port-a-library.md", "docs/guides/debug.md", "docs/guides/*")),
    ("Commands", ("man/coconut.md", "man/*")),
    ("Reference", ("docs/posix.md", "libc-port/ledger.md", "docs/services.md", "docs/interfaces.md", "docs/ipc.md",
                   "docs/*.md")),
    ("System calls", ("docs/abi/index.md", "docs/abi/calls/*", "docs/abi/*")),
    ("Architecture", ("docs/architecture/tour.md", "docs/security-model.md", "docs/architecture/*")),
    ("Decisions", ("docs/decisions/README.md", "docs/decisions/*")),
    ("Folders", ("*",)),
)
#: Texts of templates belong to the projects made from them.
LEFT_OUT = "sdk/templates/*/*"


def _tracked():
    """The Markdown files of the tree, those included that are not checked in yet."""
    done = subprocess.run(["git", "-C", places.source_root(), "ls-files", "-co", "--exclude-standard", "-z", "*.md"],
                          capture_output=True, check=False)
    if done.returncode == 0:
        return [name for name in os.fsdecode(done.stdout).split("\0") if name]
    found = []
    for folder, folders, names in os.walk(places.SOURCE):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "build"]
        found += [os.path.relpath(os.path.join(folder, name), places.SOURCE) for name in names if name.endswith(".md")]
    return found


def _verbatim(text):
    return ["```text", text.strip("\n"), "```", ""]


def _manual(name, command, brief):
    lines = [f"# coconut {name}", "", f"{brief[0].upper()}{brief[1:]}.", "",
             *_verbatim(f"coconut {name} {command.usage}"), command.summary, ""]
    if command.options:
        lines += ["## Options", "", "| option | |", "|---|---|"]
        lines += [f"| `{option.name}{' ' + option.value if option.value else ''}` | {option.text} |".replace("<", "&lt;")
                  for option in command.options]
        lines.append("")
    return "\n".join([*lines, "## Notes", "", *_verbatim(command.notes), "All commands: [coconut](coconut.md)."])


def manuals():
    """Return {path: Markdown} of the pages of the command, from the tables that `coconut man` writes from."""
    rows = [f"| [`coconut {name}`](coconut-{name}.md) | {brief} |" for name, (_, brief) in main.COMMANDS.items()]
    found = {"man/coconut.md": "\n".join(["# coconut", "", "Makes, builds, runs, tests and measures programs.", "",
                                          "| command | |", "|---|---|", *rows, "", *_verbatim(main.STATUSES)])}
    for name, command in completion.tables().items():
        found[f"man/coconut-{name}.md"] = _manual(name, command, main.COMMANDS[name][1])
    return found


def texts():
    """Return {path relative to the top: Markdown text} of all documents."""
    found = manuals()
    for name in _tracked():
        path = os.path.join(places.SOURCE, name)
        if fnmatch.fnmatch(name, LEFT_OUT) or not os.path.isfile(path):
            continue
        try:
            with open(path, encoding="utf-8") as stream:
                found[name] = stream.read()
        except (OSError, UnicodeDecodeError) as error:
            raise Fault(f"cannot read {path}: {reason(error) if isinstance(error, OSError) else error}") from error
    return found


def sections(paths):
    """Return [(section, paths in order)]; each path is in exactly one."""
    left, found = set(paths), []
    for name, patterns in SECTIONS:
        chosen = []
        for pattern in patterns:
            fitting = sorted(path for path in left if fnmatch.fnmatch(path, pattern))
            left.difference_update(fitting)
            chosen += fitting
        found.append((name, chosen))
    return found


def place(path):
    """Return where on the site a document stands."""
    return path.removesuffix(".md") + ".html"
