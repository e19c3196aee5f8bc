# SPDX-License-Identifier: MIT
"""Markdown, rendered by cmark-gfm, and what the site and the tests have to know of it: headings, links, blocks."""

import html
import re
import subprocess
from html.parser import HTMLParser

from coconut_cli import places
from coconut_cli.fault import Fault

PROGRAM = "cmark-gfm"
VOID = frozenset(("br", "hr", "img", "input"))
#: Elements that Markdown makes; any other one, as in `test<int>`, was meant as text and is shown as such.
KNOWN = frozenset("a blockquote br code del em h1 h2 h3 h4 h5 h6 hr img input li ol p pre strong table tbody td th thead "
                  "tr ul".split())


class Block:
    """One block of code. kind: the first word behind the fence, '' without; note: the words behind it; fenced: False
    if it is marked by indentation only; setup: True for what a comment `<!-- test: ... -->` holds."""

    def __init__(self, line, kind, note, fenced, setup=False):
        self.line, self.kind, self.note, self.fenced, self.setup, self.text = line, kind, note, fenced, setup, ""


class Page:
    """A document. path: relative to the top of the tree; headings: (level, anchor, text); links: (line, target)."""

    def __init__(self, path):
        self.path, self.body, self.title = path, "", path
        self.headings, self.links, self.blocks, self.codes = [], [], [], []


def anchor(text, taken):
    """Return the anchor of a heading as forges make it; taken: those that the page has already."""
    plain = re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-")
    name, number = plain, 0
    while name in taken:
        number += 1
        name = f"{plain}-{number}"
    return name


class _Reader(HTMLParser):
    """Goes through what cmark-gfm wrote; fills a Page."""

    def __init__(self, page, rewrite):
        super().__init__(convert_charrefs=True)
        self._page, self._rewrite = page, rewrite
        self._out, self._line, self._head, self._block, self._code = [], 1, None, None, None

    def _where(self, attributes):
        if position := attributes.pop("data-sourcepos", None):
            self._line = int(position.partition(":")[0])

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self._where(attributes)
        if tag not in KNOWN:
            self.handle_data(self.get_starttag_text())
            return
        if tag == "a":
            target = attributes.get("href", "")
            self._page.links.append((self._line, target))
            attributes["href"] = self._rewrite(target)
        elif tag == "pre":
            self._block = Block(self._line, "", "", False)
        elif tag == "code" and self._block is not None:
            self._block.kind = attributes.pop("class", "").removeprefix("language-")
            self._block.note = attributes.pop("data-meta", "")
        elif tag == "code":
            self._code = ""
        elif re.fullmatch("h[1-6]", tag):
            self._head = (len(self._out), int(tag[1]), [])
        text = "".join(f' {name}="{html.escape(value or "")}"' for name, value in attributes.items())
        self._out.append(f"<{tag}{text}>")

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if tag not in KNOWN:
            self.handle_data(f"</{tag}>")
            return
        if tag == "pre":
            self._page.blocks.append(self._block)
            self._block = None
        elif tag == "code" and self._code is not None:
            self._page.codes.append((self._line, self._code))
            self._code = None
        elif self._head is not None and tag == f"h{self._head[1]}":
            self._end_head()
        self._out.append(f"</{tag}>")

    def _end_head(self):
        place, level, parts = self._head
        text = "".join(parts)
        name = anchor(text, {known for _, known, _ in self._page.headings})
        self._page.headings.append((level, name, text))
        self._out[place] = f'<h{level} id="{html.escape(name)}">'
        self._head = None

    def handle_data(self, data):
        if self._block is not None:
            self._block.text += data
        if self._code is not None:
            self._code += data
        if self._head is not None:
            self._head[2].append(data)
        self._out.append(html.escape(data, quote=False))

    def handle_comment(self, data):
        if data.strip().startswith("test:"):
            block = Block(self._line, "sh", "", True, setup=True)
            block.text = data.strip().removeprefix("test:").strip() + "\n"
            self._page.blocks.append(block)

    def finish(self):
        """Return the rewritten HTML."""
        self.close()
        return "".join(self._out)


def _fences(text):
    """The lines at which fenced blocks begin."""
    found, fence = set(), None
    for number, line in enumerate(text.split("\n"), 1):
        marks = re.match(r" *(`{3,}|~{3,})(.*)", line)
        if marks and fence is None:
            found.add(number)
            fence = marks.group(1)
        elif marks and marks.group(1).startswith(fence) and not marks.group(2).strip():
            fence = None
    return found


def render(path, text, rewrite):
    """Return the Page of Markdown `text`; rewrite(target) gives the target of a link on the site."""
    if places.find_program(PROGRAM) is None:
        raise Fault(f"{PROGRAM} was not found; install it with 'coconut setup'")
    done = subprocess.run([PROGRAM, "--unsafe", "--sourcepos", "--full-info-string", "-e", "table", "-e", "strikethrough"],
                          input=text.encode(), capture_output=True, check=False)
    if done.returncode != 0:
        raise Fault(f"{PROGRAM} failed for {path}: {done.stderr.decode(errors='replace').strip()}")
    page = Page(path)
    reader = _Reader(page, rewrite)
    reader.feed(done.stdout.decode())
    page.body = reader.finish()
    starts = _fences(text)
    for block in page.blocks:
        block.fenced = block.setup or block.line in starts
    if page.headings:
        page.title = page.headings[0][2]
    return page
