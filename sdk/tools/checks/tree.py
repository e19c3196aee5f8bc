# SPDX-License-Identifier: MIT
"""Every source file names its licence; every folder of note explains itself under six headings."""

from pathlib import Path

from common import TOP, Lines, project_files

TAG = "SPDX-License-Identifier: MIT"
SOURCES = {".c", ".h", ".S", ".py", ".sh", ".cmake", ".def", ".ld", ".cfg", ".lock", ".txt"}
HEADINGS = ("Purpose", "Owns", "May use", "Entry points", "Invariants and lock order",
            "Tests and how to extend")
#: Folders whose own folders have a README too.
NESTED = ("kernel", "sdk", "samples", "services", "tests/conformance")
#: Generated text that tests compare byte by byte.
GENERATED = ("sysroot/abi/golden", "docs/abi")


def check_licences(lines, files):
    """One SPDX line within the first three lines."""
    for path in files:
        if path.suffix not in SOURCES or str(path).startswith(GENERATED):
            continue
        with open(TOP / path, encoding="utf-8") as stream:
            head = [stream.readline() for _ in range(3)]
        lines.expect(any(TAG in line for line in head), f"licence.{path}",
                     f"no '{TAG}' in its first three lines")


def folders_of_note(files):
    """Return the folders that must have a README."""
    found = set()
    for path in files:
        parts = path.parts
        if len(parts) > 1 and not parts[0].startswith("."):
            found.add(Path(parts[0]))
        for nested in NESTED:
            depth = nested.count("/") + 1
            if len(parts) > depth + 1 and "/".join(parts[:depth]) == nested:
                found.add(Path(*parts[:depth + 1]))
    return sorted(found)


def check_readmes(lines, files):
    """Folders of note have one, and each one that exists has the headings in order."""
    for folder in folders_of_note(files):
        if folder / "README.md" not in files:
            lines.bad(f"readme.{folder}", "the folder has no README.md")
    for path in files:
        if path.name != "README.md" or path.parent == Path("."):
            continue
        text = (TOP / path).read_text(encoding="utf-8").splitlines()
        found = tuple(line[3:].strip() for line in text if line.startswith("## "))
        lines.expect(found == HEADINGS, f"readme.{path.parent}",
                     f"{path} needs exactly the headings: {'; '.join(HEADINGS)}")


def main():
    """Check all files."""
    lines = Lines("tree")
    files = project_files()
    check_licences(lines, files)
    check_readmes(lines, files)
    lines.finish()


main()
