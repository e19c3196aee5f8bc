# SPDX-License-Identifier: MIT
"""The expectation file: each test that does not pass, its result, and the reason.

    [RESULT] REASON
    FOLDER: TEST TEST ...        tests by their names behind the last '/'; * stands for every test of the folder

RESULT is "pass or RESULT" for a test that may end either way on any system; the reason says why.
A test that is named nowhere must pass. One that is named must have that very result: `*` says that all of a
folder's tests have it, so it cannot hide one that passes.
"""

import re
from fnmatch import fnmatch
from pathlib import Path

from cases import HERE, SuiteError

FILE = HERE / "expected.txt"
OPEN_REASON = "?"
HEAD = """# SPDX-License-Identifier: MIT
# Tests that do not pass, their results, and why: [RESULT] REASON, then FOLDER: TEST ... See expect.py.
"""
_RESULT = re.compile(r"(pass or )?(fail|unresolved|unsupported|untested|nobuild|hung|lost|crash|signal-\w+|"
                     r"status-\d+)$")


def split(name):
    """A test's folder and its name in it."""
    folder, _, leaf = name.rpartition("/")
    return folder, leaf


def load(names, path=FILE):
    """Return {name: (result, reason)} for the tests that the file names; names: every test there is."""
    folders = {}
    for name in names:
        folder, leaf = split(name)
        folders.setdefault(folder, []).append(leaf)
    expected, group = {}, None
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            if line.startswith("["):
                group = _group(line)
            else:
                _add(line, group, folders, expected)
        except SuiteError as error:
            raise SuiteError(f"{Path(path).name}:{number}: {error}") from None
    return expected


def _group(line):
    result, _, reason = line[1:].partition("]")
    if not _RESULT.match(result) or not reason.strip():
        raise SuiteError("a group is [RESULT] REASON")
    return result, reason.strip()


def _add(line, group, folders, expected):
    folder, colon, leaves = line.strip().partition(":")
    if group is None or not colon or not leaves.split():
        raise SuiteError("a line of a group is FOLDER: TEST ...")
    if folder not in folders:
        raise SuiteError(f"no tests in {folder}")
    for pattern in leaves.split():
        found = [leaf for leaf in folders[folder] if fnmatch(leaf, pattern)]
        if not found:
            raise SuiteError(f"no test {folder}/{pattern}")
        for leaf in found:
            name = f"{folder}/{leaf}"
            if name in expected:
                raise SuiteError(f"{name} is named twice")
            expected[name] = group


def differences(results, expected):
    """Yield (name, what is wrong) for each result that is not the expected one."""
    for name, result in results.items():
        want, reason = expected.get(name, ("pass", ""))
        if result.result not in want.split(" or "):
            yield name, _difference(result, want, reason)
        elif reason.startswith(OPEN_REASON):
            yield name, f"{want}: no reason is given in {FILE.name}"


def _difference(result, want, reason):
    if result.result == "pass":
        return f"passes, but {want} was expected ({reason}); take it out of {FILE.name}"
    last = [line for line in result.text.splitlines() if line.strip()][-1:]
    return f"{result.result}, not {want}: {'; '.join(last) or 'it printed nothing'}"


def update(results, names, path=FILE):
    """Write the file anew with these results: reasons stay, new results get an open reason. Tests that did not run
    stay as they were."""
    expected = load(names, path) if Path(path).exists() else {}
    for name, result in results.items():
        want = expected.pop(name, (None, None))
        if result.result != "pass" or "pass" in (want[0] or "").split(" or "):
            expected[name] = want if result.result in (want[0] or "").split(" or ") else (result.result,
                                                                    f"{OPEN_REASON} {_hint(result)}")
    groups = {}
    for name in sorted(expected):
        groups.setdefault((expected[name][1], expected[name][0]), []).append(name)
    text = [HEAD]
    for (reason, result), members in sorted(groups.items()):
        text.append(f"\n[{result}] {reason}\n")
        text += [f"{folder}: {leaves}\n" for folder, leaves in _folded(members, names)]
    Path(path).write_text("".join(text), encoding="utf-8")


def _hint(result):
    last = [line for line in result.text.splitlines() if line.strip()][-1:]
    # Tests of one cause end in one line, but for the time and their own names.
    return re.sub(r"\[[0-9:]+\]|(File |Test )?conformance/\S+ ", "", last[0] if last else "printed nothing").strip()


def _folded(members, names):
    """Yield (folder, its tests as one line of words)."""
    folders = {}
    for name in members:
        folder, leaf = split(name)
        folders.setdefault(folder, []).append(leaf)
    for folder, leaves in sorted(folders.items()):
        everything = [split(name)[1] for name in names if split(name)[0] == folder]
        whole = len(leaves) > 1 and len(leaves) == len(everything)
        yield folder, "*" if whole else " ".join(leaves)
