# SPDX-License-Identifier: MIT
"""What a checked interface consists of, and how it lies in messages."""

import zlib
from dataclasses import dataclass, field

#: name: (bytes, type in C)
SCALARS = {"u8": (1, "uint8_t"), "u16": (2, "uint16_t"), "u32": (4, "uint32_t"), "u64": (8, "uint64_t"),
           "i8": (1, "int8_t"), "i16": (2, "int16_t"), "i32": (4, "int32_t"), "i64": (8, "int64_t"),
           "bool": (1, "uint8_t")}
#: Bytes of a message's payload, of the headers before its fixed part, and handles that travel with it.
MESSAGE_MAX, HEADER, HANDLES_MAX = 4096, 8, 4


def up8(size):
    """`size` brought up to a multiple of 8."""
    return -(-size // 8) * 8


@dataclass
class Enumeration:
    """Named numbers. values: (name, number, text)."""

    name: str
    text: str
    values: list


@dataclass
class Field:
    """An argument, a result, or a member of a structure.

    kind: "scalar", "enumeration", "structure", "bytes", "string" or "handle"; of: the scalar's name,
    the Enumeration or Structure. count: elements of a fixed array, 0 if it is none; max: most elements of
    a variable one, 0 if it is none.
    """

    name: str
    kind: str
    of: object
    text: str = ""
    count: int = 0
    max: int = 0
    object: str = ""
    rights: list = None
    move: bool = False
    line: int = 0

    @property
    def variable(self):
        """Whether its elements lie behind the fixed part."""
        return self.max > 0

    @property
    def is_bool(self):
        """Whether it holds truth values."""
        return self.kind == "scalar" and self.of == "bool"

    @property
    def element_size(self):
        """Bytes of one element."""
        if self.kind == "structure":
            return self.of.size
        return {"enumeration": 4, "bytes": 1, "string": 1, "handle": 0}.get(
            self.kind) if self.kind != "scalar" else SCALARS[self.of][0]

    @property
    def element_align(self):
        """Alignment of one element."""
        return self.of.align if self.kind == "structure" else self.element_size

    @property
    def counter(self):
        """Name of the member that says how many elements there are."""
        return f"{self.name}_{'length' if self.kind == 'string' else 'count'}"

    @property
    def tail_max(self):
        """Most bytes behind the fixed part."""
        if not self.variable:
            return 0
        return up8(self.max * self.element_size + (1 if self.kind == "string" else 0))


@dataclass
class Place:
    """A member of a layout: a Field, or None for bytes of padding."""

    offset: int
    size: int
    field: Field = None


def lay_out(fields, start):
    """Places of the fixed parts of fields from `start` on: (places, end, alignment), C's rules."""
    places, at, align = [], start, 1
    for item in fields:
        if item.kind == "handle":
            continue
        size = 4 if item.variable else item.element_size * (item.count or 1)
        need = 4 if item.variable else item.element_align
        if at % need:
            places.append(Place(at, need - at % need))
            at += need - at % need
        places.append(Place(at, size, item))
        at, align = at + size, max(align, need)
    return places, at, align


@dataclass
class Structure:
    """A group of fields of fixed size. places: with padding, its end included."""

    name: str
    text: str
    fields: list
    places: list = field(default_factory=list)
    size: int = 0
    align: int = 1

    def __post_init__(self):
        self.places, end, self.align = lay_out(self.fields, 0)
        self.size = -(-end // self.align) * self.align
        if self.size > end:
            self.places.append(Place(end, self.size - end))


@dataclass
class Message:
    """A request or a reply: fields, places of its fixed part, bytes of that, most bytes of all."""

    fields: list
    places: list = field(default_factory=list)
    fixed: int = HEADER
    size_max: int = HEADER

    def __post_init__(self):
        self.places, end, _ = lay_out(self.fields, HEADER)
        self.fixed = up8(end)
        if self.fixed > end:
            self.places.append(Place(end, self.fixed - end))
        self.size_max = self.fixed + sum(item.tail_max for item in self.fields)

    @property
    def handles(self):
        """The fields that are handles."""
        return [item for item in self.fields if item.kind == "handle"]

    @property
    def tails(self):
        """The fields whose elements lie behind the fixed part."""
        return [item for item in self.fields if item.variable]


@dataclass
class Operation:
    """One thing that can be asked. errors: names."""

    name: str
    number: int
    since: int
    text: str
    idempotent: bool
    oneway: bool
    request: Message
    reply: Message
    errors: list


@dataclass
class Interface:
    """The whole of a file. errors: (name, number, text)."""

    name: str
    major: int
    minor: int
    text: str
    errors: list
    enumerations: list
    structures: list
    operations: list

    @property
    def number(self):
        """What messages carry for the name."""
        return zlib.crc32(self.name.encode())
