# SPDX-License-Identifier: MIT
"""`coconut size`: objects, libraries, differences, damaged files."""

import json
import random
import subprocess

from support import Case

SOURCE = "int table[{0}] = {{1}};\nint zeros[16];\nint main(void) {{ return table[0] + zeros[1]; }}\n"


class Size(Case):
    """Files of the host's compiler: the format is the same."""

    def compile(self, name, entries):
        """Return the object file of a program with a table of that many entries."""
        source = self.work / f"{name}.c"
        source.write_text(SOURCE.format(entries))
        subprocess.run(["clang-19", "-c", "-g", source, "-o", self.work / f"{name}.o"], check=True)
        return f"{name}.o"

    def test_object(self):
        self.compile("one", 100)
        found = json.loads(self.coconut("size", "--json", "one.o").stdout)
        self.assertEqual(found["file"], "one.o")
        self.assertEqual(found["classes"]["data"], 400)
        self.assertEqual(found["classes"]["bss"], 64)
        self.assertEqual(found["sections"][".data"], 400)
        self.assertIn({"name": "table", "section": ".data", "size": 400}, found["symbols"])
        text = self.coconut("size", "--symbols", "1", "one.o").stdout
        self.assertIn("the largest 1 of 3", text)
        self.assertRegex(text, r"\n +400  table  \.data\n$")

    def test_library_is_the_sum(self):
        self.compile("one", 100)
        self.compile("a-member-with-a-name-that-is-long", 10)
        subprocess.run(["llvm-ar-19", "rc", "lib.a", "one.o", "a-member-with-a-name-that-is-long.o"],
                       cwd=self.work, check=True)
        found = json.loads(self.coconut("size", "--json", "lib.a").stdout)
        self.assertEqual(found["sections"][".data"], 440)

    def test_difference(self):
        self.compile("one", 100)
        self.compile("two", 90)
        found = json.loads(self.coconut("size", "--json", "one.o", "two.o").stdout)
        self.assertEqual((found["old"], found["new"]), ("one.o", "two.o"))
        self.assertEqual(found["classes"]["data"], -40)
        self.assertEqual(found["symbols"], [{"name": "table", "section": ".data", "size": -40}])
        self.assertIn("-40  data", self.coconut("size", "one.o", "two.o").stdout)
        same = json.loads(self.coconut("size", "--json", "one.o", "one.o").stdout)
        self.assertEqual((same["classes"], same["sections"], same["symbols"]), ({}, {}, []))

    def refused(self, name, status, part):
        """The command refuses a file in one line."""
        done = self.coconut("size", name)
        self.assertEqual((done.returncode, done.stdout), (status, ""))
        self.assert_one_line(done.stderr, part)

    def test_refusals(self):
        (self.work / "text").write_text("hello")
        (self.work / "cut.a").write_bytes(b"!<arch>\nx" + b" " * 47 + b"100       `\n")
        (self.work / "odd.a").write_bytes(b"!<arch>\n" + b"/\xc2\xb2".ljust(48) + b"0         `\n")
        self.refused("text", 1, "text: is not an ELF file")
        self.refused("odd.a", 1, "odd.a: bad archive")
        self.refused("nothing", 1, "nothing: No such file")
        self.refused(".", 1, "Is a directory")
        self.refused("cut.a", 1, "cut off")
        done = self.coconut("size")
        self.assertEqual(done.returncode, 2)
        self.assert_one_line(done.stderr, "one file, or two")

    def test_damaged_files(self):
        whole = (self.work / self.compile("one", 4)).read_bytes()
        from coconut_cli import size
        from coconut_cli.fault import Fault
        chance, refused = random.Random(1), 0
        for _ in range(400):
            data = bytearray(whole[:chance.randrange(1, len(whole) + 1)])
            for _ in range(chance.randrange(1, 8)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            path = self.work / "damaged.o"
            path.write_bytes(data)
            try:
                size.measure(str(path))
            except Fault:
                refused += 1
        self.assertGreater(refused, 200)
