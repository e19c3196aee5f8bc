# SPDX-License-Identifier: MIT
"""Manifests of services: every rule refuses what it is about, with file and line."""

import copy
import json
import unittest

from manifests import GOOD, TABLES, changed, read, text_of

from coconut_manifest import abitables, binary, jsonpos, rules


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
