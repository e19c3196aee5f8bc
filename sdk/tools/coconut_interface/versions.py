# SPDX-License-Identifier: MIT
"""The rule of versions: what may change between two descriptions of an interface."""

from coconut_manifest.jsonpos import Problem


def _shape(item):
    """All of a field that its clients were built with."""
    kind = item.of
    if item.kind == "structure":
        kind = tuple(_shape(part) for part in item.of.fields)
    elif item.kind == "enumeration":
        kind = tuple(sorted((name, number) for name, number, _ in item.of.values))
    rights = None if item.rights is None else tuple(sorted(item.rights))
    return item.name, item.kind, kind, item.count, item.max, item.object, rights, item.move


def _operation(operation):
    return (operation.name, operation.idempotent, operation.oneway, tuple(sorted(operation.errors)),
            tuple(_shape(item) for item in operation.request.fields),
            tuple(_shape(item) for item in operation.reply.fields))


def compare(older, newer):
    """What breaks the rule, as Problems: with the same major version, only additions, and a higher minor."""
    problems = []

    def bad(text):
        problems.append(Problem(1, "version", text))

    if older.name != newer.name:
        bad(f"the interface was called {older.name}; another name is another interface")
    if newer.major != older.major:
        if newer.major < older.major:
            bad(f"major version {newer.major} is below {older.major}")
        return problems
    after = {operation.number: operation for operation in newer.operations}
    for operation in older.operations:
        now = after.pop(operation.number, None)
        if now is None:
            bad(f"operation {operation.name} is gone: raise major")
        elif _operation(now) != _operation(operation):
            bad(f"operation {operation.name} has changed: raise major, or give the new one a number of its own")
    errors = {(name, number) for name, number, _ in newer.errors}
    for name, number, _ in older.errors:
        if (name, number) not in errors:
            bad(f"error {name} ({number}) is gone or has changed: raise major")
    for operation in after.values():
        if not older.minor < operation.since <= newer.minor:
            bad(f"operation {operation.name} is new: raise minor above {older.minor}, and write it as its 'since'")
    if newer.minor < older.minor:
        bad(f"minor version {newer.minor} is below {older.minor}")
    return problems
