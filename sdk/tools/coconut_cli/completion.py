# SPDX-License-Identifier: MIT
"""`coconut completion`: what the tables of the commands say, for a shell."""

import importlib
import os

from coconut_cli import files
from coconut_cli.options import Command, Option

COMMAND = Command(
    "completion", "[OPTIONS]",
    "Print the completion of the command line for bash.",
    (Option("--output", "FILE", "write it there, in a folder that is made if missing"),), """
To have it at once and in each later shell:
  source <(coconut completion)
  coconut completion > ~/.local/share/bash-completion/completions/coconut""")

SCRIPT = """# Completion of the command coconut for bash; made by 'coconut completion'.
_coconut() {
    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options= i
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "@COMMANDS@ help" -- "$word"))
        return
    fi
    case $command in
@CASES@
    esac
    case $word in
    -*) COMPREPLY=($(compgen -W "$options --help" -- "$word")) ;;
    *)
        if [ "$command" = help ]; then
            COMPREPLY=($(compgen -W "@COMMANDS@" -- "$word"))
        else
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -f -- "$word"))
        fi
        ;;
    esac
}
complete -F _coconut coconut
"""


def tables():
    """Return {name: options.Command} of all commands, in the order of `coconut help`."""
    from coconut_cli.main import COMMANDS
    return {name: importlib.import_module(f"coconut_cli.{module}").COMMAND
            for name, (module, _) in COMMANDS.items()}


def bash():
    """Return the completion script."""
    known = tables()
    cases = "\n".join(f"    {name}) options=\"{' '.join(option.name for option in command.options)}\" ;;"
                      for name, command in known.items())
    return SCRIPT.replace("@COMMANDS@", " ".join(known)).replace("@CASES@", cases)


def run(values, words):
    """Run the command; returns the exit status."""
    if words:
        raise COMMAND.fail(f"'{words[0]}' is not expected")
    if values["output"] is None:
        print(bash(), end="")
    else:
        files.make_folder(os.path.dirname(os.path.abspath(values["output"])))
        files.write_whole(values["output"], bash().encode())
    return 0
