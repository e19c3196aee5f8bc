# SPDX-License-Identifier: MIT
"""What a build of tests keeps: records of what was found out, by the content of the files it was found out from."""

import hashlib
import json


def digest(value):
    """Hex digest of a value that JSON can hold."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


class Digests:
    """Hashes of files, each read once."""

    def __init__(self):
        self._known = {}

    def of(self, path):
        """Hex digest of a file's content; a text that equals no digest if it cannot be read."""
        path = str(path)
        if path not in self._known:
            try:
                with open(path, "rb") as stream:
                    self._known[path] = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError:
                self._known[path] = "unreadable"
        return self._known[path]

    def all(self, paths):
        """One hex digest of many files and their names."""
        return digest([[path.name, self.of(path)] for path in paths])


def depends(path):
    """Files that the compiler read, by its dependency file; none if there is no such file."""
    try:
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    except OSError:
        return []
    return [word for word in text.split(":", 1)[1].split() if word]


def read(path):
    """A record, or None if there is none that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write(path, record):
    """Keep a record in place of the one before."""
    path.write_text(json.dumps(record), encoding="utf-8")
