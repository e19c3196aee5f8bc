# SPDX-License-Identifier: MIT
"""Read the .def tables. Every refusal names the file and the line."""

import re

from . import layout
from .model import (ARGUMENT_KINDS, HANDLE_KINDS, RESULTS, Abi, Argument, Call, CallClass, Error, Item,
                    ObjectKind, Right, TableError)

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
LOWER_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
NUMBERED = re.compile(r"(\d+)\.\s+(.*)\Z", re.S)


class Table:
    """The rows `MACRO(...)` of one file, with the `/** */` comment above each."""

    def __init__(self, path):
        self.path = path
        self.label = path.name
        self.text = path.read_text(encoding="utf-8")
        self.rows = []
        self._scan()

    def fail(self, line, message):
        raise TableError(f"{self.label}:{line}: {message}")

    def _scan(self):
        text, position, comment = self.text, 0, None
        token = re.compile(r"\s+|//[^\n]*|/\*(.*?)\*/|([A-Z_]+)\(", re.S)
        while position < len(text):
            line = text.count("\n", 0, position) + 1
            match = token.match(text, position)
            if not match:
                rest = text[position:].split("\n", 1)[0]
                self.fail(line, f"expected a row such as NAME(...), found '{rest.strip()}'")
            position = match.end()
            if match.group(1) is not None:
                comment = match.group(1)
            elif match.group(2):
                end = self._closing(position, line)
                fields = split_fields(text[position:end])
                self.rows.append((match.group(2), fields, comment, line))
                comment, position = None, end + 1

    def _closing(self, position, line):
        depth, quoted = 1, False
        for index in range(position, len(self.text)):
            char = self.text[index]
            if char == '"':
                quoted = not quoted
            elif not quoted and char in "()":
                depth += 1 if char == "(" else -1
                if depth == 0:
                    return index
        self.fail(line, "the row is not closed with ')'")

    def select(self, macro, count):
        for name, fields, comment, line in self.rows:
            if name != macro:
                continue
            if len(fields) != count:
                self.fail(line, f"{macro} takes {count} fields, this row has {len(fields)}")
            yield fields, comment, line

    def refuse_other(self, allowed):
        for name, _, _, line in self.rows:
            if name not in allowed:
                self.fail(line, f"unknown row {name}; known here: {', '.join(allowed)}")

    def integer(self, text, line, what):
        try:
            return int(text, 0)
        except ValueError:
            self.fail(line, f"{what} '{text}' is not a number")

    def string(self, text, line):
        if len(text) < 3 or text[0] != '"' or text[-1] != '"':
            self.fail(line, f"the meaning must be a non-empty string in quotes, found {text}")
        return text[1:-1]

    def names(self, text, line, known, what):
        """`A | B` as a list; `0` or nothing is the empty list."""
        names = [part.strip() for part in text.split("|") if part.strip()]
        if names == ["0"]:
            return []
        for name in names:
            if name not in known:
                self.fail(line, f"unknown {what} '{name}'; known: {', '.join(known)}")
        return names

    def unique(self, seen, key, line, what):
        if key in seen:
            self.fail(line, f"duplicate {what} {key}; first used in line {seen[key]}")
        seen[key] = line


def split_fields(text):
    """Split at top-level commas, outside of parentheses and quotes."""
    fields, depth, quoted, current = [], 0, False, ""
    for char in text:
        if char == '"':
            quoted = not quoted
        if not quoted and char in "()":
            depth += 1 if char == "(" else -1
        if char == "," and depth == 0 and not quoted:
            fields.append(current.strip())
            current = ""
        else:
            current += char
    fields.append(current.strip())
    return fields if fields != [""] else []


def read_errors(table):
    table.refuse_other(["ERROR"])
    errors, names, values = [], {}, {}
    for fields, _, line in table.select("ERROR", 4):
        value = table.integer(fields[1], line, "error value")
        if not -65535 <= value <= -1:
            table.fail(line, f"error value {value} is outside -65535..-1")
        table.unique(names, fields[0], line, "error name")
        table.unique(values, value, line, "error value")
        errors.append(Error(fields[0], value, fields[2], table.string(fields[3], line)))
    return errors


def read_rights(table, errors):
    table.refuse_other(["RIGHT"])
    known = [e.name for e in errors]
    rights, names, bits = [], {}, {}
    for fields, _, line in table.select("RIGHT", 4):
        bit = table.integer(fields[1], line, "bit")
        if not 0 <= bit <= 30:
            table.fail(line, f"bit {bit} is outside 0..30")
        table.unique(names, fields[0], line, "right")
        table.unique(bits, bit, line, "bit")
        if fields[2] not in known:
            table.fail(line, f"unknown error '{fields[2]}' for a missing right")
        rights.append(Right(fields[0], bit, fields[2], table.string(fields[3], line)))
    return rights


def read_objects(table, rights):
    table.refuse_other(["OBJECT"])
    known = [r.name for r in rights]
    objects, names, tags = [], {}, {}
    for fields, _, line in table.select("OBJECT", 4):
        tag = table.integer(fields[1], line, "tag")
        if not 1 <= tag <= 30:
            table.fail(line, f"tag {tag} is outside 1..30")
        table.unique(names, fields[0], line, "object")
        table.unique(tags, tag, line, "tag")
        held = table.names(fields[2], line, known, "right")
        objects.append(ObjectKind(fields[0], tag, held, table.string(fields[3], line)))
    return objects


def read_items(table, macro):
    items, names, indices = [], {}, {}
    for fields, _, line in table.select(macro, 3):
        index = table.integer(fields[1], line, "index")
        table.unique(names, fields[0], line, "name")
        table.unique(indices, index, line, "index")
        items.append(Item(fields[0], index, table.string(fields[2], line)))
    return items


class CallReader:
    def __init__(self, table, abi):
        self.table, self.abi = table, abi
        self.numbers, self.call_names = {}, {}

    def read(self):
        self.table.refuse_other(["CLASS", "SYSCALL"])
        self.abi.classes.extend(self._classes())
        for fields, comment, line in self.table.select("SYSCALL", 6):
            self.abi.calls.append(self._call(fields, comment, line))

    def _classes(self):
        names, values = {}, {}
        for fields, _, line in self.table.select("CLASS", 4):
            value = self.table.integer(fields[1], line, "class")
            if not 0 <= value <= 0xFFFFFFFF:
                self.table.fail(line, f"class {fields[1]} does not fit 32 bits")
            self.table.unique(names, fields[0], line, "class name")
            self.table.unique(values, value, line, "class value")
            self._error(fields[2], line)
            yield CallClass(fields[0], value, fields[2], self.table.string(fields[3], line))

    def _error(self, name, line):
        if name not in [e.name for e in self.abi.errors]:
            self.table.fail(line, f"unknown error '{name}'")

    def _call(self, fields, comment, line):
        class_name, index_text, name, result, arguments, errors = fields
        call_class = next((c for c in self.abi.classes if c.name == class_name), None)
        if call_class is None:
            self.table.fail(line, f"unknown class '{class_name}'")
        index = self.table.integer(index_text, line, "index")
        if not 0 <= index <= 255:
            self.table.fail(line, f"index {index} is outside 0..255")
        self.table.unique(self.numbers, (class_name, index), line, "number")
        if not LOWER_NAME.match(name):
            self.table.fail(line, f"'{name}' is not a lower-case name")
        self.table.unique(self.call_names, name, line, "call name")
        if result not in RESULTS:
            self.table.fail(line, f"unknown result '{result}'; known: {', '.join(RESULTS)}")
        brief, rules = self._documentation(comment, line)
        return Call(call_class, index, name, result, self._arguments(arguments, line),
                    self._errors(errors, line), brief, rules, line)

    def _documentation(self, comment, line):
        if comment is None or not comment.startswith("*"):
            self.table.fail(line, "the row has no /** comment above it")
        lines = [part.strip().lstrip("*").strip() for part in comment[1:].strip().split("\n")]
        paragraphs = []
        for text in lines:
            if NUMBERED.match(text) or not paragraphs:
                paragraphs.append(text)
            elif text:
                paragraphs[-1] += " " + text
        rules = []
        for number, paragraph in enumerate(paragraphs[1:], 1):
            match = NUMBERED.match(paragraph)
            if int(match.group(1)) != number:
                self.table.fail(line, f"rule {match.group(1)} stands where rule {number} belongs")
            rules.append(match.group(2))
        if not paragraphs[0] or NUMBERED.match(paragraphs[0]):
            self.table.fail(line, "the comment must start with a sentence that says what it does")
        return paragraphs[0], rules

    def _group(self, text, macro, line):
        match = re.match(macro + r"\s*\((.*)\)\Z", text, re.S)
        if not match:
            self.table.fail(line, f"expected {macro}(...), found '{text}'")
        return split_fields(match.group(1))

    def _errors(self, text, line):
        names = self._group(text, "ERRS", line)
        for name in names:
            self._error(name, line)
            if names.count(name) > 1:
                self.table.fail(line, f"error {name} is listed twice")
        return names

    def _arguments(self, text, line):
        arguments, register = [], 0
        for part in self._group(text, "ARGS", line):
            match = re.match(r"([A-Z0-9_]+)\s*\((.*)\)\Z", part, re.S)
            if not match or match.group(1) not in ARGUMENT_KINDS:
                self.table.fail(line, f"unknown argument kind in '{part}'; "
                                f"known: {', '.join(ARGUMENT_KINDS)}")
            argument = self._argument(match.group(1), split_fields(match.group(2)), register, line)
            if argument.name in [a.name for a in arguments]:
                self.table.fail(line, f"two arguments are named '{argument.name}'")
            arguments.append(argument)
            register += argument.register_count
        if register > 5:
            self.table.fail(line, f"the arguments need {register} registers, there are 5")
        for argument in arguments:
            self._check_unless(argument, arguments, line)
        return arguments

    def _argument(self, kind, fields, register, line):
        wanted = ARGUMENT_KINDS[kind][1] + 1
        if len(fields) != wanted:
            self.table.fail(line, f"{kind} takes {wanted} fields, found {len(fields)}")
        if not LOWER_NAME.match(fields[0]):
            self.table.fail(line, f"'{fields[0]}' is not a lower-case argument name")
        argument = Argument(kind, fields[0], register)
        if kind in HANDLE_KINDS:
            objects = [o.name for o in self.abi.objects]
            argument.types = self.table.names(fields[1], line, objects + ["ANY"], "object")
            argument.rights = self.table.names(fields[2], line,
                                               [r.name for r in self.abi.rights], "right")
            if not argument.types:
                self.table.fail(line, f"'{fields[0]}' accepts no kind of object")
        if kind == "HANDLE_UNLESS":
            argument.unless = (fields[3], self._constant(fields[4], line))
        if kind == "FLAGS":
            argument.mask = self._constant(fields[1], line)
        if wanted == 2 and kind != "FLAGS":
            argument.struct = fields[1]
            if fields[1] not in [s.name for s in self.abi.structs]:
                self.table.fail(line, f"types.h has no 'struct {fields[1]}'")
        return argument

    def _check_unless(self, argument, arguments, line):
        if not argument.unless:
            return
        other = next((a for a in arguments if a.name == argument.unless[0]), None)
        if other is None or other.kind != "FLAGS":
            self.table.fail(line, f"'{argument.unless[0]}' is not a FLAGS argument of this call")

    def _constant(self, name, line):
        if "COCO_" + name not in self.abi.constants:
            self.table.fail(line, f"types.h does not define COCO_{name} as a number")
        return name


def read_abi(folder):
    """Read all tables of `folder`; raises TableError on the first row that cannot be accepted."""
    types_texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("types*.h"))}
    structs, constants = layout.read_types("".join(types_texts.values()))
    errors = read_errors(Table(folder / "errors.def"))
    rights = read_rights(Table(folder / "rights.def"), errors)
    objects = read_objects(Table(folder / "objects.def"), rights)
    query_table = Table(folder / "queries.def")
    query_table.refuse_other(["QUERY", "COUNTER"])
    abi = Abi([], [], errors, rights, objects, read_items(query_table, "QUERY"),
              read_items(query_table, "COUNTER"), types_texts, structs, constants)
    CallReader(Table(folder / "syscalls.def"), abi).read()
    return abi
