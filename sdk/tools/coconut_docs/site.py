# SPDX-License-Identifier: MIT
"""The site: plain HTML pages with navigation, an index of all headings, every link checked."""

import html
import os
import posixpath

from coconut_cli import places, version
from coconut_docs import blocks, markdown, sources
from coconut_docs.style import STYLE

#: Pages that no document stands behind.
HOME, INDEX, COMMANDS = "index.html", "terms.html", "commands.html"
#: Sections of which the navigation shows the first few pages only; the first leads to the others.
SHORT = {"System calls": 1}


class Site:
    """All pages. files: {path on the site: bytes}; faults: lines about what is wrong, with file and line."""

    def __init__(self, texts):
        self.files, self.faults, self.pages = {}, [], {}
        self._texts = texts
        for path, text in texts.items():
            self.pages[path] = markdown.render(path, text, lambda target, path=path: self._rewrite(path, target))
        self.sections = sources.sections(texts)
        for page in self.pages.values():
            self._check(page)

    def _resolve(self, path, target):
        """Return (path of the file that a link of a document leads to, anchor)."""
        file, _, name = target.partition("#")
        return posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path, name

    def _rewrite(self, path, target):
        if "://" in target or target.startswith("mailto:"):
            return target
        file, name = self._resolve(path, target)
        if file not in self._texts and f"{file}/README.md" in self._texts:
            file += "/README.md"
        if file in self._texts:
            file = sources.place(file)
        return os.path.relpath(file, posixpath.dirname(path) or ".") + (f"#{name}" if name else "")

    def _check(self, page):
        self.faults += [f"{page.path}:{line}: {text}" for line, text in blocks.faults(page)]
        for line, target in page.links:
            if "://" in target or target.startswith("mailto:"):
                continue
            file, name = self._resolve(page.path, target)
            known = self.pages.get(file) or self.pages.get(f"{file}/README.md")
            if known is None and os.path.isfile(os.path.join(places.SOURCE, file)) and not file.startswith(".."):
                self._attach(file)
            elif known is None:
                self.faults.append(f"{page.path}:{line}: the link to {target} leads nowhere")
            elif name and name not in {head for _, head, _ in known.headings}:
                self.faults.append(f"{page.path}:{line}: {file} has no heading '{name}'")

    def _attach(self, file):
        """A file of the tree that is no document goes along as it is."""
        with open(os.path.join(places.SOURCE, file), "rb") as stream:
            self.files[file] = stream.read()

    def _link(self, here, place, text, extra=""):
        target = os.path.relpath(place, posixpath.dirname(here) or ".")
        return f'<a href="{html.escape(target)}"{extra}>{html.escape(text)}</a>'

    def _navigation(self, here):
        parts = [f'<p class="home">{self._link(here, HOME, "COCONUT " + version.VERSION)}</p>',
                 f'<p>{self._link(here, INDEX, "Index")} · {self._link(here, COMMANDS, "Commands shown")}</p>']
        for name, paths in self.sections:
            shown = paths[:SHORT.get(name, len(paths))]
            inside = here in map(sources.place, paths)
            items = "".join("<li>" + self._link(here, sources.place(path), self._name(path),
                                                ' aria-current="page"' if sources.place(path) == here else "") + "</li>"
                            for path in shown)
            parts.append(f'<details{" open" if inside or name in ("Start", "Guides") else ""}><summary>{html.escape(name)}'
                         f"</summary><ul>{items}</ul></details>")
        return "\n".join(parts)

    def _name(self, path):
        title = self.pages[path].title
        return title.removeprefix("coconut ") if path.startswith("man/") else title

    def _frame(self, here, title, body, headings=()):
        top = os.path.relpath(".", posixpath.dirname(here) or ".")
        inner = [(name, text) for level, name, text in headings if level == 2]
        contents = ""
        if len(inner) > 2:
            items = "".join(f'<li><a href="#{html.escape(name)}">{html.escape(text)}</a></li>' for name, text in inner)
            contents = f'<nav class="contents" aria-label="On this page"><ul>{items}</ul></nav>\n'
        page = (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
                f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{html.escape(title)}</title>\n'
                f'<link rel="stylesheet" href="{top}/style.css">\n</head>\n<body>\n<nav class="site" aria-label="Site">\n'
                f"{self._navigation(here)}\n</nav>\n<main>\n{contents}{body}</main>\n</body>\n</html>\n")
        self.files[here] = page.encode()

    def _home(self):
        parts = ["<h1>COCONUT user-mode platform</h1>\n"]
        for name, paths in self.sections:
            items = "".join("<li>" + self._link(HOME, sources.place(path), self.pages[path].title) + "</li>\n"
                            for path in paths)
            parts.append(f"<h2>{html.escape(name)}</h2>\n<ul class=\"columns\">\n{items}</ul>\n")
        return "".join(parts)

    def _terms(self):
        """Every page and heading by its letter."""
        found = sorted({(text.strip(" `."), path, name if level > 1 else "")
                        for path, page in self.pages.items() for level, name, text in page.headings
                        if not (path.endswith("README.md") and level > 1)}, key=lambda term: (term[0].lower(), term))
        parts, letter = ["<h1>Index</h1>\n<ul>"], None
        for text, path, name in found:
            first = text[:1].upper() if text[:1].isalpha() else "0-9"
            if first != letter:
                letter = first
                parts.append(f"</ul>\n<h2>{html.escape(letter)}</h2>\n<ul class=\"columns\">\n")
            place = sources.place(path) + (f"#{name}" if name else "")
            where = f" ({html.escape(self.pages[path].title)})" if name else ""
            parts.append(f"<li>{self._link(INDEX, place, text)}{where}</li>\n")
        return "".join([*parts, "</ul>\n"])

    def _commands(self):
        """Every block of commands in the documents, and what runs it."""
        parts = ["<h1>Commands in the documents</h1>\n<p>How each is tested; comments of pages that prepare a test are "
                 "left out.</p>\n"]
        for how, text in blocks.HOW.items():
            rows = []
            for path, page in sorted(self.pages.items()):
                for block in page.blocks:
                    if blocks.is_commands(block) and not block.setup and blocks.classify(block)[0] == how:
                        because = blocks.classify(block)[1]
                        rows.append(f"<tr><td>{self._link(COMMANDS, sources.place(path), page.title)}</td><td><pre><code>"
                                    f"{html.escape(block.text, quote=False)}</code></pre></td>"
                                    f"<td>{html.escape(because)}</td></tr>\n")
            parts.append(f"<h2>{html.escape(text[0].upper() + text[1:])}</h2>\n<table>\n{''.join(rows)}</table>\n")
        rows = [f"<li>{self._link(COMMANDS, sources.place(path), path)}: line {line}</li>\n"
                for path, page in sorted(self.pages.items()) for line in blocks.loose(page)]
        if rows:
            parts.append(f"<h2>Blocks that do not say what they hold</h2>\n<ul>\n{''.join(rows)}</ul>\n")
        return "".join(parts)

    def make(self):
        """Fill `files`; call it only when there are no faults."""
        self.files["style.css"] = STYLE.encode()
        for path, page in self.pages.items():
            self._frame(sources.place(path), page.title, page.body, page.headings)
        self._frame(HOME, "COCONUT", self._home())
        self._frame(INDEX, "Index", self._terms())
        self._frame(COMMANDS, "Commands in the documents", self._commands())
        return self.files
