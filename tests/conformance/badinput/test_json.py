# SPDX-License-Identifier: MIT
"""What a script gets with --json when something is wrong: a whole JSON value, or none; never an end without a status."""

import importlib
import json
import os
import signal
import time
from pathlib import Path

from matrix import LIMIT, Case, Place

from coconut_cli.main import COMMANDS


def with_json(row):
    """The words of a row, with --json; options stand before a program that has its own."""
    return [row.words[0], "--json", *row.words[1:]]


class Json(Case):
    """Each test is one thing that goes wrong."""

    def ask(self, words, prepare=None, **more):
        """One use; returns (place, status, what it gave as JSON, None if nothing, standard error)."""
        place = Place(self.below)
        if prepare is not None:
            prepare(place)
        with open(place.folder / "answer", "wb") as stream:
            status, errors = self.finish(place, self.start(place, words, stdout=stream, **more))
        text = (place.folder / "answer").read_text(encoding="utf-8")
        (place.folder / "answer").unlink()
        if words[0] == "trace" and "--output" in words:
            assert not text, f"standard output: {text}"
            text = (place.work / "out").read_text() if (place.work / "out").exists() else ""
        try:
            return place, status, json.loads(text) if text else None, errors
        except ValueError:
            raise AssertionError(f"status {status}, not JSON: {text}") from None

    def fails(self, words, statuses, prepare=None, **more):
        """A use fails: its problems are in JSON, or there is none and one line for people."""
        place, status, found, errors = self.ask(words, prepare, **more)
        assert status in statuses and status != 0, f"status {status}, wanted {statuses}: {errors}"
        if found is None:
            self.one_line(errors, several=words[0] in ("port-check", "size"))
        else:
            assert status == 1 and not errors, f"status {status}, JSON, and: {errors}"
            assert found["problems"] and all(set(one) == {"file", "line", "rule", "text"} for one in found["problems"]), found
            assert all(not value for key, value in found.items() if key in ("image",)), found
        new = [path for path in place.new() if path != "work/log"]
        assert not new, f"wrote {new}"

    def json_rows(self, *more):
        """(name, row) of what may be used with --json."""
        return [(f"{name} --json", row) for name, row in self.rows("json", *more)]

    def test_every_command_has_a_row(self):
        having = {name for name, (module, _) in COMMANDS.items()
                  if any(option.name == "--json" for option in importlib.import_module(f"coconut_cli.{module}").COMMAND.options)}
        self.assertEqual(having, {row.words[0] for _, row in self.json_rows()})

    def test_help_says_what_a_failure_gives(self):
        for name in {row.words[0] for _, row in self.json_rows()}:
            module = importlib.import_module(f"coconut_cli.{COMMANDS[name][0]}")
            with self.subTest(command=name):
                self.assertIn("JSON comes whole or not at all", " ".join(module.COMMAND.help().split()))

    def test_rows_are_good(self):
        def judge(row):
            place, status, found, errors = self.ask(with_json(row))
            wanted = row.status if isinstance(row.status, tuple) else (row.status,)
            assert status in wanted and not errors, f"status {status}: {errors}"
            assert found is not None, "no JSON"
            for path in row.writes:
                assert (place.work / path).exists(), f"did not write {path}"
        self.each(((name, row) for name, row in self.json_rows() if not row.alone), judge)

    def test_only_in_the_source_tree(self):
        self.each(self.json_rows("alone"), lambda row: self.fails(with_json(row), (2,)))

    def test_missing_file(self):
        self.each(((f"{name} without {file}", row, file, status) for name, row in self.json_rows("reads")
                   for file, status in row.reads.items()),
                  lambda row, file, status: self.fails(with_json(row), (status,), lambda place: (place.work / file).unlink()))

    def test_damaged_file(self):
        def judge(row, file, data, statuses):
            self.fails(with_json(row), statuses, lambda place: (place.work / file).write_bytes(data))
        self.each(((f"{name}: {file} is {data}", row, file, data, statuses) for name, row in self.json_rows("damaged")
                   for file, statuses in row.damaged.items() for data in (b"", b"\xff\0\x1b[31m{", b"[" * 5000, b"{}")
                   if statuses != (0,)), judge)

    def test_wrong_version(self):
        def judge(row, file, old, new):
            def prepare(place):
                data = (place.work / file).read_bytes()
                texts = [text if isinstance(text, bytes) else text.encode() for text in (old, new)]
                (place.work / file).write_bytes(data.replace(*texts, 1))
            self.fails(with_json(row), (1,), prepare)
        self.each(((f"{name}: {file}", row, file, *texts) for name, row in self.json_rows("versions")
                   for file, texts in row.versions.items()), judge)

    def test_wrong_use(self):
        names = sorted({row.words[0] for _, row in self.json_rows()})
        self.each(((f"{name} {' '.join(more)}", [name, *more]) for name in names
                   for more in (["--json", "--bogus"], ["--json=1"])), lambda words: self.fails(words, (2,)))
        # What gives JSON only with --list.
        self.each((([*words], [*words]) for words in (
            ("new", "--json", "test", "words"), ("pack", "--json", "out.pkit", "init=exit"), ("port", "--json", "zlib"),
            ("test", "--json", "project"), ("manifest", "show", "--json", "one.json"),
            ("trace", "--json", "--summary", "exit"))), lambda words: self.fails(words, (2,)))

    def test_no_emulator(self):
        nowhere = {"COCONUT_QEMU": "/nonexistent/qemu"}
        self.each(self.json_rows("machine"), lambda row: self.fails(with_json(row), (125,), env=nowhere))
        _, status, found, errors = self.ask(["doctor", "--json"], env=nowhere)
        self.assertEqual((status, errors), (1, ""))
        self.assertIn("/nonexistent/qemu", json.dumps(found))
        _, status, found, errors = self.ask(["version", "--json"], env=nowhere)
        self.assertEqual((status, errors, found["emulator"]), (0, "", None))

    def test_full_disk(self):
        def judge(row):
            with open("/dev/full", "wb") as full:
                place, status, errors = self.use(with_json(row), stdout=full)
            assert status == 125, f"status {status}: {errors}"
            self.one_line(errors, "No space left")
            assert not [path for path in place.new() if Path(path).name.startswith(".coconut")], place.new()
        self.each(((name, row) for name, row in self.json_rows() if not row.alone and not row.machine), judge)

    def test_interrupted(self):
        def judge(row, moment):
            place = Place(self.below)
            process = self.start(place, with_json(row), start_new_session=True)
            time.sleep(moment)
            os.killpg(process.pid, signal.SIGINT)
            text, errors = process.communicate(timeout=LIMIT)
            assert process.returncode in (0, 1, 130, -signal.SIGINT) and not errors, f"{process.returncode}: {errors}"
            if process.returncode in (0, 1):
                json.loads(text or (place.work / "out").read_text())
            elif text:
                json.loads(text)
        self.each(((f"{name} after {moment} s", row, moment) for name, row in self.json_rows() if not row.alone
                   for moment in (0.05, 0.1, 0.2)), judge)
