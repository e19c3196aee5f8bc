# SPDX-License-Identifier: MIT
"""`coconut size`: what a program consists of, by section and by symbol; what changed between two."""

import json

from coconut_cli import elfsections
from coconut_cli.options import Command, Option, flag, integer

COMMAND = Command(
    "size", "[OPTIONS] FILE [NEW-FILE]",
    "Show how large a program, object file or static library is: its sections, and its largest symbols. "
    "With two files: what differs between them.",
    (Option("--symbols", "N", "how many symbols to show (default 20; 0: none)", integer(0, 1000000), 20),
     flag("--json", "print everything as JSON")), """
Classes: text is code and constants, data is initialised and writable, bss takes no room in the file
but in memory, debug and the like is not loaded. Of a library, all members are added up.
JSON of one file: {"file", "classes": {name: bytes}, "sections": {name: bytes}, "symbols": [{"name",
"section", "size"}]}; of two: {"old", "new", and the same names with the differences that are not 0}.

exit status: 0 success, 1 a file cannot be read, 2 wrong use.""")

CLASSES = ("text", "data", "bss", "not loaded")


def section_class(section):
    """Return the class that a section counts to."""
    if not section.flags & elfsections.SHF_ALLOC:
        return "not loaded"
    if section.nobits:
        return "bss"
    return "data" if section.flags & elfsections.SHF_WRITE else "text"


def measure(path):
    """Return {"classes", "sections", "symbols"} of a file; symbols by (name, section)."""
    result = {"classes": dict.fromkeys(CLASSES, 0), "sections": {}, "symbols": {}}
    for item in elfsections.objects(path):
        for section in item.sections:
            if not section.size:
                continue
            result["classes"][section_class(section)] += section.size
            result["sections"][section.name] = result["sections"].get(section.name, 0) + section.size
        for symbol in item.symbols:
            if symbol.section is None or not symbol.size:
                continue
            key = (symbol.name, symbol.section.name)
            result["symbols"][key] = result["symbols"].get(key, 0) + symbol.size
    return result


def difference(old, new):
    """Return what measure() returns, as differences that are not 0."""
    return {part: {key: new[part].get(key, 0) - old[part].get(key, 0)
                   for key in (*old[part], *(k for k in new[part] if k not in old[part]))
                   if new[part].get(key, 0) != old[part].get(key, 0)}
            for part in old}


def _largest(sizes):
    return sorted(sizes.items(), key=lambda item: (-abs(item[1]), item[0]))


def _print_text(found, symbols, sign):
    shape = f"{{:>{sign}12}}  {{}}"
    for title, rows in (("class", found["classes"].items()), ("section", _largest(found["sections"]))):
        print(f"{'bytes':>12}  {title}")
        for name, size in rows:
            print(shape.format(size, name))
        print()
    shown = _largest(found["symbols"])
    print(f"{'bytes':>12}  symbol (the largest {min(symbols, len(shown))} of {len(shown)})")
    for (name, section), size in shown[:symbols]:
        print(shape.format(size, f"{name}  {section}"))


def _print_json(heads, found):
    symbols = [{"name": name, "section": section, "size": size}
               for (name, section), size in _largest(found["symbols"])]
    print(json.dumps({**heads, "classes": found["classes"], "sections": found["sections"],
                      "symbols": symbols}, indent=1))


def run(values, words):
    """Run the command; returns the exit status."""
    if not 1 <= len(words) <= 2:
        raise COMMAND.fail("one file, or two to compare")
    measured = [measure(path) for path in words]
    heads = {"file": words[0]} if len(words) == 1 else {"old": words[0], "new": words[1]}
    found = measured[0] if len(words) == 1 else difference(*measured)
    if values["json"]:
        _print_json(heads, found)
    else:
        _print_text(found, values["symbols"], "+" if len(words) == 2 else "")
    return 0
