# SPDX-License-Identifier: MIT
"""A strict JSON reader that remembers lines: RFC 8259 in UTF-8, names of an object unique.

Values are Node objects; `plain()` gives ordinary Python values.
"""

import re

DEPTH_MAX = 32
SIZE_MAX = 1 << 20
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}
_DIGITS_MAX = 20


class Problem(Exception):
    """One thing wrong with a document: line, the name of the rule, and what to do."""

    def __init__(self, line, rule, text):
        super().__init__(text)
        self.line, self.rule, self.text = line, rule, text


class Node:
    """A value with the line it begins in. Objects: dict of name -> (Node, line of the name)."""

    __slots__ = ("line", "value")

    def __init__(self, value, line):
        self.value, self.line = value, line

    def get(self, name):
        """The member of an object, or None."""
        found = self.value.get(name)
        return None if found is None else found[0]

    def plain(self):
        """The value without positions."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, (node, _) in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class _Reader:
    def __init__(self, text):
        self.text, self.at, self.line, self.counted = text, 0, 1, 0

    def here(self):
        """The line of the current position; positions only grow."""
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def fail(self, text, rule="syntax"):
        raise Problem(self.here(), rule, text)

    def space(self):
        self.at = _SPACE.match(self.text, self.at).end()

    def shown(self):
        if self.at >= len(self.text):
            return "the end of the file"
        return ascii(self.text[self.at])

    def take(self, char):
        self.space()
        if self.text[self.at:self.at + 1] != char:
            self.fail(f"expected '{char}', found {self.shown()}")
        self.at += 1

    def peek(self):
        self.space()
        return self.text[self.at:self.at + 1]

    def value(self, depth):
        char, line = self.peek(), self.here()
        if depth > DEPTH_MAX:
            self.fail(f"nested deeper than {DEPTH_MAX}", "depth")
        if char == "{":
            return Node(self.members(depth), line)
        if char == "[":
            return Node(self.elements(depth), line)
        if char == '"':
            return Node(self.string(), line)
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return Node(value, line)
        return Node(self.number(), line)

    def number(self):
        match = _NUMBER.match(self.text, self.at)
        if not match:
            self.fail(f"expected a value, found {self.shown()}")
        text = match.group()
        if len(text) > _DIGITS_MAX:
            self.fail(f"a number of more than {_DIGITS_MAX} characters")
        self.at = match.end()
        return float(text) if match.group(1) or match.group(2) else int(text)

    def members(self, depth):
        self.at += 1
        members = {}
        if self.peek() == "}":
            self.at += 1
            return members
        while True:
            if self.peek() != '"':
                self.fail(f"expected a name in quotes, found {self.shown()}")
            line = self.here()
            name = self.string()
            if name in members:
                self.fail(f"the name '{name}' stands here a second time, first in line "
                          f"{members[name][1]}; keep one of them", "duplicate-key")
            self.take(":")
            members[name] = (self.value(depth + 1), line)
            if self.peek() == ",":
                self.at += 1
                continue
            self.take("}")
            return members

    def elements(self, depth):
        self.at += 1
        elements = []
        if self.peek() == "]":
            self.at += 1
            return elements
        while True:
            elements.append(self.value(depth + 1))
            if self.peek() == ",":
                self.at += 1
                continue
            self.take("]")
            return elements

    def string(self):
        self.at += 1
        parts = []
        while True:
            match = _PLAIN.match(self.text, self.at)
            parts.append(match.group())
            self.at = match.end()
            char = self.text[self.at:self.at + 1]
            if char == '"':
                self.at += 1
                return self.whole("".join(parts))
            if char != "\\":
                self.fail("the string is not closed in its line")
            parts.append(self.escape())

    def whole(self, text):
        """Join pairs of surrogates; one alone is no character."""
        try:
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            return self.fail("half of a surrogate pair is no character", "encoding")

    def escape(self):
        char = self.text[self.at + 1:self.at + 2]
        if char == "u":
            digits = self.text[self.at + 2:self.at + 6]
            if not re.fullmatch("[0-9a-fA-F]{4}", digits):
                self.fail("\\u needs four hexadecimal digits")
            self.at += 6
            return chr(int(digits, 16))
        if not char or char not in _ESCAPES:
            self.fail(f"unknown escape \\{char}")
        self.at += 2
        return _ESCAPES[char]


def parse(data):
    """Return the Node of the document `data` (bytes); Problem where it is none."""
    if len(data) > SIZE_MAX:
        raise Problem(1, "size", f"larger than {SIZE_MAX} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Problem(line, "encoding", f"byte {error.start} is not UTF-8") from None
    reader = _Reader(text)
    node = reader.value(0)
    if reader.peek():
        reader.fail(f"expected the end of the file, found {reader.shown()}")
    return node
