# SPDX-License-Identifier: MIT
"""Descriptions of interfaces: each rule refuses what it is about, with its line and words; layouts."""

import json
import re
import struct
import unittest

import support
from support import TOP, Case

from coconut_cli import interface as command
from coconut_interface import corpus, rules, versions
from coconut_manifest import abitables

OBJECTS = abitables.load().objects
GOOD = {
    "interface": 1, "name": "sample", "major": 1, "minor": 2, "text": "A sample.",
    "errors": [{"name": "full", "number": 1, "text": "No room."}],
    "enumerations": [{"name": "colour", "values": [{"name": "red", "number": 1}]}],
    "structures": [{"name": "point", "fields": [{"name": "x", "type": "u32"}]},
                   {"name": "other", "fields": [{"name": "y", "type": "u8"}]}],
    "operations": [
        {"name": "put", "number": 1, "text": "Puts.", "idempotent": True,
         "arguments": [{"name": "key", "type": "string", "max": 20}, {"name": "at", "type": "point"}],
         "results": [{"name": "left", "type": "u32"}], "errors": ["full"]},
        {"name": "share", "number": 2, "text": "Shares.", "since": 1,
         "arguments": [{"name": "memory", "type": "handle", "object": "MEMORY", "rights": ["READ"]}]},
        {"name": "tell", "number": 3, "text": "Tells.", "oneway": True,
         "arguments": [{"name": "data", "type": "bytes", "max": 100}]},
    ],
}
FIRST = ("operations", 0, "arguments", 0)
#: (where in GOOD, what is put there, the message)
REFUSED = (
    (("interface",), 2, "2: value: interface is 2; it can be: 1"),
    (("name",), "Sample", "3: pattern: name is 'Sample', which does not match ^[a-z][a-z0-9_]{0,30}$: Name of "
     "the interface, prefix of all names in the code: lower-case letters, digits, underscores."),
    (("name",), "class", "3: reserved-name: 'class' is a word of C, C++ or this format; take another"),
    (("name",), "time", "3: header-name: <time.h> is a header of the C library; take another name"),
    (("major",), 256, "4: range: major is 256; it can be 0 to 255"),
    (("text",), "two\nlines", "6: text: a text is one line without control characters"),
    (("text",), "ends */ here", "6: text: a text cannot hold '*/' or end in a backslash"),
    (("colour",), 1, "102: unknown-key: the file has 'colour', which means nothing; known: interface, name, major, "
     "minor, text, errors, enumerations, structures, operations"),
    (("errors", 0, "number"), 0, "10: range: errors[0].number is 0; it can be 1 to 65535"),
    (("enumerations", 0, "name"), "u32", "16: reserved-name: 'u32' is a word of C, C++ or this format; take another"),
    (("structures", 1, "name"), "colour", "36: name-twice: structures has 'colour' twice, first in line 16"),
    (("structures", 1, "name"), "put_arguments", "1: name-clash: operations.put and structures.put_arguments would "
     "both make 'put_arguments' in C; rename one"),
    (("structures", 0, "fields", 0, "type"), "string", "29: max: structures.point.x needs 'max', the most elements, "
     "and no 'count'"),
    (("structures", 0, "fields", 0, "max"), 3, "32: unknown-key: structures[0].fields[0] has 'max', which means "
     "nothing; known: name, type, text, count"),
    (("operations", 0, "number"), 65535, "48: range: operations[0].number is 65535; it can be 1 to 65534"),
    (("operations", 1, "name"), "put", "73: name-twice: operations has 'put' twice, first in line 47"),
    (("operations", 1, "number"), 1, "74: number-twice: operations has 1 twice, first in line 48"),
    (("operations", 1, "since"), 3, "76: since: operations.share is since 3, but the minor version is 2"),
    (("operations", 0, "errors"), ["empty"], "69: unknown-error: operations.put: the interface has no error 'empty'"),
    (FIRST + ("type",), "u128", "54: unknown-type: operations.put.arguments.key: there is no type 'u128' above this "
     "line"),
    (FIRST + ("max",), None, "52: max: operations.put.arguments.key needs 'max', the most elements, and no 'count'"),
    (FIRST + ("count",), 4, "52: max: operations.put.arguments.key needs 'max', the most elements, and no 'count'"),
    (FIRST + ("max",), 4080, "46: too-large: operations.put.arguments has up to 4104 bytes with header and padding; a "
     "message has 4096: lower a 'max', or hand over memory"),
    (FIRST + ("name",), "at", "58: name-twice: operations.put.arguments has 'at' twice, first in line 53"),
    (("operations", 0, "arguments", 1, "name"), "key_length", "57: name-twice: operations.put.arguments: 'key_length' "
     "is what the number of elements of 'key' is called; take another name"),
    (FIRST + ("object",), "MEMORY", "56: not-a-handle: operations.put.arguments.key: 'object' is for handles"),
    (("operations", 1, "arguments", 0, "object"), "SPOON", "81: unknown-object: operations.share.arguments.memory: "
     f"there is no kind of object 'SPOON'; known: {', '.join(OBJECTS)}"),
    (("operations", 1, "arguments", 0, "rights"), ["WAIT"], "83: unknown-right: operations.share.arguments.memory: "
     f"MEMORY has no right 'WAIT'; known: {', '.join(OBJECTS['MEMORY'])}"),
    (("operations", 1, "arguments", 0, "max"), 2, "78: max: operations.share.arguments.memory: handles travel alone; "
     "give each a name"),
    (("operations", 2, "results"), [{"name": "x", "type": "u8"}], "88: oneway: operations.tell: nobody replies to it, "
     "and it carries no handles"),
    (("operations", 0, "arguments"), [{"name": f"h{i}", "type": "handle"} for i in range(5)],
     "46: too-many-handles: operations.put.arguments has 5 handles; 4 travel with a message"),
    (("operations", 0, "arguments"), [{"name": "h", "type": "handle", "move": True}],
     "46: idempotent-move: operations.put gives a handle away, so it cannot be made again"),
)


def changed(path, value, document=None):
    """A copy of GOOD, or of another document, with one value replaced, or removed if it is None."""
    return support.changed(document or GOOD, path, value)


def read(document):
    """(Interface or None, messages) of a document with one value to a line."""
    found, problems = rules.read(json.dumps(document, indent=1).encode(), OBJECTS)
    return found, [f"{p.line}: {p.rule}: {p.text}" for p in problems]


class Rules(unittest.TestCase):
    """What is refused, in these words."""

    def test_good(self):
        self.assertEqual(read(GOOD)[1], [])

    def test_refused(self):
        for path, value, message in REFUSED:
            with self.subTest(path=path, value=value):
                found, messages = read(changed(path, value))
                self.assertEqual((found, messages), (None, [message]))

    def test_all_rules_have_a_case(self):
        text = (TOP / "sdk" / "tools" / "coconut_interface" / "rules.py").read_text(encoding="utf-8")
        named = set(re.findall(r'add\([^"]*?, "([a-z-]+)"', text))
        covered = {message.split(": ")[1] for _, _, message in REFUSED}
        self.assertEqual(named - covered, set())

    def test_padding_and_order(self):
        found = read(changed(("structures", 0, "fields"), [
            {"name": "a", "type": "u8"}, {"name": "b", "type": "u64"}, {"name": "c", "type": "u16", "count": 3}]))[0]
        point = found.structures[0]
        self.assertEqual((point.size, point.align), (24, 8))
        self.assertEqual([(p.offset, p.size, p.field and p.field.name) for p in point.places],
                         [(0, 1, "a"), (1, 7, None), (8, 8, "b"), (16, 6, "c"), (22, 2, None)])

    def test_message(self):
        found = read(GOOD)[0]
        put = corpus.message(found, found.operations[0], 1)
        number = 0xf10b76c3
        self.assertEqual(found.number, number)
        self.assertEqual(put, struct.pack("<IHBBII", number, 1, 1, 0, 20, 0x41414141) + b"A" * 20 + bytes(4))


class Versions(unittest.TestCase):
    """What may change."""

    def compare(self, document):
        return [problem.text for problem in versions.compare(read(GOOD)[0], read(document)[0])]

    def test_additions(self):
        added = {"name": "more", "number": 9, "since": 3, "text": "More."}
        document = changed(("minor",), 3, changed(("operations",), [*GOOD["operations"], added]))
        self.assertEqual(self.compare(document), [])
        del added["since"]
        document = changed(("minor",), 3, changed(("operations",), [*GOOD["operations"], added]))
        self.assertEqual(self.compare(document), ["operation more is new: raise minor above 2, and write it as its "
                                                  "'since'"])

    def test_changes(self):
        for path, value, message in (
                (("operations", 0, "idempotent"), False, "operation put has changed: raise major, or give the new one "
                 "a number of its own"),
                (FIRST + ("max",), 30, "operation put has changed: raise major, or give the new one a number of its "
                 "own"),
                (("structures", 0, "fields", 0, "type"), "i32", "operation put has changed: raise major, or give the "
                 "new one a number of its own"),
                (("operations",), GOOD["operations"][:2], "operation tell is gone: raise major"),
                (("errors", 0, "number"), 2, "error full (1) is gone or has changed: raise major"),
                (("minor",), 1, "minor version 1 is below 2"),
                (("major",), 0, "major version 0 is below 1"),
                (("name",), "other", "the interface was called sample; another name is another interface")):
            with self.subTest(path=path):
                self.assertEqual(self.compare(changed(path, value)), [message])
                self.assertEqual(self.compare(changed(("major",), 2, changed(path, value)))
                                 if path != ("major",) and path != ("name",) else [], [])


class Command(Case):
    """The command."""

    def file(self, name, document):
        path = self.folder / name
        path.write_text(json.dumps(document, indent=1), encoding="utf-8")
        return path

    def test_check_and_compile(self):
        good = self.file("good.json", GOOD)
        self.assertEqual(command.run({"output": None, "against": None, "json": False}, ["check", str(good)]), 0)
        self.assertEqual(command.run({"output": str(self.folder / "a"), "against": None, "json": False}, ["compile", str(good)]), 0)
        self.assertEqual(command.run({"output": str(self.folder / "b"), "against": None, "json": False}, ["compile", str(good)]), 0)
        names = sorted(path.name for path in (self.folder / "a").iterdir())
        self.assertEqual(names, ["sample.h", "sample.md", "sample_client.c", "sample_corpus", "sample_fuzz.c",
                                 "sample_server.c", "sample_wire.h"])
        for name in names:
            if not name.endswith("corpus"):
                self.assertEqual((self.folder / "a" / name).read_bytes(), (self.folder / "b" / name).read_bytes())

    def test_nothing_is_written_when_something_is_wrong(self):
        bad = self.file("bad.json", changed(("major",), None))
        self.assertEqual(command.run({"output": str(self.folder / "c"), "against": None, "json": False}, ["compile", str(bad)]), 1)
        self.assertFalse((self.folder / "c").exists())

    def test_json(self):
        good, bad = self.file("good.json", GOOD), self.file("bad.json", changed(("major",), None))
        done = self.coconut("interface", "check", "--json", str(good))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(done.stdout), {"problems": [], "interfaces": [
            {"name": "sample", "file": str(good), "major": GOOD["major"], "minor": GOOD["minor"]}]})
        done = self.coconut("interface", "check", "--json", str(good), str(bad))
        found = json.loads(done.stdout)
        self.assertEqual((done.returncode, done.stderr, len(found["interfaces"])), (1, "", 1))
        self.assertEqual([(one["file"], one["rule"]) for one in found["problems"]], [(str(bad), "missing-key")])

    def test_against(self):
        old, new = self.file("old.json", GOOD), self.file("new.json", changed(("minor",), 1))
        values = {"output": None, "against": str(old), "json": False}
        self.assertEqual(command.run(values, ["check", str(old)]), 0)
        self.assertEqual(command.run(values, ["check", str(new)]), 1)
