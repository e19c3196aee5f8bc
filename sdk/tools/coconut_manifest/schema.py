# SPDX-License-Identifier: MIT
"""Checks a document against a schema: the part of JSON Schema that sdk/schema/ uses.

A keyword of a schema that is not known here is a fault of the schema, never passed over.
"""

import re

from coconut_manifest.jsonpos import Problem

_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
_NOTED = {"$schema", "title", "description"}
_NAMES = {"object": "an object {...}", "array": "a list [...]", "string": "a string",
          "boolean": "true or false", "integer": "a whole number"}


class Checker:
    """Collects every Problem of a document in `problems`."""

    def __init__(self):
        self.problems = []

    def add(self, line, rule, text):
        """One more problem."""
        self.problems.append(Problem(line, rule, text))

    def check(self, node, schema, where):
        """Check `node` against `schema`; `where` is its name for the reader."""
        unknown = set(schema) - _NOTED - set(_KEYWORDS) - {"type"}
        if unknown:
            raise ValueError(f"the schema uses {sorted(unknown)}, which nothing checks")
        wanted = schema.get("type")
        if wanted is not None and not self._is(node.value, wanted):
            self.add(node.line, "type", f"{where} must be {_NAMES[wanted]}")
            return
        for keyword, method in _KEYWORDS.items():
            if keyword in schema and method is not None:
                method(self, node, schema[keyword], where, schema)

    @staticmethod
    def _is(value, wanted):
        kind = _TYPES[wanted]
        return isinstance(value, kind) and (wanted != "integer" or not isinstance(value, bool))

    def _enum(self, node, values, where, _schema):
        if node.value not in values or isinstance(node.value, bool):
            known = ", ".join(str(value) for value in values)
            self.add(node.line, "value", f"{where} is {_short(node.value)}; it can be: {known}")

    def _pattern(self, node, pattern, where, schema):
        if not re.search(pattern.replace("$", r"\Z"), node.value):
            self.add(node.line, "pattern",
                     f"{where} is {_short(node.value)}, which does not match {pattern}: "
                     f"{schema.get('description', 'correct it')}")

    def _max_length(self, node, limit, where, _schema):
        if len(node.value.encode("utf-8")) > limit:
            self.add(node.line, "length", f"{where} has more than {limit} bytes")

    def _bounds(self, node, _limit, where, schema):
        low, high = schema.get("minimum"), schema.get("maximum")
        if (low is not None and node.value < low) or (high is not None and node.value > high):
            self.add(node.line, "range", f"{where} is {node.value}; it can be {low} to {high}")

    def _count(self, node, _limit, where, schema):
        low, high = schema.get("minItems", 0), schema.get("maxItems", schema.get("maxProperties"))
        if not low <= len(node.value) <= high:
            self.add(node.line, "length", f"{where} has {len(node.value)} entries; it can have "
                                          f"{low} to {high}")

    def _unique(self, node, _wanted, where, _schema):
        seen = {}
        for item in node.value:
            key = repr(item.plain())
            if key in seen:
                self.add(item.line, "unique", f"{where} has {_short(item.value)} twice, first in "
                                              f"line {seen[key]}")
            seen.setdefault(key, item.line)

    def _items(self, node, schema, where, _schema):
        for index, item in enumerate(node.value):
            self.check(item, schema, f"{where}[{index}]")

    def _required(self, node, names, where, _schema):
        for name in names:
            if name not in node.value:
                self.add(node.line, "missing-key", f"{where} lacks '{name}'")

    def _properties(self, node, properties, where, _schema):
        for name, schema in properties.items():
            if name in node.value:
                self.check(node.get(name), schema, name if where == "the file" else
                           f"{where}.{name}")

    def _additional(self, node, rule, where, schema):
        known = schema.get("properties", {})
        for name, (member, line) in node.value.items():
            if name in known:
                continue
            if rule is False:
                self.add(line, "unknown-key", f"{where} has '{_clean(name)}', which means nothing; "
                                              f"known: {', '.join(known)}")
            else:
                self.check(member, rule, f"{where}.{_clean(name)}")

    def _names(self, node, rule, where, _schema):
        for name, (_, line) in node.value.items():
            if not re.search(rule["pattern"].replace("$", r"\Z"), name):
                self.add(line, "pattern", f"{where}: the name '{_clean(name)}' does not match "
                                          f"{rule['pattern']}")


_KEYWORDS = {
    "enum": Checker._enum, "pattern": Checker._pattern, "maxLength": Checker._max_length,
    "minimum": Checker._bounds, "maximum": None, "minItems": None, "maxItems": Checker._count,
    "maxProperties": Checker._count, "uniqueItems": Checker._unique, "items": Checker._items,
    "required": Checker._required, "properties": Checker._properties,
    "additionalProperties": Checker._additional, "propertyNames": Checker._names,
}


def _clean(text):
    return ascii(text)[1:-1][:80]


def _short(value):
    return f"'{_clean(value)}'" if isinstance(value, str) else str(value)[:80]
