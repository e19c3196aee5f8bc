# SPDX-License-Identifier: MIT
"""`coconut run` of an image: a folder that `coconut image` made, or its recipe."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from imagecase import ImageCase
from test_kernel import COCONUT, LIMIT

SOURCE = Path(__file__).parent / "speaks.c"
MANIFEST = {"manifest": 1, "name": "speaks", "executable": "/bin/speaks", "critical": True, "restart": {"rule": "never"},
            "budgets": {"memory": "16M", "threads": 1, "handles": 8},
            "calls": {"classes": ["CORE", "MEMORY", "SIGNAL", "THREAD", "PROCESS"],
                      "names": ["query", "write", "log_write", "file_stat", "terminal_info", "handle_info"],
                      "except": ["exec", "process_spawn", "process_fork"]}}


class RunImage(ImageCase):
    """One service, which says a line and ends, and with it the machine."""

    sources = {"speaks": [SOURCE]}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.build(cls(), "made", [MANIFEST])

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(dir=self.place)
        self.addCleanup(temporary.cleanup)
        self.temporary = Path(temporary.name)

    def start(self, *words):
        """Run; returns (status, standard output, standard error). Nothing is left behind."""
        done = subprocess.run([COCONUT, "run", *words], capture_output=True, text=True, timeout=LIMIT, check=False,
                              cwd=self.place, stdin=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(self.temporary)})
        if done.returncode == 0:
            self.assertEqual(list(self.temporary.iterdir()), [])
        return done.returncode, done.stdout, done.stderr

    def refused(self, status, part, *words):
        """A run ends with a line and a status."""
        got, _, errors = self.start(*words)
        self.assertEqual(got, status, errors)
        self.assertEqual((errors.count("\n"), errors[:9]), (1, "coconut: "), errors)
        self.assertIn(part, errors)

    def test_folder_and_recipe(self):
        for words in (["made"], [self.folder], ["recipe.json"], ["--cpus", "2", "--mem", "128M", "./recipe.json"]):
            with self.subTest(words):
                status, out, errors = self.start("--timeout", str(LIMIT), *words)
                self.assertEqual((status, errors), (0, ""), out)
                self.assertIn("[speaks] said from an image\n", out)

    def test_log_in_a_file(self):
        status, out, errors = self.start("--timeout", str(LIMIT), "--kernel-log", self.temporary / ".." / "log", "made")
        self.assertEqual((status, out, errors), (0, "", ""))
        self.assertIn("[speaks] said from an image\n", (self.temporary / ".." / "log").read_text())

    def test_wrong_use(self):
        self.refused(2, "takes no arguments", "made", "surplus")
        self.refused(2, "takes no arguments", "recipe.json", "surplus")
        self.refused(125, "none.json", "none.json")
        for words in (["--dir", "made:/made"], ["--env", "A=1"], ["--cwd", "made"], ["--no-cwd"], ["--init", "made"],
                      ["--backtrace"], ["--trace", "-"], ["--no-terminal"], ["--timing"]):
            with self.subTest(words):
                self.refused(2, f"{words[0]}: is for a program; made is an image", *words, "made")
        done = subprocess.run([COCONUT, "trace", "--json", "--output", self.temporary / "trace", "made"], cwd=self.place,
                              capture_output=True, text=True, timeout=LIMIT, check=False)
        self.assertEqual((done.returncode, done.stdout, (self.temporary / "trace").exists()), (2, "", False))
        self.assertRegex(done.stderr, r"^coconut: made: is an image; .*coconut boot --append trace=syscalls.*\n$")
        (self.place / "empty").mkdir(exist_ok=True)
        self.refused(126, "empty", "./empty")

    def test_bad_recipe(self):
        recipe = json.loads((self.place / "recipe.json").read_text())
        recipe["fs"]["modules"]["speaks"]["output_file"] = "gone"
        (self.place / "bad.json").write_text(json.dumps(recipe, indent=1))
        self.refused(1, ": no-file: ", "bad.json")
        (self.place / "bad.json").write_text("{")
        self.refused(1, "bad.json:1: ", "bad.json")
        self.assertEqual(list(self.temporary.iterdir()), [])

    def test_damaged_image(self):
        bad = self.place / "damaged"
        shutil.copytree(self.folder, bad, dirs_exist_ok=True)
        (bad / "archive.pkit").write_bytes(b"PKIT" + bytes(100))
        status, out, _ = self.start("--timeout", str(LIMIT), "damaged")
        self.assertEqual(status, 1, out)
        self.assertIn("archive", out)
        (bad / "kernel.elf").unlink()
        self.refused(125, "kernel.elf", "damaged")

    def test_time_limit(self):
        status, _, errors = self.start("--timeout", "0.05", "made")
        self.assertEqual((status, errors), (124, "coconut: time limit of 0.05 s reached\n"))
