# SPDX-License-Identifier: MIT
"""`coconut completion`: what the tables of the commands say, for a shell."""

import importlib
import os

from coconut_cli import files
from coconut_cli.options import Command, Option

COMMAND = Command(
    "completion", "[OPTIONS]",
    "Print the completion of the command line for a shell.",
    (Option("--shell", "NAME", "bash (default), zsh or fish"),
     Option("--output", "FILE", "write it there, in a folder that is made if missing")), """
To have it at once and in each later shell:
  source <(coconut completion)
  coconut completion > ~/.local/share/bash-completion/completions/coconut
  coconut completion --shell zsh > FOLDER/_coconut     where FOLDER is in zsh's fpath
  coconut completion --shell fish > ~/.config/fish/completions/coconut.fish""")

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


ZSH = """#compdef coconut
# Completion of the command coconut for zsh; made by 'coconut completion'.
local -a commands options
commands=(
@COMMANDS@
)
if (( CURRENT == 2 )); then
    _describe command commands
    return
fi
case $words[2] in
@CASES@
esac
if [[ $words[CURRENT] == -* ]]; then
    _describe option options
elif [[ $words[2] == help ]]; then
    _describe command commands
else
    _files
fi
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


def _quoted(text):
    """Return the text between quotes of zsh and fish, without what would end or change them."""
    return "'" + text.replace("\\", "/").replace("'", "") + "'"


def _described(command):
    """Return [(option, what it does)] of a command."""
    return [*((option.name, option.text) for option in command.options), ("--help", "say what it does")]


def zsh():
    """Return zsh's completion script."""
    from coconut_cli.main import COMMANDS

    def entry(name, text):
        return _quoted(name.replace(":", "") + ":" + text.replace(":", ","))

    briefs = "\n".join(f"    {entry(name, brief)}" for name, (_, brief) in COMMANDS.items())
    cases = "\n".join(f"{name}) options=({' '.join(entry(*one) for one in _described(command))}) ;;"
                      for name, command in tables().items())
    return ZSH.replace("@COMMANDS@", briefs).replace("@CASES@", cases)


def fish():
    """Return fish's completion script."""
    from coconut_cli.main import COMMANDS
    lines = ["# Completion of the command coconut for fish; made by 'coconut completion'."]
    for name, (_, brief) in COMMANDS.items():
        lines.append(f"complete -c coconut -n __fish_use_subcommand -f -a {name} -d {_quoted(brief)}")
    for name, command in tables().items():
        lines += [f"complete -c coconut -n '__fish_seen_subcommand_from {name}' -l {option.removeprefix('--')} "
                  f"-d {_quoted(text)}" for option, text in _described(command)]
    return "\n".join(lines) + "\n"


SHELLS = {"bash": bash, "zsh": zsh, "fish": fish}


def run(values, words):
    """Run the command; returns the exit status."""
    if words:
        raise COMMAND.fail(f"'{words[0]}' is not expected")
    shell = values["shell"] or "bash"
    if shell not in SHELLS:
        raise COMMAND.fail(f"there is no completion for '{shell}'; there is: {', '.join(SHELLS)}")
    text = SHELLS[shell]()
    if values["output"] is None:
        print(text, end="")
    else:
        files.make_folder(os.path.dirname(os.path.abspath(values["output"])))
        files.write_whole(values["output"], text.encode())
    return 0
