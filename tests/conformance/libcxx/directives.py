# SPDX-License-Identifier: MIT
"""What the comments of LLVM's library tests say: when a test applies, how it is compiled.

    // UNSUPPORTED: EXPRESSION, ...    does not apply if one is true
    // REQUIRES: EXPRESSION, ...       applies only if all are true
    // XFAIL: EXPRESSION, ...          is expected to fail if one is true
    // ADDITIONAL_COMPILE_FLAGS: ...   (also with a feature's name in brackets: only if that is there)
    // FILE_DEPENDENCIES: FILE, ...    files that have to be in its working directory
    // MODULE_DEPENDENCIES: ...        C++ modules it imports
    // RUN: COMMAND                    of tests that say themselves how they are built
An expression has names of features, regular expressions for parts of names in {{ }}, !, &&, || and brackets.
"""

import re

_DIRECTIVE = re.compile(
    r"(?:^|[^\w-])(UNSUPPORTED|REQUIRES|XFAIL|RUN|FILE_DEPENDENCIES|MODULE_DEPENDENCIES|"
    r"ADDITIONAL_COMPILE_FLAGS(?:\(([^)]*)\))?):(.*)$")
_TOKEN = re.compile(r"\s*(&&|\|\||!|\(|\)|(?:[-+=._a-zA-Z0-9]|\{\{.+?\}\})+)")


class DirectiveError(Exception):
    """A directive that this program does not understand."""


class _Parser:
    """Evaluates one expression by recursive descent."""

    def __init__(self, text, features):
        self._features = features
        self._tokens, at = [], 0
        text = text.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if not found:
                raise DirectiveError(f"cannot read '{text}'")
            self._tokens.append(found.group(1))
            at = found.end()
        self._tokens.append(None)

    def parse(self):
        """Value of the whole expression."""
        value = self._any()
        if self._tokens[0] is not None:
            raise DirectiveError(f"'{self._tokens[0]}' where the expression should end")
        return value

    def _take(self, token):
        if self._tokens[0] != token:
            return False
        self._tokens.pop(0)
        return True

    def _any(self):
        value = self._all()
        while self._take("||"):
            value = self._all() or value
        return value

    def _all(self):
        value = self._one()
        while self._take("&&"):
            value = self._one() and value
        return value

    def _one(self):
        if self._take("!"):
            return not self._one()
        if self._take("("):
            value = self._any()
            if not self._take(")"):
                raise DirectiveError("a bracket is not closed")
            return value
        token = self._tokens.pop(0)
        if token is None or token in ("&&", "||", ")"):
            raise DirectiveError("a feature's name is missing")
        return self._has(token)

    def _has(self, token):
        if token in ("true", "false"):
            return token == "true"
        if "{{" not in token:
            return token in self._features
        parts = re.split(r"(\{\{.+?\}\})", token)
        pattern = "".join(f"(?:{part[2:-2]})" if part.startswith("{{") else re.escape(part)
                          for part in parts)
        return any(re.fullmatch(pattern, feature) for feature in self._features)


def evaluate(expression, features):
    """Whether an expression holds with a set of features. A star alone always does."""
    return expression.strip() == "*" or _Parser(expression, features).parse()


def _split(text):
    """Parts of a list; commas within {{ }} do not separate."""
    return [part.strip() for part in re.split(r",(?![^{]*\}\})", text) if part.strip()]


class Directives:
    """The directives of one test."""

    def __init__(self, text, features):
        self._features = features
        self.unsupported, self.requires, self.xfail = [], [], []
        self.flags, self.files, self.modules, self.commands = [], [], [], []
        for line in text.splitlines():
            found = _DIRECTIVE.search(line)
            if found:
                self._take(found.group(1), found.group(2), found.group(3).strip())

    def _take(self, word, feature, rest):
        if word.startswith("ADDITIONAL_COMPILE_FLAGS"):
            if feature is None or feature in self._features:
                self.flags += rest.split()
        elif word == "RUN":
            if self.commands and self.commands[-1].endswith("\\"):
                self.commands[-1] = self.commands[-1][:-1] + rest
            else:
                self.commands.append(rest)
        elif word == "MODULE_DEPENDENCIES":
            self.modules += rest.split()
        else:
            {"UNSUPPORTED": self.unsupported, "REQUIRES": self.requires, "XFAIL": self.xfail,
             "FILE_DEPENDENCIES": self.files}[word].extend(_split(rest))

    def why_not(self):
        """Why the test does not apply, or None."""
        for expression in self.unsupported:
            if evaluate(expression, self._features):
                return f"UNSUPPORTED: {expression}"
        for expression in self.requires:
            if not evaluate(expression, self._features):
                return f"REQUIRES: {expression}"
        return None

    def fails(self):
        """Why LLVM expects the test to fail here, or None."""
        for expression in self.xfail:
            if evaluate(expression, self._features):
                return f"XFAIL: {expression}"
        return None
