# SPDX-License-Identifier: MIT
"""For each line of a manifest: what it forbids is refused. One image, a service for each row."""

import json
import re

from imagecase import ImageCase
from test_kernel import TOP

RUN = TOP / "tests" / "conformance" / "run"
#: What a service has if its row says nothing else.
BASE = {
    "manifest": 1, "executable": "/bin/probe", "critical": False,
    "budgets": {"memory": "16M", "threads": 1, "handles": 8},
    "calls": {"classes": ["CORE", "FS", "MEMORY", "SIGNAL", "THREAD", "PROCESS", "FILE"],
              "names": ["query", "clock_get", "handle_info", "handle_duplicate"]},
}
READ = {"path": "/data/ro", "access": "read"}
WRITE = {"path": "/data/rw", "access": "read-write"}
CHANNELS = {"classes": BASE["calls"]["classes"] + ["IPC"], "names": BASE["calls"]["names"]}
#: name of the service -> (keys of the manifest that it is about, what it tries, other keys)
ROWS = {
    "format": (["manifest", "name"], "nothing", {}),
    "program": (["executable"], "executable", {}),
    "words": (["arguments"], "arguments", {"arguments": ["first", "arguments", "two words"]}),
    "variables": (["environment"], "environment", {"environment": {"A": "1"}}),
    "memory": (["budgets.memory"], "memory", {}),
    "threads": (["budgets.threads"], "threads", {}),
    "handles": (["budgets.handles"], "handles", {}),
    "cpu": (["budgets.cpu.budget_us", "budgets.cpu.period_us"], "cpu",
            {"budgets": {**BASE["budgets"], "cpu": {"budget_us": 4000, "period_us": 20000}}}),
    "classes": (["calls.classes"], "classes", {}),
    "names": (["calls.names"], "names", {}),
    "except": (["calls.except"], "except", {"calls": {**BASE["calls"], "except": ["process_kill"]}}),
    "root": (["root"], "root", {"root": "/data/rw"}),
    "empty": (["root", "files", "devices"], "no-files", {}),
    "path": (["files.path"], "path", {"files": [READ, WRITE]}),
    "access": (["files.access"], "access", {"files": [READ, WRITE]}),
    "devices": (["devices"], "devices", {"files": [READ], "devices": ["/dev/zero"]}),
    "offers": (["channels.offers"], "offers", {"channels": {"offers": ["probe"]}, "calls": CHANNELS}),
    "uses": (["channels.uses", "log.machine"], "uses", {"channels": {"uses": ["probe"]}, "calls": CHANNELS}),
}
#: The same for services that are to fail: keys, ms until they do, restart, starts, ms between them
FAILING = {
    "once": (["restart.rule"], 0, None, 1, []),
    "thrice": (["restart.attempts", "restart.delay_ms"], 0,
               {"rule": "on-failure", "delay_ms": 200, "attempts": 2}, 3, [200, 400]),
    "bounded": (["restart.delay_max_ms"], 0,
                {"rule": "always", "delay_ms": 200, "delay_max_ms": 250, "attempts": 2}, 3, [200, 250]),
    "window": (["restart.within_s"], 1200,
               {"rule": "always", "delay_ms": 1, "attempts": 1, "within_s": 1}, 3, [1200, 1200]),
}
#: Keys that other tests are about.
ELSEWHERE = {
    "channels.finds": ("test_services.py", "test_channel_found_through_the_registry"),
    "log.burst": ("test_log.py", "test_flood"),
    "log.rate": ("test_log.py", "test_flood"),
    "log.reads": ("test_log.py", "test_who_may_read_whom"),
    "stop.ask": ("test_log.py", "test_end_in_order"),
    "stop.grace_ms": ("test_log.py", "test_end_in_order"),
    "critical": ("test_policy.py", "test_critical"),
}


def leaves(schema, path=""):
    """The keys of a manifest, with dots, that hold a value."""
    if "items" in schema and "properties" in schema["items"]:
        schema = schema["items"]
    properties = schema.get("properties")
    if not properties:
        return {path}
    return {leaf for name, inner in properties.items()
            for leaf in leaves(inner, f"{path}.{name}" if path else name)}


class Policy(ImageCase):
    """The rows."""

    sources = {"probe": [RUN / "probe.c"], "other": [RUN / "probe.c"]}

    def test_each_key_has_a_row(self):
        keys = {key for rows in (ROWS, FAILING) for row in rows.values() for key in row[0]}
        schema = json.loads((TOP / "sdk" / "schema" / "manifest.schema.json").read_text())
        self.assertEqual(leaves(schema) - keys - set(ELSEWHERE), set())
        for file, test in ELSEWHERE.values():
            self.assertIn(f"    def {test}(self", (RUN / file).read_text(), file)

    def data(self, *paths):
        """Files that the image has; returns them for build()."""
        for name, _ in paths:
            (self.place / name).write_text(name)
        return dict(paths)

    def test_rows(self):
        manifests = [{**BASE, "name": name, "arguments": [name, what], **more}
                     for name, (_, what, more) in ROWS.items()]
        folder = self.build("rows", manifests, self.data(
            ("read", "/data/ro/x"), ("write", "/data/rw/x"), ("hide", "/data/hidden/x")))
        log = self.boot(folder)
        for name in ROWS:
            with self.subTest(name):
                self.assertIn(f"service {name}: ended, reason 0, code 0\n", log)
        for line in ("may not call socket_create", "may not call sleep_until",
                     "may not call process_kill", "may not see /data/hidden/x",
                     "may not change /data/ro/x", "may not see /dev/null"):
            with self.subTest(line):
                self.assertIn(line, log)

    def test_failing(self):
        calls = {**BASE["calls"], "names": [*BASE["calls"]["names"], "sleep_until"]}
        manifests = [{**BASE, "name": name, "calls": calls,
                      "arguments": [name, "failing", *([str(ms)] if ms else [])],
                      **({"restart": restart} if restart else {})}
                     for name, (_, ms, restart, _, _) in FAILING.items()]
        ends = [f"service {name}: given up" for name, row in FAILING.items() if row[2] and name != "window"]

        def times_of(name, log):
            return [int(ms) for ms in re.findall(rf"{name} at (\d+) ms", log)]

        # As nothing ends the window's service, the machine is ended when that has started often enough.
        log = self.boot_until(self.build("failing", manifests), lambda log: all(text in log for text in ends) and all(
            len(times_of(name, log)) >= row[3] for name, row in FAILING.items()))
        for name, (_, _, restart, starts, gaps) in FAILING.items():
            with self.subTest(name):
                times = times_of(name, log)
                if name == "window":
                    self.assertGreaterEqual(len(times), starts)  # never given up
                else:
                    self.assertEqual(len(times), starts)
                    self.assertEqual("given up after" in log, True)
                for first, second, gap in zip(times, times[1:], gaps):
                    self.assertGreaterEqual(second - first, gap - 1)
        self.assertNotIn("service window: given up", log)
        self.assertIn("service thrice: given up after 2 restarts", log)

    def test_critical(self):
        calls = {**BASE["calls"], "names": [*BASE["calls"]["names"], "sleep_until"]}
        waits = {**BASE, "name": "waits", "calls": calls, "arguments": ["waits", "waiting"]}
        ends = {**BASE, "name": "ends", "arguments": ["ends", "failing"], "critical": True}
        log = self.boot(self.build("critical", [waits, ends]))
        self.assertIn("service ends: critical, the machine is shut down", log)
        self.assertIn("service waits: stopped", log)
