#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the commands in the documents, page by page, as a reader would type them.

usage: commands.py [--whole] [PART-OF-A-PATH ...]. Each page has a folder and a shell of its own, with SDK, a link to the
SDK, `coconut` in PATH and as ./coconut, and TREE for comments that prepare something. A command that fails ends the page.
"""

import concurrent.futures
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
SDK = TOP / "build" / "sdk"
sys.path.insert(0, str(TOP / "sdk" / "tools"))

from coconut_docs import blocks, markdown, sources  # noqa: E402  (the path above must come first)

SECONDS, WHOLE_SECONDS, WORKERS = 1200, 1800, 2
DONE = "docs-commands: done "


def name(page, block):
    """The name of the test of a block."""
    return f"{page.path}.{block.line}"


def script(page, folder, hows):
    """Return the shell's input for a page, and the blocks in it that count as tests."""
    lines, chosen = ["set -euo pipefail"], []
    for number, block in enumerate(page.blocks):
        if not blocks.is_commands(block):
            text = folder / f".block-{number}"
            text.write_text(block.text, encoding="utf-8")
            lines.append(f"BLOCK={text}")
        elif blocks.classify(block)[0] in hows:
            lines += [block.text, f"echo '{DONE}{len(chosen)}' >&3"] if not block.setup else [block.text]
            chosen += [] if block.setup else [block]
    return "\n".join(lines) + "\n", chosen


def shell(text, cwd, seconds, env):
    """Run bash; returns (status or None for one that did not end, number of blocks that came to their end, output)."""
    read, write = os.pipe()
    words = ["bash", "-c", f"exec 3>&{write} {write}>&-; {text}"]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, pass_fds=[write], start_new_session=True)
        os.close(write)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
        try:  # what the page left running, too
            os.killpg(process.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        process.wait()
        os.set_blocking(read, False)  # what the page left running may hold the other end
        with os.fdopen(read, "rb") as stream:
            done = (stream.read() or b"").count(DONE.encode())
        output.seek(0)
        return status, done, output.read().decode("utf-8", "replace")


def environment(folder):
    """The environment of a page's shell."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("COCONUT_") or key == "COCONUT_CACHE"}
    cache = os.environ.get("XDG_CACHE_HOME", os.path.join(os.path.expanduser("~"), ".cache"))
    return {**kept, "PATH": f"{SDK}/bin:{os.environ['PATH']}", "TREE": str(TOP), "HOME": str(folder), "XDG_CACHE_HOME": cache}


def told(what, begin):
    """Say what has ended, and when: a run of all takes long."""
    print(f"# {what}: {time.monotonic() - begin:.0f} s", flush=True)


def run_page(page, whole):
    """Run a page's commands; returns (lines, output) to print."""
    begin = time.monotonic()
    hows = (blocks.RUN, blocks.SLOW) if whole else (blocks.RUN,)
    with tempfile.TemporaryDirectory(prefix="coconut-docs-") as above:
        folder = Path(os.path.realpath(above))
        (folder / "SDK").symlink_to(SDK)
        (folder / "coconut").symlink_to(SDK / "bin" / "coconut")
        text, chosen = script(page, folder, hows)
        if not chosen:
            return [], ""
        limit = WHOLE_SECONDS if whole else SECONDS
        status, done, output = shell(text, folder, limit, environment(folder))
    if whole:
        told(page.path, begin)
    last = (output.strip().splitlines() or ["no output"])[-1]
    lines = [f"ok - {name(page, block)}" for block in chosen[:done]]
    why = f"no end within {limit} s" if status is None else f"status {status}; last line: {last}"
    if done < len(chosen):
        lines.append(f"not ok - {name(page, chosen[done])}: {why}")
    elif status != 0:
        lines.append(f"not ok - {page.path}: {why}")
    return lines, output


def run_tree(page):
    """Run a page's commands that want the source tree; returns (lines, output)."""
    lines, shown = [], ""
    for block in filter(blocks.is_commands, page.blocks):
        if blocks.classify(block)[0] == blocks.TREE:
            begin = time.monotonic()
            status, _, output = shell(f"set -euo pipefail\n{block.text}", TOP, WHOLE_SECONDS, dict(os.environ))
            told(name(page, block), begin)
            shown += output
            why = f"no end within {WHOLE_SECONDS} s" if status is None else f"status {status}"
            lines.append(f"ok - {name(page, block)}" if status == 0 else f"not ok - {name(page, block)}: {why}")
    return lines, shown


def skipped(page, whole):
    """The lines of what is not run, with the reasons."""
    found = []
    for block in filter(blocks.is_commands, page.blocks):
        how, reason = blocks.classify(block)
        if how == blocks.UNTESTED:
            found.append(f"skip - {name(page, block)}: {reason}")
        elif not whole and how != blocks.RUN:
            found.append(f"# {name(page, block)}: {blocks.HOW[how]}")
    return found


def main(words):
    """Returns the exit status."""
    whole = words[:1] == ["--whole"]
    words = words[whole:]
    pages = [markdown.render(path, text, str) for path, text in sorted(sources.texts().items())
             if "```sh" in text and (not words or any(word in path for word in words))]
    passed = failed = omitted = 0
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        done = list(pool.map(lambda page: run_page(page, whole), pages))
    if whole:
        done += [run_tree(page) for page in pages]
    for lines, output in done + [(skipped(page, whole), "") for page in pages]:
        for line in lines:
            print(line, flush=True)
        passed += sum(line.startswith("ok - ") for line in lines)
        omitted += sum(line.startswith("skip - ") for line in lines)
        if any(line.startswith("not ok") for line in lines):
            failed += 1
            print(output, file=sys.stderr, flush=True)
    print(f"{passed} passed, {failed} failed, {omitted} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
