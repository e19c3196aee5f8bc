# SPDX-License-Identifier: MIT
"""Headers that the kernel (abi/) and user mode (coconut/) both get, with the same names."""

from .output import header


def numbers_header(abi):
    lines = ["/// Class of a call: bits 63:32 of its number."]
    lines += [f"#define COCO_CLASS_{c.name} {c.value:#x} /* {c.meaning} */" for c in abi.classes]
    lines += ["", "/// Numbers of the calls, as they stand in RAX."]
    lines += [f"#define COCO_SYS_{c.name.upper()} {c.number:#x}" for c in abi.calls]
    return header("\n".join(lines))


def errors_header(abi):
    lines = ["/// Results in -COCO_ERROR_MAX..-1 are errors.", "#define COCO_ERROR_MAX 65535", ""]
    lines += [f"#define COCO_E{e.name} ({e.value}) /* {e.meaning} */" for e in abi.errors]
    return header("\n".join(lines))


def rights_header(abi):
    lines = [f"#define COCO_RIGHT_{r.name} {1 << r.bit:#x}u /* {r.meaning} */" for r in abi.rights]
    every = 0
    for right in abi.rights:
        every |= 1 << right.bit
    lines += ["", "/// All rights there are.", f"#define COCO_RIGHTS_ALL {every:#x}u"]
    return header("\n".join(lines))


def rights_expression(names):
    return " | ".join(f"COCO_RIGHT_{name}" for name in names) or "0u"


def objects_header(abi):
    lines = []
    for kind in abi.objects:
        lines.append(f"#define COCO_OBJECT_{kind.name} {kind.tag}u /* {kind.meaning} */")
    lines.append(f"#define COCO_OBJECT_COUNT {max(o.tag for o in abi.objects) + 1}u")
    lines += ["", "/// The most rights that a handle to an object of each kind can carry."]
    for kind in abi.objects:
        lines.append(f"#define COCO_OBJECT_{kind.name}_RIGHTS ({rights_expression(kind.rights)})")
    return header("\n".join(lines), ['"rights.h"'])


def queries_header(abi):
    lines = [f"#define COCO_QUERY_{q.name} {q.index}u /* {q.meaning} */" for q in abi.queries]
    lines.append("")
    lines += [f"#define COCO_COUNTER_{c.name} {c.index}u /* {c.meaning} */" for c in abi.counters]
    return header("\n".join(lines))


def shared_headers(abi):
    """Map of file name to text."""
    return {"types.h": abi.types_text, "numbers.h": numbers_header(abi),
            "errors.h": errors_header(abi), "rights.h": rights_header(abi),
            "objects.h": objects_header(abi), "queries.h": queries_header(abi)}
