# SPDX-License-Identifier: MIT
"""linux.txt: what glibc and musl make of each test, measured by `run.py --linux`."""

from cases import HERE, SuiteError

FILE = HERE / "linux.txt"


def load():
    """Return {name: (glibc's result, musl's result)}."""
    found = {}
    for number, line in enumerate(FILE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        words = line.split()
        if len(words) != 3:
            raise SuiteError(f"{FILE.name}:{number}: not a name and two results")
        found[words[0]] = (words[1], words[2])
    return found


def write(versions, glibc, musl):
    """Write the file; versions: what was measured; the two: {name: Result}."""
    text = ["# SPDX-License-Identifier: MIT\n",
            "# Results of the tests on Linux: test, glibc's, musl's. Measured by tests/conformance/posix/run.py "
            "--linux\n", f"# {versions}\n"]
    text += [f"{name} {glibc[name].result} {musl[name].result}\n" for name in glibc]
    FILE.write_text("".join(text), encoding="utf-8")
