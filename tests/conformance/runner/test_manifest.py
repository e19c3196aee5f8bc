# SPDX-License-Identifier: MIT
"""Manifests of services: every rule refuses what it is about, with file and line; compiled forms."""

import copy
import hashlib
import json
import random
import unittest

from support import TOP, Case

from coconut_manifest import abitables, binary, graph, jsonpos, rules

TABLES = abitables.load()
GOOD = {
    "manifest": 1, "name": "clock", "executable": "/bin/clock",
    "arguments": ["clock", "-v"], "environment": {"TZ": "UTC", "A": "1"},
    "budgets": {"memory": "8M", "threads": 2, "handles": 16},
    "calls": {"classes": ["CORE", "TIME"], "names": ["write"], "except": ["exec"]},
    "root": "/srv/clock",
    "channels": {"offers": ["time"], "uses": ["log"], "finds": ["names"]},
    "restart": {"rule": "always", "delay_ms": 10, "delay_max_ms": 1000, "attempts": 3},
    "critical": True,
}


def text_of(document):
    """The bytes of a document, one value to a line."""
    return json.dumps(document, indent=1).encode()


def read(data):
    """(Manifest or None, problems) of bytes."""
    return rules.read(data, TABLES)


def changed(path, value):
    """A copy of GOOD with one value replaced, or removed if it is None."""
    document = copy.deepcopy(GOOD)
    at = document
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return document


class Text(unittest.TestCase):
    """The JSON reader."""

    def refused(self, data, line, rule):
        """Assert that the bytes are refused by a rule in a line."""
        manifest, problems = read(data)
        self.assertIsNone(manifest)
        self.assertEqual([(p.line, p.rule) for p in problems], [(line, rule)], data[:80])

    def test_syntax(self):
        for data, line in ((b"", 1), (b"{", 1), (b"{\n\"a\" 1}", 2), (b"{\"a\":1,}", 1),
                           (b"[1,\n\n,]", 3), (b"nul", 1), (b"{} {}", 1), (b"01", 1), (b"+1", 1),
                           (b"1.", 1), (b"'a'", 1), (b"\"a\nb\"", 1), (b"\"\\x\"", 1),
                           (b"\"\\u12g4\"", 1), (b"// no\n{}", 1), (b"9" * 21, 1), (b"\"a", 1),
                           (b"NaN", 1), (b"-", 1), (b"\xc2\xa0{}", 1), (b"{1:2}", 1)):
            with self.subTest(data):
                self.refused(data, line, "syntax")

    def test_duplicate_key(self):
        self.refused(b"{\"a\": 1,\n\"b\": 2,\n\"a\": 3}", 3, "duplicate-key")
        self.refused(b"{\"a\": 1, \"\\u0061\": 3}", 1, "duplicate-key")

    def test_encoding(self):
        self.refused(b"{\n\"a\": \"\xff\"}", 2, "encoding")
        self.refused(b"\"\\ud800\"", 1, "encoding")

    def test_depth_and_size(self):
        self.refused(b"[" * 5000, 1, "depth")
        self.refused(b" " * (jsonpos.SIZE_MAX + 1), 1, "size")

    def test_values(self):
        data = b"{\"a\": [1, -2, 1.5e3, true, false, null, \"\\ud83d\\ude00\\n\\/\"], \"b\": {}}\n"
        self.assertEqual(jsonpos.parse(data).plain(), json.loads(data))


class Rules(unittest.TestCase):
    """One thing wrong at a time."""

    def refused(self, document, *expected, needle=None):
        """Assert the rules that refuse a document, and the line in which `needle` stands."""
        data = text_of(document)
        manifest, problems = read(data)
        self.assertIsNone(manifest, document)
        self.assertEqual([p.rule for p in problems], list(expected), [p.text for p in problems])
        if needle is not None:
            lines = data.decode().split("\n")
            self.assertIn(needle, lines[problems[0].line - 1])

    def test_good(self):
        manifest, problems = read(text_of(GOOD))
        self.assertEqual(problems, [])
        self.assertEqual((manifest.memory, manifest.root), (8 << 20, ["/srv/clock"]))

    def test_type(self):
        for path, value in ((("name",), 1), (("budgets",), []), (("critical",), 1),
                            (("budgets", "threads"), True), (("budgets", "threads"), 1.0),
                            (("arguments",), "clock"), (("environment", "A"), 1),
                            (("root",), ["/etc"]), (("channels", "uses"), {})):
            with self.subTest(path):
                self.refused(changed(path, value), "type")
        self.refused([], "type")

    def test_unknown_key(self):
        for path in (("colour",), ("budgets", "cpus"), ("calls", "class"), ("file",), ("device",),
                     ("channels", "offer"), ("restart", "delay")):
            with self.subTest(path):
                self.refused(changed(path, 1), "unknown-key", needle=f'"{path[-1]}"')

    def test_missing_key(self):
        for path in (("manifest",), ("name",), ("executable",), ("budgets",),
                     ("budgets", "memory"), ("budgets", "threads"), ("budgets", "handles"),
                     ("restart", "rule")):
            with self.subTest(path):
                self.refused(changed(path, None), "missing-key")

    def test_value(self):
        for path, value in ((("manifest",), 2), (("restart", "rule"), "sometimes")):
            with self.subTest(path):
                self.refused(changed(path, value), "value", needle=f'"{path[-1]}"')

    def test_range(self):
        for path, value in ((("budgets", "threads"), 0), (("budgets", "threads"), 1025),
                            (("budgets", "handles"), 4097), (("restart", "delay_ms"), 0),
                            (("restart", "attempts"), -1)):
            with self.subTest(path):
                self.refused(changed(path, value), "range", needle=f'"{path[-1]}"')

    def test_length(self):
        for path, value in ((("arguments",), []), (("arguments",), ["x"] * 257),
                            (("arguments", 0), "x" * 4097), (("executable",), "/" + "x" * 1024),
                            (("channels", "uses"), [f"c{i}" for i in range(17)]),
                            (("environment",), {f"A{i}": "" for i in range(257)})):
            with self.subTest(path):
                self.refused(changed(path, value), "length")

    def test_pattern(self):
        for path, value in ((("name",), "Clock"), (("name",), ""), (("name",), "clock\n"),
                            (("executable",), "bin/clock"), (("executable",), "/bin//clock"),
                            (("budgets", "memory"), "8"), (("budgets", "memory"), "08M"),
                            (("root",), "/etc/"), (("root",), ""),
                            (("channels", "offers", 0), "Time"), (("environment",), {"A=": "1"})):
            with self.subTest(path):
                self.refused(changed(path, value), "pattern")

    def test_unique(self):
        self.refused(changed(("calls", "classes"), ["TIME", "CORE", "TIME"]), "unique",
                     needle="TIME")

    def test_path(self):
        self.refused(changed(("executable",), "/bin/../clock"), "path", needle="executable")
        self.refused(changed(("root",), "/."), "path", needle='"/."')

    def test_reserved_name(self):
        self.refused(changed(("executable",), "/bin/init"), "reserved-name", needle="executable")

    def test_nul(self):
        for path in (("arguments", 1), ("environment", "A"), ("executable",), ("root",)):
            with self.subTest(path):
                self.refused(changed(path, "/a\0b"), "nul")

    def test_arguments_size(self):
        self.refused(changed(("arguments",), ["x" * 4096] * 33), "arguments-size")

    def test_calls(self):
        self.refused(changed(("calls", "classes"), ["COSMOS"]), "unknown-class",
                     "useless-except", needle="COSMOS")
        self.refused(changed(("calls", "names"), ["fly"]), "unknown-call", needle="fly")
        self.refused(changed(("calls", "names"), ["mmap"]), "listed-twice", needle="mmap")
        self.refused(changed(("calls", "names"), ["exit"]), "listed-twice", needle="exit")
        self.refused(changed(("calls", "except"), ["read"]), "useless-except", needle="read")

    def test_own_channel(self):
        self.refused(changed(("channels", "uses"), ["time"]), "own-channel")
        self.refused(changed(("channels", "finds"), ["time"]), "own-channel")

    def test_registry(self):
        self.refused(changed(("channels", "finds"), ["log"]), "found-and-used")
        for key in ("offers", "uses", "finds"):
            self.refused(changed(("channels", key), ["registry"]), "reserved-channel")

    def test_restart(self):
        self.refused(changed(("restart",), {"rule": "never", "attempts": 1}), "restart")
        self.refused(changed(("restart", "delay_max_ms"), 9), "restart", needle="restart")

    def test_log_and_stop(self):
        read_all = read(text_of({**GOOD, "log": {"reads": ["*"], "rate": 5, "machine": True},
                                 "stop": {"ask": "message", "grace_ms": 0}}))[0]
        self.assertEqual(read_all.log, {"reads": ["*"], "rate": 5, "burst": 1000, "machine": True})
        self.assertEqual(binary.decode(binary.encode(read_all)), read_all)
        plain = read(text_of(GOOD))[0]
        self.assertEqual((plain.log["reads"], plain.log["machine"], plain.stop),
                         ([], False, {"ask": "message", "grace_ms": 1000}))
        silent = read(text_of(changed(("channels", "offers"), [])))[0]
        self.assertEqual(silent.stop["ask"], "signal")
        self.refused({**GOOD, "log": {"reads": ["*", "a"]}}, "reads")
        self.refused({**GOOD, "log": {"reads": ["A"]}}, "pattern")
        self.refused({**GOOD, "log": {"rate": 0}}, "range")
        self.refused({**GOOD, "log": {"level": 1}}, "unknown-key")
        self.refused({**GOOD, "stop": {"ask": "nobody"}}, "value")
        self.refused({**GOOD, "stop": {"grace_ms": 60001}}, "range")
        self.refused({**changed(("channels", "offers"), []), "stop": {"ask": "message"}}, "stop")
        self.refused(changed(("name",), "kernel"), "reserved-name")
        self.refused(changed(("name",), "init"), "reserved-name")

    @staticmethod
    def seeing(*files, devices=None, root=None):
        """A copy of GOOD with another view: files are (path, access)."""
        document = changed(("root",), root)
        if files:
            document["files"] = [{"path": path, "access": access} for path, access in files]
        if devices:
            document["devices"] = list(devices)
        return document

    def test_view(self):
        manifest, problems = read(text_of(self.seeing(
            ("/srv/b", "read-write"), ("/srv/a", "read"), devices=["/dev/zero", "/dev/null"])))
        self.assertEqual(problems, [])
        self.assertEqual(manifest.files, [("/srv/a", False), ("/srv/b", True)])
        self.assertEqual(manifest.devices, ["/dev/null", "/dev/zero"])
        self.assertEqual(read(text_of(self.seeing(root="/", devices=["/dev/null"])))[1], [])

    def test_bad_view(self):
        self.refused(self.seeing(("/a", "read"), root="/b"), "root-and-files")
        self.refused(self.seeing(root="/b", devices=["/dev/null"]), "device-outside")
        self.refused(self.seeing(("/dev/null", "read")), "device-in-files", needle="/dev/null")
        self.refused(self.seeing(("/dev", "read")), "device-in-files")
        self.refused(self.seeing(("/a", "read"), ("/a", "read-write")), "listed-twice")
        self.refused(self.seeing(("/a/../b", "read")), "path")
        self.refused(self.seeing(devices=["/dev/../b"]), "path")
        self.refused(self.seeing(("/a", "write")), "value")
        self.refused(self.seeing(("a", "read")), "pattern")
        self.refused(self.seeing(devices=["/etc/null"]), "pattern")
        self.refused(self.seeing(devices=["/dev/null", "/dev/null"]), "unique")

    def test_cpu(self):
        cpu = ("budgets", "cpu")
        manifest, _ = read(text_of(changed(cpu, {"budget_us": 200, "period_us": 1000})))
        self.assertEqual(manifest.cpu, (200, 1000))
        self.refused(changed(cpu, {"budget_us": 99, "period_us": 1000}), "range")
        self.refused(changed(cpu, {"budget_us": 200, "period_us": 999}), "range")
        self.refused(changed(cpu, {"budget_us": 200}), "missing-key")
        self.refused(changed(cpu, {"budget_us": 32001, "period_us": 1000}), "cpu-budget")

    def test_default_is_nothing(self):
        smallest = {key: GOOD[key] for key in ("manifest", "name", "executable", "budgets")}
        manifest, _ = read(text_of(smallest))
        self.assertEqual(TABLES.names(manifest.calls), sorted(abitables.ALWAYS))
        self.assertEqual((manifest.root, manifest.offers, manifest.uses, manifest.critical),
                         ([], [], [], False))
        self.assertEqual((manifest.files, manifest.devices, manifest.cpu), ([], [], (0, 0)))
        self.assertEqual(manifest.restart["rule"], "never")

    def test_calls_are_those_of_the_tables(self):
        allowed = TABLES.names(read(text_of(GOOD))[0].calls)
        self.assertIn("clock_get", allowed)
        self.assertIn("write", allowed)
        for name in ("exec", "read", "process_spawn", "channel_call"):
            self.assertNotIn(name, allowed)


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
