# SPDX-License-Identifier: MIT
"""Golden files: the interface as text, checked in so that a change of it is seen."""

import difflib
import hashlib

from .kernel import parameters as kernel_parameters
from .user import parameters as user_parameters


def numbers(abi):
    lines = [f"class {c.name} {c.value:#010x} unknown={c.unknown}" for c in abi.classes]
    lines += [f"call {c.name} {c.number:#018x}" for c in abi.calls]
    lines += [f"error {e.name} {e.value} {e.posix}" for e in abi.errors]
    lines += [f"right {r.name} {r.bit} {r.missing}" for r in abi.rights]
    lines += [f"object {o.name} {o.tag} {'|'.join(o.rights)}" for o in abi.objects]
    lines += [f"query {q.name} {q.index}" for q in abi.queries]
    lines += [f"counter {c.name} {c.index}" for c in abi.counters]
    lines += [f"constant {name} {value:#x}" for name, value in sorted(abi.constants.items())]
    return lines


def prototypes(abi):
    lines = []
    for call in abi.calls:
        user = ", ".join(d for d, _ in user_parameters(call)) or "void"
        lines.append(f"coco_{call.name}({user}) -> {call.result}")
        lines.append(f"    sys_{call.name}({kernel_parameters(call)})")
        for a in call.arguments:
            extra = "|".join(a.types + a.rights) or a.mask or a.struct or "-"
            lines.append(f"    {'+'.join(a.register_names)} {a.kind} {a.name} {extra}")
        lines.append(f"    errors {' '.join(call.errors + abi.implied_errors(call)) or '-'}")
    return lines


def layout(abi):
    lines = []
    for struct in abi.structs:
        lines.append(f"struct {struct.name} size={struct.size} align={struct.alignment}")
        for m in struct.members:
            array = f"[{m.count}]" if m.count else ""
            lines.append(f"    +{m.offset:<4} {m.size:<4} {m.ctype} {m.name}{array}")
    return lines


def golden_files(abi):
    """Map of file name to text."""
    contents = {"numbers.txt": numbers(abi), "prototypes.txt": prototypes(abi),
                "layout.txt": layout(abi)}
    return {name: "\n".join(lines) + "\n" for name, lines in contents.items()}


def record_files(folder):
    """Map of file name to text of the records of libraries and headers, which a check of them keeps true."""
    return {f"records/{path.relative_to(folder)}": path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.txt"))}


def digest(files):
    """Twelve digits that name one state of the interface in CHANGES.md."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(name.encode() + b"\0" + files[name].encode() + b"\0")
    return total.hexdigest()[:12]


def check(abi, folder, changes, records=None):
    """List of lines that say what differs; empty when the golden files are up to date.

    records: folder of further golden files, of which CHANGES.md speaks as well.
    """
    files, problems = golden_files(abi), []
    for name, text in files.items():
        path = folder / name
        old = path.read_text(encoding="utf-8") if path.is_file() else ""
        problems += [line.rstrip("\n") for line in difflib.unified_diff(
            old.splitlines(), text.splitlines(), f"golden/{name} (checked in)",
            f"golden/{name} (from the tables)", lineterm="", n=1)]
    if problems:
        problems.append("The interface differs from its golden files. If that is meant, run gen.py "
                        f"--golden {folder.name} without --check and describe it in CHANGES.md.")
    text = changes.read_text(encoding="utf-8") if changes.is_file() else ""
    state = digest({**files, **(record_files(records) if records else {})})
    if f"golden: {state}" not in text:
        problems.append(f"{changes}: no entry has the line 'golden: {state}'; add one that "
                        "says what changed and whether it is compatible, source-breaking or "
                        "binary-breaking.")
    return problems
