# SPDX-License-Identifier: MIT
"""Blocks of commands in the documents: how each is tested.

The words behind the fence say it: `sh` alone is run by the suite docs-commands, in the order of the page, in a folder
of its own, with the SDK's command in PATH; `sh slow` by docs-commands-all only; `sh tree` there, too, in the source
tree; `sh untested: REASON` by nobody. A comment `<!-- test: ... -->` holds what a reader has at that place and the test
has to make; $BLOCK is a file with the text of the block before it.
"""

RUN, SLOW, TREE, UNTESTED = "run", "slow", "tree", "untested"
HOW = {RUN: "suite docs-commands", SLOW: "suite docs-commands-all", TREE: "suite docs-commands-all, in the source tree",
       UNTESTED: "not run"}


def is_commands(block):
    """Is it one of commands?"""
    return block.kind == "sh"


def classify(block):
    """Return (one of the words above, reason) of a block of commands; ValueError says what is wrong."""
    if block.setup or not block.note:
        return RUN, ""
    if block.note in (SLOW, TREE):
        return block.note, ""
    word, colon, reason = block.note.partition(":")
    if word == UNTESTED and colon and reason.strip():
        return UNTESTED, reason.strip()
    raise ValueError(f"'sh {block.note}' is none of: sh, sh slow, sh tree, sh untested: REASON")


def loose(page):
    """Return the lines of blocks that do not say what they hold: without a fence, or with nothing behind it."""
    return [block.line for block in page.blocks if not block.fenced or not block.kind]


def faults(page):
    """Return (line, what is wrong) of a page's blocks."""
    found = []
    for block in filter(is_commands, page.blocks):
        try:
            classify(block)
        except ValueError as error:
            found.append((block.line, str(error)))
    return found
