# SPDX-License-Identifier: MIT
"""`coconut docs`: the documents as a site of plain pages, readable offline."""

import os
import shutil
import sys
import tempfile

from coconut_cli import files, hostcommand, interrupt, places
from coconut_cli.fault import STATUS_FAILED, Fault, reason
from coconut_cli.options import Command, Option

COMMAND = Command(
    "docs", "[OPTIONS]",
    "Make the documentation: plain HTML pages with navigation and an index, readable without a network.",
    (Option("--output", "FOLDER", "where to put it (default build/docs)"),), """
Guides, manual pages, pages of all system calls, POSIX ledger and READMEs of the tree, from its Markdown
by cmark-gfm. A link that leads nowhere, a heading that is not there, and a block of commands marked by
words that mean nothing are told with file and line; nothing is written then. FOLDER must be missing,
empty, or made by this command. An installed SDK has the pages in share/doc/coconut/html; there the
command prints where.

exit status: 0 success, 1 something in the documents is wrong, 2 wrong use.""")
HOME = "index.html"
MARK = "terms.html"


def build(show=sys.stderr):
    """Return {path: bytes} of the site; Fault, after a line for each to `show`, if documents are wrong."""
    from coconut_docs import site, sources
    made = site.Site(sources.texts())
    if made.faults:
        for line in made.faults:
            print(f"coconut: {line}", file=show)
        raise Fault(f"docs: {len(made.faults)} faults in the documents", STATUS_FAILED)
    return made.make()


def _check_free(folder):
    try:
        inside = os.listdir(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Fault(f"cannot write {folder}: {reason(error)}", STATUS_FAILED) from error
    if inside and not {HOME, MARK} <= set(inside):
        raise Fault(f"{folder} holds something else than documentation; name another folder", STATUS_FAILED)


@interrupt.whole
def write(found, folder):
    """Put the files into a folder in one step; what an earlier run made there is gone then."""
    _check_free(folder)
    above = os.path.dirname(folder)
    files.make_folder(above)
    try:
        partial = tempfile.mkdtemp(prefix=".coconut-", dir=above)
    except OSError as error:
        raise Fault(f"cannot write {folder}: {reason(error)}", STATUS_FAILED) from error
    try:
        os.chmod(partial, 0o755)
        for path, data in found.items():
            place = os.path.join(partial, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as stream:
                stream.write(data)
        if os.path.isdir(folder):
            shutil.rmtree(folder)
        os.rename(partial, folder)
    except OSError as error:
        raise Fault(f"cannot write {folder}: {reason(error)}", STATUS_FAILED) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def run(values, words):
    """Run the command; returns the exit status."""
    if words:
        raise COMMAND.fail(f"'{words[0]}' is not expected")
    if places.SOURCE is None:
        home = os.path.join(places.SDK, "share", "doc", "coconut", "html", HOME)
        if values["output"] is not None:
            raise COMMAND.fail("--output is for the source tree")
        if not os.path.isfile(home):
            raise Fault(f"{home} is missing; install the SDK again")
        print(home)
        return 0
    folder = os.path.abspath(values["output"] or os.path.join(places.BUILD, "docs"))
    _check_free(folder)
    found = build()
    write(found, folder)
    pages = sum(path.endswith(".html") for path in found)
    print(f"coconut: {pages} pages; begin with {hostcommand.shown(os.path.join(folder, HOME))}")
    return 0
