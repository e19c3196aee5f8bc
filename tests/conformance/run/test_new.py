# SPDX-License-Identifier: MIT
"""What `coconut new` makes, with a moved copy of the installed SDK: it builds, and its tests pass."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from test_kernel import SDK

LIMIT = 900


class Projects(unittest.TestCase):
    """One project of each template."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut new ")
        cls.addClassCleanup(folder.cleanup)
        cls.place = Path(os.path.realpath(folder.name))
        cls.sdk = cls.place / "an sdk"
        shutil.copytree(SDK, cls.sdk, symlinks=True)

    def coconut(self, *words, cwd=None, env=None):
        """Run the copy's command."""
        return subprocess.run([self.sdk / "bin" / "coconut", *words], cwd=cwd or self.place, text=True,
                              capture_output=True, timeout=LIMIT, check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, **(env or {})})

    def good(self, *words, cwd=None):
        """Run a command that must succeed; return its output."""
        done = self.coconut(*words, cwd=cwd)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_all(self):
        listed = self.good("new", "--list").splitlines()
        for template in (line.split()[0] for line in listed if line.split()[0] != "port"):
            with self.subTest(template):
                name = f"my-{template}"
                self.good("new", template, name)
                self.good("build", name)
                text = self.good("test", cwd=self.place / name)
                self.assertIn("100% tests passed", text)
                image = self.place / name / "build" / f"{name}-image"
                if image.is_dir():
                    measured = json.loads((image / "measurements.json").read_text())
                    size = next(one["size"] for one in measured["files"] if one["name"] == f"/bin/{name}")
                    self.assertEqual(size, (self.place / name / "build" / f"{name}.stripped").stat().st_size)

    def test_broken_and_mended(self):
        """A project that cannot be configured at first."""
        self.good("new", "test", "mended")
        lists = self.place / "mended" / "CMakeLists.txt"
        text = lists.read_text()
        lists.write_text(f"{text}\nmessage(FATAL_ERROR \"not yet\")\n")
        for _ in range(2):
            done = self.coconut("build", "mended")
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertIn("not yet", done.stderr)
            self.assertIn("coconut: configuring failed", done.stderr)
        lists.write_text(text)
        self.good("build", "mended")
        self.assertIn("100% tests passed", self.good("test", "mended"))

    def test_builds_at_once(self):
        """Two that wait for a third, which is this test; and then for each other."""
        self.good("new", "test", "twice")
        words = [self.sdk / "bin" / "coconut", "build", "twice"]
        (self.place / "twice" / "build").mkdir()
        with open(self.place / "twice" / "build" / ".coconut-lock", "wb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            both = [subprocess.Popen(words, cwd=self.place, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT) for _ in range(2)]
            said = [one.stdout.readline() for one in both]
        texts = [one.communicate(timeout=LIMIT)[0] for one in both]
        self.assertEqual(said, 2 * ["coconut: another build is under way here; waiting for it\n"], texts)
        self.assertEqual([one.returncode for one in both], [0, 0], texts)

    def test_build_that_writes_into_its_folder(self):
        """A step of a build is a command of the SDK whose files go where the build's are."""
        self.good("new", "c-service", "writes")
        lists = self.place / "writes" / "CMakeLists.txt"
        command = f'"{self.sdk / "bin" / "coconut"}" interface compile --output "${{CMAKE_BINARY_DIR}}"'
        lists.write_text(f"{lists.read_text()}\nadd_custom_target(description ALL COMMAND {command} "
                         '"${CMAKE_SOURCE_DIR}/writes.interface.json" VERBATIM)\n')
        self.good("build", "writes")
        self.assertTrue(list((self.place / "writes" / "build").glob("writes*_server.c")))

    def test_image_that_does_not_end_well(self):
        """What is expected was printed, but the machine goes on."""
        self.good("new", "c-service", "endless")
        place = self.place / "endless"
        client = place / "endless-client.c"
        text = client.read_text()
        said = re.search(r'(?s)[^;{}]*"all answers are right[^;]*;', text)[0]
        client.write_text(text.replace(said, f"{said}\n    fflush(stdout);\n    for (;;) {{\n    }}\n"))
        lists = place / "CMakeLists.txt"
        lists.write_text(lists.read_text().replace("    EXPECT ", "    TIMEOUT 40 EXPECT ", 1))
        self.good("build", "endless")
        done = self.coconut("test", "endless")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("all answers are right", done.stdout)
        self.assertIn("time limit of 40 s reached", done.stdout)
        self.assertIn("endless-answers (Failed)", done.stdout)

    def test_port(self):
        """The recipe's own library, what it installs, and a test of it that fails."""
        self.assertIn("next: cd adler && coconut port --recipes . --test adler\n", self.good("new", "port", "adler"))
        place = self.place / "adler"
        text = self.good("port", "--recipes", ".", "--test", "adler", cwd=place)
        self.assertEqual(text.splitlines(), ["ok - port.adler.known-value", "ok - port.adler.any-split",
                                             "2 passed, 0 failed, 0 skipped"])
        self.good("port", "--recipes", ".", "--prefix", "prefix", "adler", cwd=place)
        self.assertTrue((place / "prefix/lib/libadler.a").is_file())
        self.assertTrue((place / "prefix/include/adler.h").is_file())
        self.assertRegex(self.good("port", "--recipes", ".", "--list", cwd=place), r"(?m)^adler +0\.1 +cmake$")
        source = place / "source" / "adler.c"
        source.write_text(source.read_text().replace("high << 16", "high << 15"))
        done = self.coconut("port", "--recipes", ".", "--test", "adler", cwd=place)
        self.assertEqual(done.returncode, 1)
        self.assertIn("not ok - port.adler.known-value: ", done.stdout)

    def test_preset_and_failing_test(self):
        self.good("new", "test", "broken")
        source = self.place / "broken" / "broken.c"
        source.write_text(source.read_text().replace("!blank && !inside", "!blank && inside"))
        env = {"COCONUT_SDK": str(self.sdk)}
        for words in (["cmake", "--preset", "coconut"], ["cmake", "--build", "--preset", "coconut"]):
            done = subprocess.run(words, cwd=self.place / "broken", env={**os.environ, **env}, text=True,
                                  capture_output=True, timeout=LIMIT, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = self.coconut("test", "broken")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("not ok - counts-words", done.stdout)
        self.assertIn("coconut: the test failed", done.stderr)
