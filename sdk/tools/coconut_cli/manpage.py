# SPDX-License-Identifier: MIT
"""`coconut man`: manual pages, from the same tables as the help texts."""

import os

from coconut_cli import files, version
from coconut_cli.completion import tables
from coconut_cli.options import Command, Option

COMMAND = Command(
    "man", "[OPTIONS] [COMMAND]",
    "Print the manual page of coconut, or of one of its commands, for man(1).",
    (Option("--output", "FOLDER", "write all pages there, as FOLDER/man1/*.1"),), """
  coconut man run | man -l -
An installed SDK has them in share/man.""")


def escape(text):
    """Return text as roff shows it unchanged."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in text.split("\n"))


def _head(name, brief):
    return [f".TH {escape(name.upper())} 1 \"\" \"coconut {version.VERSION}\" \"COCONUT SDK\"",
            ".SH NAME", f"{escape(name)} \\- {escape(brief)}"]


def _verbatim(text):
    return [".nf", escape(text.strip("\n")), ".fi"]


def command_page(command, brief):
    """Return the page of one command."""
    lines = [*_head(f"coconut-{command.name}", brief), ".SH SYNOPSIS",
             f".B coconut {escape(command.name)}", escape(command.usage) or ".br", ".SH DESCRIPTION",
             escape(command.summary)]
    if command.options:
        lines.append(".SH OPTIONS")
    for option in command.options:
        lines += [".TP", f".B {escape(option.name)}" + (f" {escape(option.value)}" if option.value else ""),
                  escape(option.text)]
    lines += [".SH NOTES", *_verbatim(command.notes), ".SH SEE ALSO", ".BR coconut (1)"]
    return "\n".join(lines) + "\n"


def main_page():
    """Return the page of the command as a whole."""
    from coconut_cli.main import COMMANDS, STATUSES
    lines = [*_head("coconut", "the COCONUT user-mode platform"), ".SH SYNOPSIS", ".B coconut",
             "COMMAND [OPTIONS] ...", ".SH DESCRIPTION",
             "Makes, builds, runs, tests and measures programs of the COCONUT platform.", ".SH COMMANDS"]
    for name, (_, brief) in COMMANDS.items():
        lines += [".TP", f".BR coconut\\-{escape(name)} (1)", escape(brief)]
    lines += [".SH EXIT STATUS", *_verbatim(STATUSES)]
    return "\n".join(lines) + "\n"


def pages():
    """Return {file name: text} of all pages."""
    from coconut_cli.main import COMMANDS
    found = {"coconut.1": main_page()}
    for name, command in tables().items():
        found[f"coconut-{name}.1"] = command_page(command, COMMANDS[name][1])
    return found


def run(values, words):
    """Run the command; returns the exit status."""
    if len(words) > 1 or (words and values["output"]):
        raise COMMAND.fail(f"'{words[-1]}' is not expected")
    found = pages()
    if values["output"] is None:
        name = f"coconut-{words[0]}.1" if words else "coconut.1"
        if name not in found:
            raise COMMAND.fail(f"there is no command '{words[0]}'")
        print(found[name], end="")
        return 0
    files.write_together(os.path.join(values["output"], "man1"),
                         {name: text.encode() for name, text in found.items()})
    return 0
