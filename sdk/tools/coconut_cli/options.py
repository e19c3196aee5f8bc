# SPDX-License-Identifier: MIT
"""Options and help texts of all commands: one table per command, one style.

Hand-written because argparse costs a quarter of the whole start time of `coconut run`.
"""

from coconut_cli.fault import STATUS_USAGE, Fault, like

HELP_COLUMN = 24


class Option:
    """One option. convert(text) returns the value or raises ValueError with what is expected."""

    def __init__(self, name, value, text, convert=str, default=None, many=False):
        self.name, self.value, self.text = name, value, text
        self.convert, self.default, self.many = convert, default, many
        self.key = name.lstrip("-").replace("-", "_")


def flag(name, text):
    """An option without a value; False until given."""
    return Option(name, None, text, default=False)


def integer(low, high):
    """Converter for whole numbers from low to high."""
    def convert(text):
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)
    return convert


def seconds(text):
    """Converter for a time in seconds, above zero and at most a week."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= 604800.0:
        raise ValueError("a number of seconds above 0")
    return value


def size(text):
    """Converter for sizes such as 256M; the result is in MiB."""
    unit = {"M": 1, "G": 1024}.get(text[-1:].upper())
    digits = text[:-1] if unit else text
    if not digits.isascii() or not digits.isdigit():
        raise ValueError("a size such as 256M or 2G")
    value = int(digits) * (unit or 1)
    if not 16 <= value <= 1024 * 1024:
        raise ValueError("a size from 16M to 1024G")
    return value


STATUSES = "exit status: 0 success, 1 failure, 2 wrong use, 125 the tool itself failed."


#: What is said of --json where a command has it.
WHOLE = """JSON comes whole or not at all: when the work cannot be done there is none, but one line on standard
error, and the status is not 0. That line and its status are the same as without --json."""


class Command:
    """What a command is called with.

    usage: the words behind the command's name; notes: paragraphs under the options, with the usual
    statuses added where they name none; first_stops: the first word that is no option ends the options (it has options of its own).
    """

    def __init__(self, name, usage, summary, options=(), notes="", first_stops=False):
        self.name, self.usage, self.summary = name, usage, summary
        notes = notes.strip("\n")
        self.notes = notes if "exit status:" in notes else f"{notes}\n\n{STATUSES}".lstrip("\n")
        self.options, self.first_stops = options, first_stops
        if any(option.name == "--json" for option in options):
            before, statuses, after = self.notes.rpartition("exit status:")
            self.notes = f"{before.rstrip()}\n\n{WHOLE}\n\n{statuses}{after}".lstrip()

    def help(self):
        """Return the help text."""
        lines = [f"usage: coconut {self.name} {self.usage}".rstrip(), "", self.summary]
        if self.options:
            lines += ["", "options:"]
        for option in self.options:
            left = f"  {option.name} {option.value or ''}".rstrip()
            if len(left) >= HELP_COLUMN - 1:
                lines.append(left)
                left = ""
            lines.append(f"{left:<{HELP_COLUMN}}{option.text}")
        return "\n".join([*lines, "", self.notes])

    def fail(self, text):
        """Return the Fault for a wrong use of this command."""
        return Fault(f"{self.name}: {text}; see 'coconut {self.name} --help'", STATUS_USAGE)

    def parse(self, words):
        """Return (values by key, remaining words), or (None, []) when help was asked for."""
        known = {option.name: option for option in self.options}
        values = {o.key: [] if o.many else o.default for o in self.options}
        rest, words = [], list(words)
        while words:
            word = words.pop(0)
            if word == "--":
                return values, rest + words
            if word in ("--help", "-h"):
                return None, []
            if not word.startswith("-") or word == "-":
                rest.append(word)
                if self.first_stops:
                    return values, rest + words
                continue
            name, equals, text = word.partition("=")
            if name not in known:
                raise self.fail(f"unknown option '{name}'{like(name, known)}")
            self._take(known[name], text if equals else None, words, values)
        return values, rest

    def _take(self, option, text, words, values):
        if option.value is None:
            if text is not None:
                raise self.fail(f"option '{option.name}' takes no value")
            values[option.key] = True
            return
        if text is None:
            if not words:
                raise self.fail(f"option '{option.name}' needs a value: {option.value}")
            text = words.pop(0)
        try:
            value = option.convert(text)
        except ValueError as error:
            raise self.fail(f"option '{option.name}': '{text}' is not {error}") from None
        if option.many:
            values[option.key].append(value)
        else:
            values[option.key] = value
