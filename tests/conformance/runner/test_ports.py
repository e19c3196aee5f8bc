# SPDX-License-Identifier: MIT
"""`coconut port`: recipes and their page; wrong use. tests/conformance/ports builds and tests them."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from support import TOP, Case


class Port(Case):
    """Without a build."""

    def test_list_and_page(self):
        done = self.coconut("port", "--list")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        listed = [line.split() for line in done.stdout.splitlines()]
        recipes = {path.stem for path in (TOP / "tests/conformance/ports").glob("*.json")}
        self.assertEqual({row[0] for row in listed}, recipes)
        page = (TOP / "docs/ports.md").read_text()
        for name, version, _ in listed:
            self.assertIn(f"\n| {name} | {version} | ", page, "docs/ports.md is stale: ports/run.py --page")
        for name in recipes:
            recipe = json.loads((TOP / f"tests/conformance/ports/{name}.json").read_text())
            for test, reason in recipe.get("exclude", {}).items():
                self.assertRegex(page, rf"(?m)^\| {re.escape(name)} \| .*`{re.escape(test)}`.* \| {re.escape(reason)} \|$")

    def test_page_is_that_of_the_records(self):
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "ports.md"
            subprocess.run([sys.executable, "-B", TOP / "tests/conformance/ports/run.py", "--build", folder, "--page", made],
                           check=True)
            self.assertEqual(made.read_text(), (TOP / "docs/ports.md").read_text(), "docs/ports.md: ports/run.py --page")

    def test_refusals(self):
        for words, part in (([], "which port"), (["--whole", "zlib"], "--whole is for --test"),
                            (["--recipes", "nowhere", "zlib"], "--recipes nowhere: is no folder"),
                            (["--jobs", "0", "zlib"], "1 to 1024")):
            with self.subTest(words):
                done = self.coconut("port", *words)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assert_one_line(done.stderr, part)
        done = self.coconut("port", "nothing")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "")
        self.assert_one_line(done.stderr, "coconut: port: nothing: no port named 'nothing'; there are: ", "bzip2, ")
