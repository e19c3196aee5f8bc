# SPDX-License-Identifier: MIT
"""A good manifest, and what the tests of manifests make of it."""

import json

import support

from coconut_manifest import abitables, rules

TABLES = abitables.load()
GOOD = {
    "manifest": 1, "name": "clock", "executable": "/bin/clock",
    "arguments": ["clock", "-v"], "environment": {"TZ": "UTC", "A": "1"},
    "budgets": {"memory": "8M", "threads": 2, "handles": 16},
    "calls": {"classes": ["CORE", "TIME"], "names": ["write"], "except": ["exec"]},
    "root": "/srv/clock",
    "channels": {"offers": ["time"], "uses": ["log"], "finds": ["names"]},
    "restart": {"rule": "always", "delay_ms": 10, "delay_max_ms": 1000, "attempts": 3},
    "critical": True,
}


def text_of(document):
    """The bytes of a document, one value to a line."""
    return json.dumps(document, indent=1).encode()


def read(data):
    """(Manifest or None, problems) of bytes."""
    return rules.read(data, TABLES)


def changed(path, value):
    """A copy of GOOD with one value replaced, or removed if it is None."""
    return support.changed(GOOD, path, value)
