# SPDX-License-Identifier: MIT
"""Tests of the generator: what it refuses, how it says so, and what it writes."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ABI = Path(__file__).resolve().parents[1]
TABLES = [path.name for pattern in ("*.def", "types*.h") for path in sorted(ABI.glob(pattern))]


class GeneratorTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="coconut-abi-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.tables = self.folder / "tables"
        self.tables.mkdir()
        for name in TABLES:
            shutil.copy(ABI / name, self.tables)

    def run_gen(self, *arguments):
        return subprocess.run(
            [sys.executable, "-B", str(ABI / "gen.py"), "--tables", str(self.tables),
             *map(str, arguments)], capture_output=True, text=True, check=False)

    def edit(self, name, old, new):
        path = self.tables / name
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def append(self, name, text):
        """Append rows; returns the line number of the first."""
        path = self.tables / name
        old = path.read_text(encoding="utf-8")
        path.write_text(old + text, encoding="utf-8")
        return old.count("\n") + 1

    def refuse(self, where, what):
        result = self.run_gen("--rules", self.folder / "rules.json")
        self.assertEqual(result.returncode, 1)
        self.assertIn(where, result.stderr)
        self.assertIn(what, result.stderr)
        self.assertNotIn("Traceback", result.stderr)
        self.assertFalse((self.folder / "rules.json").exists(), "nothing is written after a refusal")

    def refuse_call(self, row, what):
        line = self.append("syscalls.def", "/** Test. */\n" + row + "\n")
        self.refuse(f"syscalls.def:{line + 1}: ", what)


class RefusalTest(GeneratorTest):
    def test_duplicate_number(self):
        self.refuse_call("SYSCALL(CORE, 0, twice, ZERO, ARGS(), ERRS())", "duplicate number")

    def test_duplicate_name(self):
        self.refuse_call("SYSCALL(CORE, 99, exit, ZERO, ARGS(), ERRS())", "duplicate call name exit")

    def test_unknown_kind(self):
        self.refuse_call("SYSCALL(CORE, 99, x, ZERO, ARGS(U16(a)), ERRS())", "unknown argument kind")

    def test_too_many_registers(self):
        self.refuse_call("SYSCALL(CORE, 99, x, ZERO, ARGS(IN_BUF(a), OUT_BUF(b), IN_BUF(c)), ERRS())",
                         "need 6 registers")

    def test_unknown_error(self):
        self.refuse_call("SYSCALL(CORE, 99, x, ZERO, ARGS(), ERRS(NOPE))", "unknown error 'NOPE'")

    def test_unknown_right_and_object(self):
        self.refuse_call("SYSCALL(CORE, 99, x, ZERO, ARGS(HANDLE(h, FILE, FLY)), ERRS())",
                         "unknown right 'FLY'")

    def test_unknown_object(self):
        self.refuse_call("SYSCALL(CORE, 99, x, ZERO, ARGS(HANDLE(h, TREE, 0)), ERRS())",
                         "unknown object 'TREE'")

    def test_unknown_mask_and_struct(self):
        self.refuse_call("SYSCALL(CORE, 99, x, ZERO, ARGS(FLAGS(f, NO_MASK)), ERRS())",
                         "does not define COCO_NO_MASK")

    def test_unknown_struct(self):
        self.refuse_call("SYSCALL(CORE, 99, x, ZERO, ARGS(IN_STRUCT(s, coco_none)), ERRS())",
                         "no 'struct coco_none'")

    def test_unknown_class_and_result(self):
        self.refuse_call("SYSCALL(NOWHERE, 0, x, ZERO, ARGS(), ERRS())", "unknown class 'NOWHERE'")

    def test_unknown_result(self):
        self.refuse_call("SYSCALL(CORE, 99, x, MAYBE, ARGS(), ERRS())", "unknown result 'MAYBE'")

    def test_wrong_field_count(self):
        self.refuse_call("SYSCALL(CORE, 99, x, ZERO, ARGS())", "takes 6 fields")

    def test_unclosed_row(self):
        self.refuse_call("SYSCALL(CORE, 99, x, ZERO, ARGS(), ERRS()", "not closed")

    def test_missing_comment(self):
        line = self.append("syscalls.def", "\nSYSCALL(CORE, 99, x, ZERO, ARGS(), ERRS())\n")
        self.refuse(f"syscalls.def:{line + 1}: ", "no /** comment")

    def test_rule_numbers_count_up(self):
        line = self.append("syscalls.def", "/** Test.\n * 2. Second first.\n */\n"
                           "SYSCALL(CORE, 99, x, ZERO, ARGS(), ERRS())\n")
        self.refuse(f"syscalls.def:{line + 3}: ", "rule 2 stands where rule 1 belongs")

    def test_text_that_is_no_row(self):
        line = self.append("errors.def", "hello\n")
        self.refuse(f"errors.def:{line}: ", "expected a row")

    def test_duplicate_error_value(self):
        line = self.append("errors.def", 'ERROR(SAME, -1, EINVAL, "Same.")\n')
        self.refuse(f"errors.def:{line}: ", "duplicate error value -1")

    def test_error_value_out_of_range(self):
        line = self.append("errors.def", 'ERROR(FAR, -70000, EIO, "Far.")\n')
        self.refuse(f"errors.def:{line}: ", "outside -65535..-1")

    def test_member_that_has_no_layout(self):
        self.edit("types_file.h", "uint8_t position[7];", "void *pointer;")
        self.refuse("types.h:", "struct coco_dirent: cannot lay out member")

    def test_missing_table(self):
        (self.tables / "rights.def").unlink()
        self.refuse("gen.py: ", "rights.def")


class OutputTest(GeneratorTest):
    def test_unchanged_files_keep_their_time(self):
        out = self.folder / "out"
        self.assertEqual(self.run_gen("--kernel", out / "k", "--user", out / "u").returncode, 0)
        before = {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file()}
        self.assertGreater(len(before), 15)
        self.append("syscalls.def", "// A comment changes nothing.\n")
        self.assertEqual(self.run_gen("--kernel", out / "k", "--user", out / "u").returncode, 0)
        self.assertEqual(before, {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file()})

    def test_rules_have_unique_ids_and_cover_each_error(self):
        path = self.folder / "rules.json"
        self.assertEqual(self.run_gen("--rules", path).returncode, 0)
        rules = json.loads(path.read_text(encoding="utf-8"))
        ids = [rule["id"] for rule in rules]
        self.assertEqual(len(ids), len(set(ids)))
        for wanted in ("open.1", "open.ERDONLY", "read.handle.file", "read.kind.file",
                       "read.right.file.READ", "read.fault.buffer", "open.flags.mode",
                       "exit.width.code", "read.order.kind.right", "unknown.private"):
            self.assertIn(wanted, ids)

    def test_golden_difference_is_shown(self):
        golden = self.folder / "golden"
        changes = self.folder / "CHANGES.md"
        self.assertEqual(self.run_gen("--golden", golden).returncode, 0)
        result = self.run_gen("--check", "--golden", golden, "--changes", changes)
        self.assertEqual(result.returncode, 1)
        self.assertIn("no entry has the line 'golden: ", result.stderr)
        digest = result.stderr.split("golden: ")[1][:12]
        changes.write_text(f"golden: {digest}\n", encoding="utf-8")
        result = self.run_gen("--check", "--golden", golden, "--changes", changes)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.edit("syscalls.def", "SYSCALL(CORE, 10, close", "SYSCALL(CORE, 11, close")
        result = self.run_gen("--check", "--golden", golden, "--changes", changes)
        self.assertEqual(result.returncode, 1)
        self.assertIn("-call close 0x000000000000000a", result.stderr)
        self.assertIn("+call close 0x000000000000000b", result.stderr)
        self.assertIn("CHANGES.md", result.stderr)

    def test_changed_record_needs_an_entry(self):
        golden, changes, records = (self.folder / name for name in ("golden", "CHANGES.md", "records"))
        (records / "libraries").mkdir(parents=True)
        (records / "libraries" / "libc.txt").write_text("defines open\n", encoding="utf-8")
        self.assertEqual(self.run_gen("--golden", golden).returncode, 0)
        words = ("--check", "--golden", golden, "--changes", changes, "--records", records)
        changes.write_text(f"golden: {self.run_gen(*words).stderr.split('golden: ')[1][:12]}\n", encoding="utf-8")
        self.assertEqual(self.run_gen(*words).returncode, 0)
        (records / "libraries" / "libc.txt").write_text("defines close\n", encoding="utf-8")
        result = self.run_gen(*words)
        self.assertEqual(result.returncode, 1)
        self.assertIn("no entry has the line 'golden: ", result.stderr)

    def test_stale_page_is_named(self):
        docs = self.folder / "docs"
        self.assertEqual(self.run_gen("--docs", docs).returncode, 0)
        self.assertEqual(self.run_gen("--check", "--docs", docs).returncode, 0)
        (docs / "calls/open.md").write_text("edited by hand\n", encoding="utf-8")
        result = self.run_gen("--check", "--docs", docs)
        self.assertEqual(result.returncode, 1)
        self.assertIn("calls/open.md is not what the tables say", result.stderr)


class CoverageTest(GeneratorTest):
    def test_missing_tests_and_unknown_claims_are_named(self):
        tests = self.folder / "raw"
        tests.mkdir()
        (tests / "close.c").write_text(
            'RULE("close.1");\nRULE("*.width.*");\nRULE("close.9");\n', encoding="utf-8")
        result = self.run_gen("--check-tests", tests, "--unit-tests", tests)
        self.assertEqual(result.returncode, 1)
        self.assertIn("call open: no test file", result.stderr)
        self.assertIn("rule close.2: no test claims it", result.stderr)
        self.assertIn('close.c: RULE("close.9") names no rule', result.stderr)
        self.assertNotIn("rule close.1:", result.stderr)
        self.assertNotIn("rule close.width.handle:", result.stderr)
        self.assertNotIn("call close:", result.stderr)

    def test_patterns_do_not_cover_behaviour(self):
        tests = self.folder / "raw"
        tests.mkdir()
        (tests / "all.c").write_text('RULE("*");\n', encoding="utf-8")
        result = self.run_gen("--check-tests", tests, "--unit-tests", tests)
        self.assertIn("rule open.1: no test claims it", result.stderr)
        self.assertIn("rule open.ERDONLY: no test claims it", result.stderr)


if __name__ == "__main__":
    unittest.main()
