# SPDX-License-Identifier: MIT
"""Sizes and offsets of the structures in types.h, by the rules of the x86-64 psABI.

The kernel build compiles assertions made from the result, so that this reading and the compiler's
cannot part."""

import re
from dataclasses import dataclass

from .model import TableError

SCALARS = {"char": 1, "uint8_t": 1, "int8_t": 1, "uint16_t": 2, "int16_t": 2, "uint32_t": 4,
           "int32_t": 4, "uint64_t": 8, "int64_t": 8, "coco_handle_t": 4}
MEMBER = re.compile(r"((?:struct\s+)?\w+)\s+(\w+)\s*(?:\[(\d+)\])?\Z")


@dataclass
class Member:
    name: str
    ctype: str
    count: int  # 0: not an array
    offset: int
    size: int


@dataclass
class Struct:
    name: str
    size: int
    alignment: int
    members: list


def strip_comments(text):
    """Blank comments, keeping line numbers."""
    def blank(match):
        return "\n" * match.group(0).count("\n") or " "
    return re.sub(r"/\*.*?\*/|//[^\n]*", blank, text, flags=re.S)


def lay_out(name, body, line, known):
    """`known` maps the names of structures that stand above to their Struct."""
    offset, alignment, members = 0, 1, []
    for text in filter(None, (part.strip() for part in body.split(";"))):
        match = MEMBER.match(text)
        ctype = " ".join(match.group(1).split()) if match else None
        inner = known.get(ctype)
        if ctype not in SCALARS and not inner:
            raise TableError(f"types.h:{line}: struct {name}: cannot lay out member '{text}'; "
                             f"use one of {', '.join(SCALARS)} or a struct that stands above")
        unit, align = (inner.size, inner.alignment) if inner else (SCALARS[ctype],) * 2
        count = int(match.group(3) or 0)
        offset = (offset + align - 1) // align * align
        size = unit * max(count, 1)
        members.append(Member(match.group(2), ctype, count, offset, size))
        offset += size
        alignment = max(alignment, align)
    return Struct(name, (offset + alignment - 1) // alignment * alignment, alignment, members)


def read_types(text):
    """Return (structs, constants); constants maps a macro or enumerator to its number."""
    plain = strip_comments(text)
    structs, known = [], {}
    for match in re.finditer(r"\bstruct\s+(coco_\w+)\s*\{(.*?)\}\s*;", plain, re.S):
        line = plain.count("\n", 0, match.start()) + 1
        structs.append(lay_out(match.group(1), match.group(2), line, known))
        known[f"struct {match.group(1)}"] = structs[-1]
    constants = {}
    for match in re.finditer(r"^#define\s+(COCO_\w+)\s+(\S+)[ \t]*$", plain, re.M):
        value = number(match.group(2))
        if value is not None:
            constants[match.group(1)] = value
    for match in re.finditer(r"\b(COCO_\w+)\s*=\s*(\w+)", plain):
        value = number(match.group(2))
        if value is not None:
            constants[match.group(1)] = value
    return structs, constants


def number(text):
    limits = {"UINT32_MAX": 2**32 - 1, "UINT64_MAX": 2**64 - 1}
    if text in limits:
        return limits[text]
    try:
        return int(re.sub(r"(?i)[ul]+\Z", "", text), 0)
    except ValueError:
        return None
