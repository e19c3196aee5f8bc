# SPDX-License-Identifier: MIT
"""`coconut port` with a moved, read-only SDK: recipes of its own, a source from a mirror."""

import hashlib
import io
import json
import shutil
import tarfile
import unittest

import support
from support import Case

MAKEFILE = """
all: libtiny.a
libtiny.a: tiny.c
\t$(CC) -c tiny.c -o tiny.o
\t$(AR) rc libtiny.a tiny.o
check: tiny.c
\t$(CC) -DMAIN tiny.c -o check
install: libtiny.a
\tmkdir -p $(PREFIX)/lib
\tcp libtiny.a $(PREFIX)/lib
"""
SOURCE = """#include <stdio.h>
int tiny(void);
int tiny(void) { return 3; }
#ifdef MAIN
int main(void) { int c; while ((c = getchar()) != EOF) putchar(c); return tiny() - 3; }
#endif
"""


class Port(Case):
    """One library, made here."""

    def setUp(self):
        super().setUp()
        share = self.folder / "sdk" / "share" / "coconut"
        ports = share / "ports"
        for name in ("ports", "deps"):
            shutil.copytree(support.SDK / "share/coconut" / name, share / name)
        for path in (share / "ports", share / "deps", *share.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)
        (self.folder / "sdk" / "lib").symlink_to(support.SDK / "lib")
        for path in ports.glob("*.json"):
            path.unlink()
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w:gz") as archive:
            for name, text in (("Makefile", MAKEFILE), ("tiny.c", SOURCE)):
                head = tarfile.TarInfo(f"tiny-1/{name}")
                head.size = len(text)
                archive.addfile(head, io.BytesIO(text.encode()))
        mirror = self.folder / "mirror"
        mirror.mkdir()
        (mirror / "tiny_1.orig.tar.gz").write_bytes(data.getvalue())
        digest = hashlib.sha256(data.getvalue()).hexdigest()
        (share / "deps" / "deps.lock").write_text(
            f"source tiny 1 tiny bookworm tiny_1.orig.tar.gz {len(data.getvalue())} {digest}\n", encoding="utf-8")
        self.recipe = {"lock": "tiny", "system": "make", "targets": ["all", "check"], "minimum": 1,
                       "tests": [{"name": "copy", "run": ["check"], "input": "tiny.c", "output": "tiny.c"}]}
        self.run_py, self.recipe_file = ports / "run.py", ports / "tiny.json"

    def port(self, *words):
        """Run the recipe; returns the CompletedProcess."""
        self.recipe_file.write_text(json.dumps(self.recipe), encoding="utf-8")
        return self.run_any("python3", "-B", self.run_py, "--sdk", support.SDK, "--build", self.folder / "build", *words,
                            env={"COCONUT_MIRROR": str(self.folder / "mirror"), "COCONUT_CACHE": str(self.folder / "cache")})

    def test_port_install(self):
        """A library is built and installed into a prefix."""
        done = self.port("--install", self.folder / "prefix", "tiny")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue((self.folder / "prefix/lib/libtiny.a").is_file())

    def test_port_recipes_of_a_folder(self):
        """Recipes of a folder of the user's: with its lock file, with a source beside the recipe; what is wrong with them."""
        own = self.folder / "own"
        own.mkdir()
        lock = self.folder / "sdk/share/coconut/deps/deps.lock"
        (own / "deps.lock").write_text(lock.read_text(encoding="utf-8"), encoding="utf-8")
        lock.write_text("# nothing\n", encoding="utf-8")
        (own / "mine.json").write_text(json.dumps({**self.recipe, "lock": "tiny"}), encoding="utf-8")
        words = ("--recipes", own, "--install", self.folder / "prefix", "mine")
        done = self.port(*words)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue((self.folder / "prefix/lib/libtiny.a").is_file())
        for change, part in (({"source": "nothing", "version": "1"}, "own/nothing: is no folder"),
                             ({"source": "nothing"}, "key 'version' is missing")):
            (own / "mine.json").write_text(json.dumps({"minimum": 1, **change}), encoding="utf-8")
            done = self.port(*words)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, f"^coconut: port: mine: .*{part}.*\n$")
        done = self.port("--recipes", own / "nowhere", "--list")
        self.assertEqual(done.returncode, 2)
        self.assertIn("nowhere: is no folder", done.stderr)

    @unittest.skipUnless(shutil.which("qemu-system-x86_64"), "QEMU is not installed")
    def test_port_test(self):
        """The tests of a recipe run in the kernel; a wrong output fails."""
        done = self.port("tiny")
        self.assertEqual(done.stdout.splitlines(), ["ok - port.tiny.copy", "1 passed, 0 failed, 0 skipped"], done.stderr)
        self.recipe["tests"][0]["output"] = "Makefile"
        done = self.port("tiny")
        self.assertEqual(done.returncode, 1)
        self.assertIn("not ok - port.tiny.copy: its output is not Makefile", done.stdout)

    def test_port_refusals(self):
        """Unknown keys and systems, too few tests, a damaged source: one line that says where."""
        for change, part in (({"sytem": "make"}, "key 'sytem' is unknown"), ({"system": "scons"}, "no system 'scons'"),
                             ({"minimum": "1"}, "key 'minimum'"), ({"lock": "other"}, "could not be fetched"),
                             ({"targets": ["nothing"]}, "build failed with status 2")):
            with self.subTest(change):
                kept = dict(self.recipe)
                self.recipe.update(change)
                done = self.port("tiny")
                self.recipe = kept
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stdout, f"^not ok - port.tiny: .*{part}")
        (self.folder / "mirror/tiny_1.orig.tar.gz").write_bytes(b"damaged")
        shutil.rmtree(self.folder / "cache")
        shutil.rmtree(self.folder / "build")
        self.assertRegex(self.port("tiny").stdout, "could not be fetched")
