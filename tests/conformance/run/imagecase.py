# SPDX-License-Identifier: MIT
"""Images that tests build from small services, and machines whose every byte is seen."""

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from test_kernel import COCONUT, LIMIT, SDK, TOP

sys.path.insert(0, str(TOP / "sdk" / "tools"))
from coconut_cli import machine, places, protocol  # noqa: E402  pylint: disable=wrong-import-position

INIT = SDK / "share" / "coconut" / "services-init"


class ImageCase(unittest.TestCase):
    """A folder of compiled programs; `sources` of a subclass names them: name -> C files."""

    sources = {}

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut-image-")
        cls.addClassCleanup(folder.cleanup)
        cls.place = Path(folder.name)
        shutil.copy(INIT, cls.place / "init")
        for name, files in cls.sources.items():
            subprocess.run([SDK / "bin" / "x86_64-unknown-coconut-clang", "-O2", "-Wall", "-Wextra",
                            "-Werror", *files, "-o", cls.place / name], check=True)

    def build(self, output, manifests, programs=None, **keys):
        """Build an image from manifests (dicts); returns its folder."""
        places_in_image = {"init": "/init", **{name: f"/bin/{name}" for name in self.sources},
                           **(programs or {})}
        for one in manifests:
            (self.place / f"{one['name']}.json").write_text(json.dumps(one))
        recipe = {"image": 1, **keys, "services": [f"{one['name']}.json" for one in manifests],
                  "fs": {"modules": {name: {"output_file": name, "path": path}
                                     for name, path in places_in_image.items()}}}
        (self.place / "recipe.json").write_text(json.dumps(recipe))
        done = subprocess.run([COCONUT, "image", "--output", self.place / output,
                               self.place / "recipe.json"], capture_output=True, text=True,
                              timeout=LIMIT, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return self.place / output

    def boot(self, folder, status=0, options=()):
        """Boot an image; returns its log."""
        done = subprocess.run([COCONUT, "boot", "--timeout", str(LIMIT), *options, "--kernel",
                               folder / "kernel.elf", folder / "archive.pkit"],
                              capture_output=True, text=True, timeout=LIMIT, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def boot_until(self, folder, enough):
        """Boot an image, and end the machine when enough(log so far) holds; returns the log."""
        log = ""
        with subprocess.Popen([COCONUT, "boot", "--timeout", str(LIMIT), "--kernel", folder / "kernel.elf", folder / "archive.pkit"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as run:
            while not enough(log):
                line = run.stdout.readline()
                self.assertTrue(line, log)
                log += line
            run.terminate()
        return log

    def bare(self, folder, words, seconds=LIMIT):
        """Boot without the command's help: (status of QEMU, serial bytes, link frames)."""
        places.SDK = str(SDK)
        archive = os.open(folder / "archive.pkit", os.O_RDONLY | os.O_CLOEXEC)
        config = machine.Config(str(folder / "kernel.elf"), archive)
        config.append = words
        one = machine.Machine(config)
        self.addCleanup(os.close, archive)
        self.addCleanup(one.stop)
        seen = {one.serial: b"", one.link: b""}
        left, limit = set(seen), time.monotonic() + seconds
        while left and time.monotonic() < limit:
            for end in select.select(list(left), [], [], 1)[0]:
                data = end.recv(65536)
                seen[end] += data
                if not data:
                    left.discard(end)
        self.assertFalse(left, "the machine did not end in time")
        status = one.wait()
        return status, seen[one.serial], protocol.FrameReader().feed(seen[one.link])
