# SPDX-License-Identifier: MIT
"""The documents, read offline: every link leads to a file that is there and, where it names one, to a heading."""

import re
import unittest

from support import TOP, Case

from coconut_cli import completion, main

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^()\s]+)\)")


def anchors(path):
    """The anchors of a document's headings."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def documents():
    """All documents of the tree, those of templates left out."""
    return [path for folder in ("docs", "kernel", "libc-port", "samples", "sdk", "services", "sysroot", "tests", "toolchain")
            for path in sorted((TOP / folder).rglob("*.md"))] + [TOP / "README.md"]


class Links(unittest.TestCase):
    """Nothing is fetched."""

    def test_links(self):
        wrong, count = [], 0
        for path in documents():
            for target in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.S)):
                if "://" in target or target.startswith("mailto:"):
                    continue
                count += 1
                file, _, anchor = target.partition("#")
                place = (path.parent / file).resolve() if file else path
                if not place.exists() or (anchor and place.suffix == ".md" and anchor not in anchors(place)):
                    wrong.append(f"{path.relative_to(TOP)}: {target}")
        self.assertGreater(count, 100)
        self.assertEqual(wrong, [])


class Commands(Case):
    """Commands in the documents exist, with the options that are shown."""

    def test_commands(self):
        known = {name: {option.name for option in command.options} for name, command in completion.tables().items()}
        known["help"] = set()
        wrong, count = [], 0
        for path in documents():
            for line in re.findall(r"^ {4}(?:PATH=\S+ )?(?:\./|SDK/bin/)?coconut (.+)$", path.read_text(encoding="utf-8"),
                                   re.MULTILINE):
                words, count = line.split("#")[0].split(), count + 1
                options = {word.partition("=")[0] for word in words[1:] if word.startswith("--") and len(word) > 2}
                if words[0] in ("run", "trace", "debug"):  # what stands behind the program is the program's
                    options &= known.get(words[0], set())
                if words[0] not in known or not options <= known[words[0]] | {"--help"}:
                    wrong.append(f"{path.relative_to(TOP)}: coconut {line}")
        self.assertGreater(count, 30)
        self.assertEqual(wrong, [])
        self.assertIn("run", main.COMMANDS)
