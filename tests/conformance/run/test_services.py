# SPDX-License-Identifier: MIT
"""An image with services: built twice, booted; what the manifests forbid is refused."""

import hashlib
import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from test_kernel import COCONUT, LIMIT, SDK, TOP

SAMPLE = TOP / "samples" / "clock-service"


class Image(unittest.TestCase):
    """samples/clock-service."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut-services-")
        cls.addClassCleanup(folder.cleanup)
        cls.place = Path(folder.name)
        compiler = SDK / "bin" / "x86_64-unknown-coconut-clang"
        cls.compiler = compiler
        subprocess.run([COCONUT, "interface", "compile", "--output", cls.place, SAMPLE / "clock.interface.json"],
                       check=True)
        shutil.copy(SDK / "share" / "coconut" / "services-init", cls.place / "init")
        sources = {"clock": [SAMPLE / "clock.c", cls.place / "clock_server.c"],
                   "asker": [SAMPLE / "asker.c", cls.place / "clock_client.c"]}
        for name, files in sources.items():
            subprocess.run([compiler, "-O2", "-I", cls.place, *files, "-o", cls.place / name], check=True)
        for name in ("clock", "asker"):
            (cls.place / f"{name}.json").write_bytes((SAMPLE / f"{name}.json").read_bytes())
        cls.recipe = json.loads((SAMPLE / "image.json").read_text())
        for name, module in cls.recipe["fs"]["modules"].items():
            module["output_file"] = name

    def build(self, output, change=None):
        """Build the image, with changed manifests if wanted."""
        for name, edit in (change or {}).items():
            document = json.loads((SAMPLE / f"{name}.json").read_text())
            edit(document)
            (self.place / f"{name}.json").write_text(json.dumps(document))
        (self.place / "image.json").write_text(json.dumps(self.recipe))
        done = subprocess.run([COCONUT, "image", "--output", self.place / output,
                               self.place / "image.json"], capture_output=True, text=True,
                              timeout=LIMIT, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return self.place / output

    def boot(self, folder, status=0):
        """Boot an image; returns its log."""
        done = subprocess.run([COCONUT, "boot", "--timeout", str(LIMIT), "--kernel",
                               folder / "kernel.elf", folder / "archive.pkit"],
                              capture_output=True, text=True, timeout=LIMIT, check=False)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def setUp(self):
        for name in ("clock", "asker"):
            (self.place / f"{name}.json").write_bytes((SAMPLE / f"{name}.json").read_bytes())

    def test_reproducible_and_measured(self):
        first, second = self.build("first"), self.build("second")
        for name in ("kernel.elf", "archive.pkit", "measurements.json"):
            self.assertEqual((first / name).read_bytes(), (second / name).read_bytes(), name)
        measured = json.loads((first / "measurements.json").read_text())
        archive = (first / "archive.pkit").read_bytes()
        self.assertEqual(measured["archive"]["sha256"], hashlib.sha256(archive).hexdigest())
        self.assertEqual([entry["name"] for entry in measured["manifests"]],
                         ["/coconut/manifests/asker.manifest", "/coconut/manifests/clock.manifest"])

    def test_supervision(self):
        log = self.boot(self.build("good"))
        self.assertIn("[asker] answers 10, server went away 4 times\n", log)
        self.assertIn("[asker] refused as it should be\n", log)
        self.assertEqual(log.count("may not call channel_create"), 1)
        self.assertIn("service clock: running, process", log)
        self.assertGreaterEqual(log.count("service clock: ended, reason 2"), 4)
        self.assertIn("service asker: ended, reason 0, code 0", log)
        self.assertIn("service clock: stopped\n", log)

    def test_server_that_fails_a_thousand_times(self):
        def often(document):
            document["restart"] = {"rule": "always", "delay_ms": 1, "delay_max_ms": 1,
                                   "attempts": 100000}
        subprocess.run([self.compiler, "-O2", "-DANSWERS=2002u", "-I", self.place, SAMPLE / "asker.c",
                        self.place / "clock_client.c", "-o", self.place / "patient"], check=True)
        asker = self.recipe["fs"]["modules"]["asker"]
        asker["output_file"] = "patient"
        self.addCleanup(asker.update, {"output_file": "asker"})
        log = self.boot(self.build("often", {"clock": often}))
        self.assertIn("[asker] answers 2002, server went away 1000 times\n", log)
        self.assertIn("service asker: ended, reason 0, code 0", log)

    def test_channel_found_through_the_registry(self):
        def finds(document):
            document["channels"] = {"finds": ["time"]}
            document["calls"]["names"].append("channel_exchange")
        log = self.boot(self.build("finds", {"asker": finds}))
        self.assertIn("[asker] answers 10, server went away 4 times\n", log)
        self.assertIn("service asker: ended, reason 0, code 0", log)

    def test_channel_that_may_not_be_found(self):
        def finds(document):
            document["channels"] = {"finds": ["date"]}
            document["calls"]["names"].append("channel_exchange")

        def offers(document):
            document["channels"]["offers"].append("date")
        log = self.boot(self.build("finds-not", {"asker": finds, "clock": offers}), status=None)
        self.assertIn("service asker may not find channel time\n", log)
        self.assertIn("service asker: ended, reason 0, code 2", log)

    def test_giving_up(self):
        def twice(document):
            document["restart"]["attempts"] = 2
            document["critical"] = True
        log = self.boot(self.build("given-up", {"clock": twice}))
        self.assertIn("service clock: given up after 2 restarts", log)
        self.assertIn("service clock: critical, the machine is shut down", log)
        self.assertIn("service asker: stopped", log)

    def test_call_that_is_not_allowed(self):
        def silent(document):
            document["calls"]["names"].remove("channel_call")
        log = self.boot(self.build("silent", {"asker": silent}))
        self.assertEqual(log.count("(process 7) may not call channel_call"), 1, log)
        self.assertIn("service asker: ended, reason 0, code 1", log)
