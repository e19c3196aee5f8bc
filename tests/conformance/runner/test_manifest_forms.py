# SPDX-License-Identifier: MIT
"""Manifests of services: several together, their compiled forms, the command."""

import hashlib
import json
import random
import unittest

from manifests import GOOD, changed, read, text_of
from support import TOP, Case

from coconut_manifest import binary, graph, rules


class Together(unittest.TestCase):
    """Services of one image."""

    @staticmethod
    def service(name, offers=(), uses=()):
        """(path, Manifest) of a service with these channels."""
        document = changed(("name",), name)
        document["channels"] = {"offers": list(offers), "uses": list(uses)}
        return f"{name}.json", read(text_of(document))[0]

    def refused(self, rule, *services):
        """Assert the only rule that refuses these services together."""
        found = list(rules.check_together(services))
        self.assertEqual([problem.rule for _, problem in found], [rule])
        self.assertGreater(found[0][1].line, 1)

    def test_good(self):
        services = [self.service("a", ["x"], ["y"]), self.service("b", ["y"]),
                    self.service("c", [], ["x", "y"])]
        self.assertEqual(list(rules.check_together(services)), [])
        order = rules.start_order([manifest for _, manifest in services])
        self.assertEqual([manifest.name for manifest in order], ["b", "a", "c"])

    def test_rules(self):
        self.refused("name-twice", self.service("a"), self.service("a"))
        self.refused("offered-twice", self.service("a", ["x"]), self.service("b", ["x"]))
        self.refused("unknown-channel", self.service("a", [], ["x"]))
        self.refused("cycle", self.service("a", ["x"], ["y"]), self.service("b", ["y"], ["x"]),
                     self.service("c", [], ["x"]))

    def test_reads(self):
        first, second = self.service("a"), self.service("b")
        first[1].log.update(reads=["b", "init", "kernel"])
        first[1].lines[("reads", "b")] = 7
        self.assertEqual(list(rules.check_together([first, second])), [])
        self.refused("unknown-service", first)
        second[1].log.update(machine=True)
        order = rules.start_order([first[1], second[1]])
        self.assertEqual([manifest.name for manifest in order], ["b", "a"])

    def test_picture(self):
        text = graph.dot([self.service("a", ["x"])[1], self.service("b", [], ["x"])[1]])
        self.assertIn('"b" -> "a" [label="x"];', text)


class Compiled(unittest.TestCase):
    """The binary form."""

    def test_canonical(self):
        first = binary.encode(read(text_of(GOOD))[0])
        other = dict(reversed(GOOD.items()))
        other["environment"] = {"A": "1", "TZ": "UTC"}
        other["calls"] = {"classes": ["TIME", "CORE"], "except": ["exec"], "names": ["write"]}
        self.assertEqual(binary.encode(read(text_of(other))[0]), first)
        self.assertEqual(binary.encode(binary.decode(first)), first)
        self.assertEqual(binary.digest(first), hashlib.sha256(first).hexdigest())
        for path, value in ((("critical",), False), (("budgets", "handles"), 17),
                            (("root",), "/srv"), (("calls", "names"), ["read"]),
                            (("budgets", "cpu"), {"budget_us": 200, "period_us": 1000})):
            with self.subTest(path):
                self.assertNotEqual(binary.encode(read(text_of(changed(path, value)))[0]), first)

    def test_view(self):
        document = changed(("root",), None)
        document["files"] = [{"path": "/a", "access": "read"}]
        document["devices"] = ["/dev/null"]
        first = binary.encode(read(text_of(document))[0])
        self.assertEqual(binary.encode(binary.decode(first)), first)
        document["files"][0]["access"] = "read-write"
        self.assertNotEqual(binary.encode(read(text_of(document))[0]), first)

    def test_damage_is_refused(self):
        document = changed(("root",), "/")
        document["devices"] = ["/dev/null"]
        good = binary.encode(read(text_of(document))[0])
        for cut in range(len(good)):
            self.assertRaises(binary.BadManifest, binary.decode, good[:cut])
        self.assertRaises(binary.BadManifest, binary.decode, good + b"\0")
        source = random.Random(1)
        for _ in range(3000):
            data = bytearray(good)
            data[source.randrange(len(data))] ^= 1 << source.randrange(8)
            try:
                found = binary.decode(bytes(data))
            except binary.BadManifest:
                continue
            self.assertEqual(binary.encode(found), bytes(data))


class Fuzz(unittest.TestCase):
    """Mutated inputs: a manifest, or problems with lines that exist; nothing else."""

    PIECES = (b"{", b"}", b"[", b"]", b",", b":", b"\"", b"\\", b"\\ud800", b"null", b"-1", b"1e9",
              b"\xff", b"\0", b"true", b"\n", b"\"name\"", b"99999999999", b"..", b"[" * 40)

    def mutate(self, source, data):
        """One change."""
        at, end = sorted(source.randrange(len(data) + 1) for _ in range(2))
        kind = source.randrange(4)
        if kind == 0:
            return data[:at] + data[min(end, at + 20):]
        if kind == 1:
            return data[:at] + source.choice(self.PIECES) + data[at:]
        if kind == 2:
            return data[:at] + data[at:min(end, at + 60)] * 2 + data[min(end, at + 60):]
        return data[:at] + bytes([source.randrange(256)]) + data[at + 1:]

    def test_mutations(self):
        source, accepted = random.Random(2), 0
        for _ in range(4000):
            data = text_of(GOOD)
            for _ in range(source.randrange(1, 4)):
                data = self.mutate(source, data)
            manifest, problems = read(data)
            self.assertEqual(manifest is None, bool(problems), data)
            for problem in problems:
                self.assertTrue(1 <= problem.line <= data.count(b"\n") + 1, (problem.line, data))
            if manifest is not None:
                accepted += 1
                self.assertEqual(binary.decode(binary.encode(manifest)).calls, manifest.calls)
        self.assertGreater(accepted, 10)


class Commands(Case):
    """`coconut manifest`."""

    def write(self, name, document):
        """A manifest in the working folder."""
        (self.work / name).write_bytes(text_of(document))
        return name

    def test_check(self):
        server = self.write("a.json", changed(("channels",), {"offers": ["log"]}))
        plain = changed(("name",), "user")
        del plain["channels"]["finds"]
        user = self.write("b.json", plain)
        done = self.coconut("manifest", "check", server, user)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        done = self.coconut("manifest", "check", user)
        self.assertEqual(done.returncode, 1)
        self.assert_one_line(done.stderr, "b.json:", ": unknown-channel: ")
        self.assertEqual(self.coconut("manifest", "check", "--alone", user).returncode, 0)
        (self.work / "c.json").write_text('{\n "manifest": 1,\n "manifest": 1}')
        done = self.coconut("manifest", "check", "c.json")
        self.assertEqual(done.returncode, 1)
        self.assert_one_line(done.stderr, "c.json:3: duplicate-key: ")

    def test_compile_and_show(self):
        name = self.write("a.json", changed(("channels",), {"offers": ["log"]}))
        done = self.coconut("manifest", "compile", "--output", ".", name)
        data = (self.work / "clock.manifest").read_bytes()
        self.assertEqual(done.stdout, f"{hashlib.sha256(data).hexdigest()}  clock\n")
        done = self.coconut("manifest", "show", "--dot", name)
        self.assertTrue(done.stdout.startswith("digraph services {\n"))
        self.write("bad.json", changed(("name",), "Bad"))
        done = self.coconut("manifest", "compile", "--output", ".", name, "bad.json")
        self.assertEqual((done.returncode, done.stdout), (1, ""))

    def test_json(self):
        name = self.write("a.json", changed(("channels",), {"offers": ["log"]}))
        done = self.coconut("manifest", "compile", "--json", "--output", ".", name)
        digest = hashlib.sha256((self.work / "clock.manifest").read_bytes()).hexdigest()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(done.stdout), {"problems": [], "manifests": [
            {"name": "clock", "file": name, "sha256": digest}]})
        (self.work / "c.json").write_text('{\n "manifest": 1,\n "manifest": 1}')
        done = self.coconut("manifest", "check", "--json", name, "c.json")
        found = json.loads(done.stdout)
        self.assertEqual((done.returncode, done.stderr, found["manifests"]), (1, "", []))
        self.assertEqual([(one["file"], one["line"], one["rule"]) for one in found["problems"]], [("c.json", 3, "duplicate-key")])
        self.assertEqual(set(found["problems"][0]), {"file", "line", "rule", "text"})

    def test_wrong_use(self):
        for words, part in ((["manifest"], "check, compile or show"), (["manifest", "eat", "x"], "?"),
                            (["manifest", "check"], "which"),
                            (["manifest", "compile", "x"], "--output")):
            with self.subTest(words):
                done = self.coconut(*words)
                self.assertEqual(done.returncode, 2)
                self.assert_one_line(done.stderr, part)
        done = self.coconut("manifest", "check", "missing.json")
        self.assertEqual(done.returncode, 125)
        self.assert_one_line(done.stderr, "missing.json")

    def test_schema_is_what_is_checked(self):
        schema = json.loads((TOP / "sdk" / "schema" / "manifest.schema.json").read_text())
        self.assertEqual(set(schema["properties"]), {*GOOD, "files", "devices", "log", "stop"})
