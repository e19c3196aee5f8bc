# SPDX-License-Identifier: MIT
"""What the tables say, as plain data. Built by reader.py, read by every emitter."""

from dataclasses import dataclass, field

REGISTERS = ("RDI", "RSI", "R8", "R9", "R10")

# kind -> (registers it takes, parameters after the name)
ARGUMENT_KINDS = {
    "U32": (1, 0),
    "U64": (1, 0),
    "I64": (1, 0),
    "FLAGS": (1, 1),
    "HANDLE": (1, 2),
    "HANDLE_HELD": (1, 2),
    "HANDLE_OPT": (1, 2),
    "HANDLE_UNLESS": (1, 4),
    "HANDLE_NUM": (1, 0),
    "ADDR": (1, 0),
    "PATH": (1, 0),
    "IN_BUF": (2, 0),
    "OUT_BUF": (2, 0),
    "IN_BUF_LAZY": (2, 0),
    "OUT_BUF_LAZY": (2, 0),
    "IN_ARRAY": (2, 1),
    "OUT_ARRAY": (2, 1),
    "IN_STRUCT": (1, 1),
    "OUT_STRUCT": (1, 1),
}
WIDTH_32_KINDS = ("U32", "FLAGS", "HANDLE", "HANDLE_HELD", "HANDLE_OPT", "HANDLE_UNLESS", "HANDLE_NUM")
HANDLE_KINDS = ("HANDLE", "HANDLE_HELD", "HANDLE_OPT", "HANDLE_UNLESS")
# Kinds whose handler also gets the rights of the handle.
RIGHTS_KINDS = ("HANDLE_HELD", "HANDLE_UNLESS")
REQUIRED_HANDLE_KINDS = ("HANDLE", "HANDLE_HELD")
BUFFER_KINDS = ("IN_BUF", "OUT_BUF", "IN_BUF_LAZY", "OUT_BUF_LAZY")
ARRAY_KINDS = ("IN_ARRAY", "OUT_ARRAY")
STRUCT_KINDS = ("IN_STRUCT", "OUT_STRUCT")
MEMORY_KINDS = BUFFER_KINDS + ARRAY_KINDS + STRUCT_KINDS + ("PATH",)
RESULTS = {
    "HANDLE_OUT": "a new handle",
    "SIZE": "a count of bytes or entries",
    "VALUE": "a 64-bit value",
    "ZERO": "0",
    "NONE": "the call does not return",
}
PRIVATE_CLASS_BIT = 0x80000000


class TableError(Exception):
    """A row that cannot be accepted; the text starts with FILE:LINE."""


@dataclass
class CallClass:
    name: str
    value: int
    unknown: str
    meaning: str


@dataclass
class Argument:
    kind: str
    name: str
    register: int
    types: list = field(default_factory=list)
    rights: list = field(default_factory=list)
    mask: str = ""
    struct: str = ""
    unless: tuple = ()

    @property
    def register_count(self):
        return ARGUMENT_KINDS[self.kind][0]

    @property
    def is_input(self):
        return self.kind.startswith("IN_") or self.kind == "PATH"

    @property
    def lazy(self):
        return self.kind.endswith("_LAZY")

    @property
    def register_names(self):
        return REGISTERS[self.register:self.register + self.register_count]


@dataclass
class Call:
    call_class: CallClass
    index: int
    name: str
    result: str
    arguments: list
    errors: list
    brief: str
    rules: list
    line: int

    @property
    def number(self):
        return self.call_class.value << 32 | self.index

    @property
    def private(self):
        return bool(self.call_class.value & PRIVATE_CLASS_BIT)


@dataclass
class Error:
    name: str
    value: int
    posix: str
    meaning: str


@dataclass
class Right:
    name: str
    bit: int
    missing: str
    meaning: str


@dataclass
class ObjectKind:
    name: str
    tag: int
    rights: list
    meaning: str


@dataclass
class Item:
    """A row of QUERY or COUNTER."""

    name: str
    index: int
    meaning: str


@dataclass
class Abi:
    classes: list
    calls: list
    errors: list
    rights: list
    objects: list
    queries: list
    counters: list
    types_texts: dict
    structs: list
    constants: dict

    def error(self, name):
        return next(e for e in self.errors if e.name == name)

    def right(self, name):
        return next(r for r in self.rights if r.name == name)

    def implied_errors(self, call):
        """Errors that the argument kinds of `call` bring along, without those of its own ERRS."""
        found = set()
        for argument in call.arguments:
            if argument.kind in WIDTH_32_KINDS:
                found.add("INVAL")
            if argument.kind in HANDLE_KINDS:
                found.add("NOTFOUND")
                if argument.types != ["ANY"]:
                    found.add("NOTSUPP")
                found.update(self.right(name).missing for name in argument.rights)
            if argument.kind in MEMORY_KINDS:
                found.update(("INVAL", "FAULT"))
        if call.result == "HANDLE_OUT":
            # Upstream's calls report a full handle table as INVAL.
            found.update(("MFILE" if call.private else "INVAL", "NOMEM"))
        found -= set(call.errors)
        return [e.name for e in self.errors if e.name in found]
