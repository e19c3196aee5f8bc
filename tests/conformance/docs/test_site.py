# SPDX-License-Identifier: MIT
"""The documentation: `coconut docs` makes a site in which every link leads somewhere; what is wrong is told."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

TOP = Path(__file__).resolve().parents[3]
COCONUT = TOP / "coconut"
sys.path.insert(0, str(TOP / "sdk" / "tools"))

from coconut_cli import completion, main  # noqa: E402
from coconut_docs import blocks, markdown, site, sources  # noqa: E402

VOID = {"meta", "link", "br", "hr", "img", "input"}
#: Where gdb gets commands of the same first word.
GDB = TOP / "sdk" / "gdb" / "coconut.py"
#: What a page loads from, as opposed to what it links to.
LOADING = {"link": "href", "script": "src", "img": "src", "iframe": "src"}
#: Documents all of whose blocks say what they hold.
MARKED = ["README.md", "docs/getting-started.md", "docs/services.md", "docs/interfaces.md",
          *(f"docs/guides/{name}.md" for name in ("add-a-syscall", "cxx", "debug", "host-ports", "port-a-library",
                                                  "toolchain", "write-a-service"))]
#: What the site is for: each is one click from the first page.
WANTED = ("docs/getting-started", "docs/guides/write-a-service", "docs/guides/port-a-library", "docs/guides/debug",
          "docs/guides/add-a-syscall", "docs/architecture/tour", "docs/security-model", "docs/architecture/threat-model", "docs/posix",
          "libc-port/ledger", "docs/abi/index", "docs/abi/calls/read", "man/coconut-run", "man/coconut", "docs/target",
          "README")


class Checked(HTMLParser):
    """One page: its anchors, what it leads to and loads, and elements that are not closed in order."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links, self.loads, self.open, self.wrong = set(), [], [], [], []
        self.feed(text)
        self.close()
        self.wrong += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "id" in attributes:
            if attributes["id"] in self.anchors:
                self.wrong.append(f"two elements have the id {attributes['id']}")
            self.anchors.add(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])
        if tag in LOADING:
            self.loads.append(attributes.get(LOADING[tag], ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()} closes nothing")


def docs(*words):
    """Run coconut docs."""
    return subprocess.run([COCONUT, "docs", *words], capture_output=True, text=True, timeout=900, check=False)


class Site(unittest.TestCase):
    """The site of the tree."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="coconut-docs-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(os.path.realpath(folder.name)) / "site"
        done = docs("--output", cls.folder)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.pages = {path: Checked(path.read_text(encoding="utf-8")) for path in cls.folder.rglob("*.html")}

    def test_links(self):
        wrong, count = [], 0
        for path, page in self.pages.items():
            for target in page.links + page.loads:
                if target.startswith(("https://", "http://", "mailto:")) and target not in page.loads:
                    continue
                count += 1
                file, _, anchor = target.partition("#")
                place = Path(os.path.normpath(path.parent / unquote(file))) if file else path
                if not place.is_file() or not place.is_relative_to(self.folder):
                    wrong.append(f"{path.relative_to(self.folder)}: {target}")
                elif anchor and unquote(anchor) not in self.pages[place].anchors:
                    wrong.append(f"{path.relative_to(self.folder)}: {target}: no such place")
        self.assertGreater(count, 5000)
        self.assertEqual(wrong, [])

    def test_well_formed(self):
        self.assertEqual({str(path): page.wrong for path, page in self.pages.items() if page.wrong}, {})

    def test_complete(self):
        home = self.pages[self.folder / "index.html"]
        for name in WANTED:
            self.assertIn(f"{name}.html", home.links, name)
        for name in main.COMMANDS:
            self.assertTrue((self.folder / "man" / f"coconut-{name}.html").is_file(), name)
        calls = len(list((TOP / "docs" / "abi" / "calls").glob("*.md")))
        self.assertEqual(len(list((self.folder / "docs" / "abi" / "calls").glob("*.html"))), calls)

    def test_every_page_is_reached(self):
        seen, left = set(), [self.folder / "index.html"]
        while left:
            path = left.pop()
            if path in seen or path not in self.pages:
                continue
            seen.add(path)
            left += [Path(os.path.normpath(path.parent / unquote(link.partition("#")[0])))
                     for link in self.pages[path].links if "://" not in link and not link.startswith("#")]
        self.assertEqual(set(self.pages) - seen, set())

    def test_the_same_again(self):
        before = {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        self.assertEqual(docs("--output", self.folder).returncode, 0)
        self.assertEqual(before, {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()})

    def test_index_has_headings_and_calls(self):
        text = (self.folder / "terms.html").read_text(encoding="utf-8")
        for target in ("docs/guides/write-a-service.html#2-", "docs/abi/calls/mmap.html", "man/coconut-trace.html"):
            self.assertIn(target, text)

    def test_no_path_of_this_machine(self):
        for path in self.pages:
            self.assertNotIn(str(TOP).encode(), path.read_bytes(), path)


class Refusals(unittest.TestCase):
    """What is wrong is told in a line, and nothing is written."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="coconut-docs-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(os.path.realpath(folder.name))

    def _faults(self, text, **others):
        return site.Site({"docs/x.md": text, **others}).faults

    def test_dead_links(self):
        self.assertEqual(self._faults("# X\n\n[a](gone.md)\n"), ["docs/x.md:3: the link to gone.md leads nowhere"])
        self.assertEqual(self._faults("# X\n\n[a](#y) [b](#x)\n"), ["docs/x.md:3: docs/x.md has no heading 'y'"])
        self.assertEqual(self._faults("# X\n\n[a](../../../etc/passwd)\n"),
                         ["docs/x.md:3: the link to ../../../etc/passwd leads nowhere"])
        self.assertEqual(self._faults("# X\n\n`[a](gone.md)` [c](y.md#why-not)\n", **{"docs/y.md": "# Y\n\n## Why not?\n"}), [])

    def test_marks_of_commands(self):
        self.assertEqual(self._faults("```sh sometimes\nls\n```\n"),
                         ["docs/x.md:1: 'sh sometimes' is none of: sh, sh slow, sh tree, sh untested: REASON"])
        self.assertEqual(len(self._faults("```sh untested:\nls\n```\n")), 1)
        self.assertEqual(self._faults("```sh untested: needs a moon\nls\n```\n"), [])
        page = markdown.render("x", "    ls\n\n```\nls\n```\n\n```text\n```\n", str)
        self.assertEqual(blocks.loose(page), [1, 3])

    def test_text_that_looks_like_html(self):
        page = markdown.render("x", "case test<unsigned>.one </b>\n", str)
        self.assertIn("test&lt;unsigned&gt;.one &lt;/b&gt;", page.body)

    def test_output(self):
        (self.folder / "mine").write_text("mine")
        done = docs("--output", self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("holds something else than documentation", done.stderr)
        self.assertEqual(os.listdir(self.folder), ["mine"])
        done = docs("--output", self.folder / "mine" / "site")
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done.stderr)
        self.assertEqual(docs("word").returncode, 2)


class Commands(unittest.TestCase):
    """Commands in the documents say how they are tested, and exist with the options that are shown."""

    @classmethod
    def setUpClass(cls):
        cls.pages = site.Site(sources.texts()).pages

    def test_marked(self):
        loose = {path: blocks.loose(self.pages[path]) for path in MARKED}
        self.assertEqual({path: lines for path, lines in loose.items() if lines}, {})

    def _lines(self):
        for path, page in self.pages.items():
            for block in page.blocks:
                if blocks.is_commands(block) or not block.fenced:
                    yield from ((path, line) for line in block.text.replace("\\\n", " ").splitlines())
            yield from ((path, code) for _, code in page.codes)

    def test_options(self):
        known = {name: {option.name for option in command.options} for name, command in completion.tables().items()}
        known.update({name: set() for name in ("help", "COMMAND", *re.findall(r'"coconut (\w+)"', GDB.read_text()))})
        wrong, count = [], 0
        for path, line in self._lines():
            found = re.match(r"(?:[A-Z]+=\S+ |\$ )*(?:\./|SDK/bin/)?coconut ([\w-]+)(.*)", line)
            if path.startswith("man/") or found is None:
                continue
            name, words, count = found.group(1), found.group(2).split("#")[0].split(), count + 1
            options = {word.partition("=")[0] for word in words if re.match("--[a-z]", word)}
            if name in ("run", "trace", "debug"):  # what stands behind the program is the program's
                options &= known[name]
            if name not in known or not options <= known[name] | {"--help"}:
                wrong.append(f"{path}: {line}")
        self.assertGreater(count, 100)
        self.assertEqual(wrong, [])
