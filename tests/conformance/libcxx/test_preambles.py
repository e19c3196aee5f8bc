# SPDX-License-Identifier: MIT
"""What tests begin with, and which of them share it."""

import tempfile
import unittest
from pathlib import Path

import preambles


class Includes(unittest.TestCase):
    """includes()."""

    def read(self, text):
        """The headers of a text; only shared.h is the same for all."""
        return preambles.includes(text, lambda name: name == "shared.h")

    def test_beginning(self):
        """Comments and empty lines do not end it; the first other line does."""
        self.assertEqual(self.read("// text\n\n#include <vector> // std::vector\n # include \"shared.h\"\nint a;\n"
                                   "#include <map>\n"), ("<vector>", '"shared.h"'))
        for first in ("#define A", "/* text */", "#if X", "// joined \\", "#include NAME", "int a;", '#include "own.h"'):
            self.assertEqual(self.read(f"{first}\n#include <map>\n"), (), first)


class Plan(unittest.TestCase):
    """plan()."""

    def test_longest(self):
        """Each test has the longest beginning that enough share; alone is none."""
        wanted = {f"long{n}": ("how", ("a", "b", f"{n}")) for n in range(preambles.LEAST)}
        wanted |= {f"short{n}": ("how", ("a",)) for n in range(preambles.LEAST)}
        wanted |= {"lonely": ("how", ("a", "c")), "other": ("other", ("a", "b")), "none": ("how", ())}
        chosen = preambles.plan(wanted)
        self.assertEqual(chosen["long0"], ("how", ("a", "b")))
        self.assertEqual((chosen["short0"], chosen["lonely"]), (("how", ("a",)),) * 2)
        self.assertNotIn("other", chosen)
        self.assertNotIn("none", chosen)

    def test_enough(self):
        """A beginning whose users have gone to longer ones is not made for the few that stay."""
        wanted = {f"long{n}": ("how", ("a", "b")) for n in range(preambles.LEAST)} | {"short": ("how", ("a",))}
        self.assertEqual(set(preambles.plan(wanted)), {f"long{n}" for n in range(preambles.LEAST)})


class Made(unittest.TestCase):
    """Preambles: made once, removed with the last user."""

    def use(self, works):
        """Take and leave one for two tests; returns what was built, taken, and left over."""
        with tempfile.TemporaryDirectory() as name:
            built = []

            def build(header, output, test):
                output.write_text(header.read_text(encoding="utf-8"), encoding="utf-8")
                built.append(test)
                return works
            key = ("how", ("<a>",))
            shared = preambles.Preambles(Path(name), {"x": key, "y": key}, build)
            taken = [shared.take("x"), shared.take("y"), shared.take("z")]
            content = taken[0].read_text(encoding="utf-8") if taken[0] else None
            for test in ("x", "y", "z"):
                shared.leave(test)
            return built, taken, content, [path for path in Path(name).iterdir() if path.suffix == ".pch"]

    def test_shared(self):
        """The second user gets the first one's; nothing stays."""
        built, taken, content, left = self.use(True)
        self.assertEqual((built, taken[0], taken[2], left), (["x"], taken[1], None, []))
        self.assertEqual(content, preambles.FIRST + "#include <a>\n")

    def test_refused(self):
        """One that cannot be made is tried once and not used."""
        self.assertEqual(self.use(False), (["x"], [None, None, None], None, []))


if __name__ == "__main__":
    unittest.main()
