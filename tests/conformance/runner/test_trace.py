# SPDX-License-Identifier: MIT
"""Traces: from lines of a kernel log to calls; damaged logs; wrong use."""

import json

from support import Case

from coconut_cli import tracetext

LOG = """platform native, 1 CPUs
call 1000 init:1.2 process_spawn(info=0x1)
call 1500 t:5.6 file_open_at(dir=4294967295, path="/tmp/a, \\x22b\\x22", flags=0x1, permissions=0x0)
call 1700 init:1.2 process_spawn = 3
call 2500 t:5.6 file_open_at = ENOTFOUND -7
call 3000 t:5.6 write(file=5, buffer="hello"...+40)
call 3100 t:5.7 read(file=0, buffer=0x1000+9)
call 3500 t:5.6 write = 40
call 4000 t:5.6 mmap(object=4294967295, hint=0x0, length=0x1000)
call 4100 t:5.6 mmap = 123456789012
call 5000 t:5.6 process_exit(code=0x3)
"""


class Lines(Case):
    """What the lines mean."""

    def setUp(self):
        super().setUp()
        self.log = self.work / "kernel.log"
        self.log.write_text(LOG)

    def show(self, *options):
        """Return what `coconut trace --from` prints."""
        done = self.coconut("trace", "--from", self.log, *options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_text(self):
        self.assertEqual(self.show().splitlines(), [
            '    0.000002 t:5.6 file_open_at(dir=none, path="/tmp/a, \\x22b\\x22", flags=0x1, permissions=0x0) = '
            'NOTFOUND <0.000001>',
            '    0.000003 t:5.6 write(file=5, buffer="hello"...+40) = 40 <0.000000>',
            '    0.000003 t:5.7 read(file=0, buffer=0x1000+9) = ?',
            '    0.000004 t:5.6 mmap(object=none, hint=0x0, length=0x1000) = 0x1cbe991a14 <0.000000>',
            '    0.000005 t:5.6 process_exit(code=0x3) = ?'])
        self.assertIn("init:1.2 process_spawn(info=0x1) = 3", self.show("--all"))

    def test_json(self):
        calls = json.loads(self.show("--json"))
        self.assertEqual(calls[0], {
            "begin_ns": 1500, "end_ns": 2500, "program": "t", "process": 5, "thread": 6, "call": "file_open_at",
            "arguments": {"dir": "none", "path": '"/tmp/a, \\x22b\\x22"', "flags": "0x1", "permissions": "0x0"},
            "result": -7, "error": "NOTFOUND"})
        self.assertEqual([call["result"] for call in calls], [-7, 40, None, 123456789012, None])

    def test_chrome(self):
        trace = json.loads(self.show("--chrome"))
        self.assertEqual(trace["traceEvents"][0], {"name": "process_name", "ph": "M", "pid": 5, "tid": 0,
                                                   "args": {"name": "t"}})
        events = {event["name"]: event for event in trace["traceEvents"][1:]}
        self.assertEqual((events["write"]["ts"], events["write"]["dur"], events["write"]["ph"]), (3.0, 0.5, "X"))
        self.assertEqual(events["read"]["dur"], 1.9, "a call that did not come back lasts to the end")
        self.assertEqual(events["process_exit"]["dur"], 0)

    def test_summary(self):
        rows = [line.split() for line in self.show("--summary").splitlines()]
        self.assertEqual(rows[1], ["1", "1", "0.000001", "file_open_at"])
        self.assertEqual(len(rows), 6)

    def test_damaged(self):
        text = LOG.replace("call 2500 t:5.6 file_open_at = ENOTFOUND -7\n", "")
        calls = tracetext.parse(text.splitlines())
        self.assertEqual([call.result for call in calls if call.name == "write"], [40])
        for length in range(len(LOG)):
            tracetext.parse(LOG[:length].split("\n"))
        for bad in ("call", "call x t:5.6 f()", "call 1 t:5 f()", f"call {'9' * 30} t:1.1 f()", "[t] call 1 t:5.6 f()",
                    "call 1 t:5.6 f = maybe"):
            self.assertEqual(tracetext.parse([bad]), [], bad)

    def test_refusals(self):
        (self.work / "other").write_text("hello\n")
        for words, status, part in ((["--from", "other"], 1, "no system call"), (["--from", "nothing"], 1, "No such"),
                                    (["--from", "other", "x"], 2, "runs no program"), ([], 2, "which program"),
                                    (["--json", "--chrome", "x"], 2, "one of"), (["nothing"], 127, "no such program")):
            with self.subTest(words):
                done = self.coconut("trace", *words)
                self.assertEqual((done.returncode, done.stdout), (status, ""))
                self.assert_one_line(done.stderr, part)
