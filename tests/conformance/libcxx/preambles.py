# SPDX-License-Identifier: MIT
"""Precompiles what many tests begin with: most of a test's compilation is reading the library's headers.

A test's preamble are the lines of #include before anything else. Tests that are compiled alike and have the same
preamble, or the same beginning of it, share one precompiled header of just these lines: the compiler sees the same
text as without. A preamble that gives any message is not used, and a test that does not compile with its
preamble is compiled again without, so that no verdict rests on one.
"""

import collections
import hashlib
import re
import threading

_INCLUDE = re.compile(r'#\s*include\s*(<[^<>"]+>|"[^<>"]+")$')
#: Precompiling costs about as much as two compilations; so many tests have to share it.
LEAST = 3
#: clang 19 mixes up its own __builtin_va_list where a precompiled header has not used it and the rest does. This
#: uses it, and declares but the reserved name __gnuc_va_list.
FIRST = "#define __need___va_list\n#include <stdarg.h>\n"


def includes(text, shared):
    """The headers that a test's text begins with; shared(name): whether "name" is the same file for all tests."""
    found = []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("//") and not line.endswith("\\"):
            continue
        line = re.sub(r"\s*//.*[^\\]$", "", line)
        match = _INCLUDE.match(line)
        if not line:
            continue
        if not match or (match.group(1)[0] == '"' and not shared(match.group(1)[1:-1])):
            break
        found.append(match.group(1))
    return tuple(found)


def plan(wanted):
    """Which beginning each test uses: {test: key} from {test: (how it is compiled, headers)}.

    A key is such a pair, too. Each is the longest that LEAST tests share; tests that share none are left out.
    """
    starts = {name: [(how, headers[:count]) for count in range(1, len(headers) + 1)]
              for name, (how, headers) in wanted.items()}
    while True:
        shared = collections.Counter(key for keys in starts.values() for key in keys)
        starts = {name: [key for key in keys if shared[key] >= LEAST] for name, keys in starts.items()}
        users = collections.Counter(keys[-1] for keys in starts.values() if keys)
        lonely = [name for name, keys in starts.items() if keys and users[keys[-1]] < LEAST]
        if not lonely:
            return {name: keys[-1] for name, keys in starts.items() if keys}
        for name in lonely:
            starts[name].pop()


class Preambles:
    """The precompiled headers of one run. A header is made when the first of its tests asks for it, and removed
    when the last one has left it. Used from many threads."""

    def __init__(self, folder, chosen, build):
        """chosen: {test: key} of plan(); build(headers' file, output, test): whether it was made."""
        self._folder, self._keys, self._build = folder, chosen, build
        self._users = collections.Counter(chosen.values())
        self._locks = {key: threading.Lock() for key in self._users}
        self._made = {}
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()

    def order(self, name):
        """Sorts tests so that those of a header follow each other."""
        key = self._keys.get(name)
        return ("",) if key is None else (str(key[0]), *key[1])

    def take(self, name):
        """Path of the precompiled header for a test, or None if it has none."""
        key = self._keys.get(name)
        if key is None:
            return None
        with self._locks[key]:
            if key not in self._made:
                self._made[key] = self._make(key, name)
            return self._made[key]

    def leave(self, name):
        """The test needs its header no more. Once for each test."""
        key = self._keys.get(name)
        if key is None:
            return
        with self._locks[key]:
            self._users[key] -= 1
            if self._users[key] == 0 and self._made.get(key) is not None:
                self._made[key].unlink()

    def _make(self, key, name):
        digest = hashlib.sha256(repr(key).encode()).hexdigest()[:20]
        header = self._folder / f"{digest}.h"
        output = self._folder / f"{digest}.pch"
        header.write_text(FIRST + "".join(f"#include {file}\n" for file in key[1]), encoding="utf-8")
        if self._build(header, output, name):
            return output
        output.unlink(missing_ok=True)
        return None
