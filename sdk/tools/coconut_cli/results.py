# SPDX-License-Identifier: MIT
"""Results of test suites, kept by the content of what they depend on.

A suite that passed is not run again while nothing it depends on has changed: its key is a hash over
the bytes of its inputs, its command, and this program.
"""

import hashlib
import json
import os

from coconut_cli import interrupt, places

FOLDER = "test-results"
SKIPPED = frozenset((".git", "__pycache__", ".cache", "CMakeFiles", "Testing"))
#: Files of build trees that change although nothing of what was built did.
SKIPPED_FILES = frozenset((".ninja_log", ".ninja_deps", "results.xml", "CMakeCache.txt", "build.ninja",
                           "compile_commands.json"))


def _files(path):
    """Yield the files below path, or path itself, in a fixed order."""
    if not os.path.isdir(path):
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        if folder == places.SOURCE and "build" in folders:
            folders.remove("build")
        for name in sorted(names):
            if name not in SKIPPED_FILES:
                yield os.path.join(folder, name)


class Digester:
    """Hashes files and folders, each only once."""

    def __init__(self):
        self._known = {}

    def _digest_file(self, path):
        if path not in self._known:
            try:
                with open(path, "rb") as stream:
                    self._known[path] = hashlib.file_digest(stream, "sha256").digest()
            except OSError as error:
                self._known[path] = (error.strerror or "unreadable").encode()
        return self._known[path]

    def key(self, inputs, words):
        """Return the hex key of a command with these inputs (absolute paths)."""
        total = hashlib.sha256(json.dumps([str(word) for word in words]).encode())
        for root in (*inputs, os.path.dirname(os.path.realpath(__file__))):
            for path in _files(root):
                total.update(os.path.relpath(path, places.SOURCE).encode() + b"\0")
                total.update(self._digest_file(path))
        return total.hexdigest()


def _path(name):
    return os.path.join(places.BUILD, FOLDER, f"{name}.json")


def recall(name, key):
    """Return how many tests the suite passed with that key, or None."""
    try:
        with open(_path(name), encoding="utf-8") as stream:
            record = json.load(stream)
    except (OSError, ValueError):
        return None
    return record.get("passed") if record.get("key") == key else None


@interrupt.whole
def remember(name, key, passed):
    """Keep that the suite passed with that key."""
    os.makedirs(os.path.dirname(_path(name)), exist_ok=True)
    partial = _path(name) + ".new"
    with open(partial, "w", encoding="utf-8") as stream:
        json.dump({"key": key, "passed": passed}, stream)
    os.replace(partial, _path(name))


def forget(name):
    """Drop what is kept of the suite."""
    try:
        os.unlink(_path(name))
    except FileNotFoundError:
        pass
