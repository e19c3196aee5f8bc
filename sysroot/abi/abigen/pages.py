# SPDX-License-Identifier: MIT
"""Documentation pages under docs/abi/."""

from .model import HANDLE_KINDS, MEMORY_KINDS, RESULTS, WIDTH_32_KINDS
from .rules import all_rules, call_rules
from .user import parameters

NOTICE = "<!-- Generated from sysroot/abi by gen.py; do not edit. -->\n\n"


def argument_text(a):
    if a.kind in HANDLE_KINDS:
        text = "any object" if a.types == ["ANY"] else " or ".join(a.types)
        if a.rights:
            text += ", with " + " and ".join(a.rights)
        if a.kind == "HANDLE_OPT":
            text += "; or COCO_HANDLE_NONE"
        if a.kind == "HANDLE_UNLESS":
            text += f"; or COCO_HANDLE_NONE; not looked at with COCO_{a.unless[1]} in `{a.unless[0]}`"
        return text
    if a.kind == "FLAGS":
        return f"option bits; those outside COCO_{a.mask} are refused"
    texts = {"U32": "32-bit value", "U64": "64-bit value", "I64": "signed 64-bit value",
             "HANDLE_NUM": "handle number", "ADDR": "user address", "PATH": "NUL-terminated path, UTF-8, "
             "at most 4096 bytes with the NUL", "IN_BUF": "bytes read by the call: address, length",
             "OUT_BUF": "bytes written by the call: address, length"}
    if a.lazy:
        return texts[a.kind.replace("_LAZY", "")] + "; only bytes really copied are checked"
    if a.kind in texts:
        return texts[a.kind]
    verb = "read" if a.is_input else "written"
    shape = "array: address, count of elements" if a.kind.endswith("_ARRAY") else "address"
    return f"`struct {a.struct}` {verb} by the call ({shape})"


def error_rows(abi, call):
    rows = []
    for name in call.errors:
        rows.append(f"| E{name} | {abi.error(name).value} | {abi.error(name).meaning} |")
    for name in abi.implied_errors(call):
        reasons = []
        for a in call.arguments:
            if name == "INVAL" and a.kind in WIDTH_32_KINDS:
                reasons.append(f"`{a.name}` is wider than 32 bits" +
                               (" or has unknown bits" if a.kind == "FLAGS" else ""))
            if a.kind in HANDLE_KINDS:
                reasons += {"NOTFOUND": [f"`{a.name}` is not open"],
                            "NOTSUPP": [f"`{a.name}` is of another kind"]}.get(name, [])
                reasons += [f"`{a.name}` lacks {r}" for r in a.rights
                            if abi.right(r).missing == name]
            if a.kind in MEMORY_KINDS:
                reasons += {"INVAL": [f"`{a.name}` is not in user space"],
                            "FAULT": [f"`{a.name}` is not accessible"]}.get(name, [])
        text = "; ".join(reasons) + "." if reasons else abi.error(name).meaning
        rows.append(f"| E{name} | {abi.error(name).value} | {text} |")
    return rows


def call_page(abi, call):
    declared = ", ".join(d for d, _ in parameters(call)) or "void"
    lines = [f"# {call.name}", "", call.brief, "", "```c", "#include <coconut/syscalls.h>", "",
             f"int64_t coco_{call.name}({declared});", "```", "",
             f"Number `{call.number:#018x}`: class {call.call_class.name}, index {call.index}. "
             f"Result: {RESULTS[call.result]}.", ""]
    if call.arguments:
        lines += ["| register | argument | meaning |", "|---|---|---|"]
        lines += [f"| {', '.join(a.register_names)} | `{a.name}` | {argument_text(a)} |"
                  for a in call.arguments]
        lines.append("")
    if call.rules:
        lines += ["## Rules", ""]
        lines += [f"{n}. {text}" for n, text in enumerate(call.rules, 1)] + [""]
    rows = error_rows(abi, call)
    lines += ["## Errors", ""]
    lines += ["| error | value | when |", "|---|---|---|", *rows, ""] if rows else ["None.", ""]
    lines += ["## Rule ids for tests", ""]
    lines += [f"- `{r['id']}`" for r in call_rules(abi, call)]
    return NOTICE + "\n".join(lines) + "\n"


def index_page(abi):
    lines = ["# System calls", "", f"{len(abi.calls)} calls, {len(all_rules(abi))} rules. "
             "How a call is made: [convention](convention.md); what is refused first: "
             "[refusals](refusals.md); [errors](errors.md), [rights](rights.md), "
             "[objects](objects.md), [queries](queries.md), [changes](CHANGES.md).", ""]
    for c in abi.classes:
        lines += [f"## {c.name} ({c.value:#x})", "", c.meaning, "", "| index | call | |", "|---|---|---|"]
        lines += [f"| {call.index} | [{call.name}](calls/{call.name}.md) | {call.brief} |"
                  for call in abi.calls if call.call_class is c]
        lines.append("")
    return NOTICE + "\n".join(lines)


def convention_page():
    return NOTICE + """# Convention

| item | value |
|---|---|
| instruction | `int $0x80` |
| number | RAX: class in bits 63:32, index in bits 31:0 |
| arguments | RDI, RSI, R8, R9, R10 |
| result | RAX; -65535..-1 is an error |
| promised clobbers | RAX, RCX, R11, flags |

Arguments of 32 bits must arrive as the zero- or sign-extension of their value, otherwise EINVAL.
Registers behind the last argument are not looked at. Handles are 32-bit numbers that belong to the
process; the lowest free number is handed out first.
"""


def refusals_page(abi):
    lines = ["# Order of refusals", "", "A call that could be refused for several reasons is refused for "
             "the first of these; a refused call changes nothing.", "",
             "1. The number is unknown (" + ", ".join(
                 f"{c.name}: E{c.unknown}" for c in abi.classes) + ").",
             "2. An argument is wider than its type, or has unknown option bits: EINVAL.",
             "3. A handle is not open: ENOTFOUND.", "4. A handle names the wrong kind of object: ENOTSUPP.",
             "5. A handle lacks a right: the right's own error ([rights](rights.md)).",
             "6. User memory lies outside of user space (EINVAL) or is not accessible (EFAULT).",
             "7. The state of the object forbids the call.", "8. Resources are short.", "",
             "With several handles, each passes 3 to 5 before the next is looked at. Whether memory is "
             "accessible is seen when it is used: a structure or path before anything changes, the "
             "data of a read or write while it is copied."]
    return NOTICE + "\n".join(lines) + "\n"


def table_page(title, head, rows):
    lines = [f"# {title}", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return NOTICE + "\n".join(lines) + "\n"


def docs_files(abi):
    """Map of path below docs/abi/ to text."""
    files = {f"calls/{c.name}.md": call_page(abi, c) for c in abi.calls}
    files["index.md"] = index_page(abi)
    files["convention.md"] = convention_page()
    files["refusals.md"] = refusals_page(abi)
    files["errors.md"] = table_page("Errors", ("name", "value", "errno", "meaning"),
                                    [(f"COCO_E{e.name}", e.value, e.posix, e.meaning) for e in abi.errors])
    files["rights.md"] = table_page("Rights", ("name", "bit", "error when missing", "meaning"),
                                    [(f"COCO_RIGHT_{r.name}", r.bit, f"E{r.missing}", r.meaning)
                                     for r in abi.rights])
    files["objects.md"] = table_page("Objects", ("name", "tag", "rights", "meaning"),
                                     [(f"COCO_OBJECT_{o.name}", o.tag, ", ".join(o.rights), o.meaning)
                                      for o in abi.objects])
    rows = [(f"COCO_QUERY_{q.name}", q.index, q.meaning) for q in abi.queries]
    rows += [(f"COCO_COUNTER_{c.name}", c.index, c.meaning) for c in abi.counters]
    files["queries.md"] = table_page("Queries and counters", ("name", "index", "meaning"), rows)
    return files
