# SPDX-License-Identifier: MIT
"""Headers that the kernel (abi/) and user mode (coconut/) both get, with the same names."""

from .model import HANDLE_KINDS
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
    tags = sum(1 << o.tag for o in abi.objects)
    lines.append(f"#define COCO_OBJECT_TAGS {tags:#x}u /* bit n: there is a kind with tag n */")
    lines += ["", "/// The most rights that a handle to an object of each kind can carry."]
    for kind in abi.objects:
        lines.append(f"#define COCO_OBJECT_{kind.name}_RIGHTS ({rights_expression(kind.rights)})")
    return header("\n".join(lines), ['"rights.h"'])


def queries_header(abi):
    lines = [f"#define COCO_QUERY_{q.name} {q.index}u /* {q.meaning} */" for q in abi.queries]
    lines.append("")
    lines += [f"#define COCO_COUNTER_{c.name} {c.index}u /* {c.meaning} */" for c in abi.counters]
    return header("\n".join(lines))


def call_table_header(abi):
    kinds = ["U32", "U64", "I64", "FLAGS", "HANDLE", "HANDLE_OPT", "HANDLE_NUM", "ADDR", "PATH",
             "IN_BUF", "OUT_BUF", "IN_BUF_LAZY", "OUT_BUF_LAZY", "IN_ARRAY", "OUT_ARRAY",
             "IN_STRUCT", "OUT_STRUCT", "HANDLE_HELD", "HANDLE_UNLESS"]
    lines = ["/// Every call with its arguments as data, for table-driven tests, tracers and fuzzers.",
             "enum coco_argument_kind {"]
    lines += [f"    COCO_ARGUMENT_{kind}," for kind in kinds]
    lines += ["};", "", "struct coco_argument_info {", "    const char *name;",
              "    uint8_t kind;           /* enum coco_argument_kind */",
              "    uint8_t first_register; /* 0 RDI, 1 RSI, 2 R8, 3 R9, 4 R10 */",
              "    uint16_t reserved;",
              "    uint32_t types;         /* handles: bit n accepts objects with tag n */",
              "    uint32_t rights;        /* handles: rights that the call needs */",
              "    uint32_t mask;          /* FLAGS: bits that the call knows */",
              "    uint32_t element_size;  /* arrays and structures: bytes of one */", "};", "",
              "struct coco_call_info {", "    const char *name;", "    uint64_t number;",
              "    uint8_t returns; /* 0: the call ends the caller */", "    uint8_t argument_count;",
              "    struct coco_argument_info arguments[5];", "};", "",
              f"#define COCO_CALL_COUNT {len(abi.calls)}u", "",
              "static const struct coco_call_info coco_calls[COCO_CALL_COUNT] "
              "__attribute__((unused)) = {"]
    for call in abi.calls:
        lines.append(f'    {{"{call.name}", {call.number:#x}, {int(call.result != "NONE")}, '
                     f"{len(call.arguments)},")
        rows = [argument_row(abi, a) for a in call.arguments] or ["{0, 0, 0, 0, 0, 0, 0, 0}"]
        lines.append("     {" + ",\n      ".join(rows) + "}},")
    return header("\n".join(lines + ["};"]), ["<stdint.h>", '"objects.h"', '"rights.h"', '"types.h"'])


def argument_row(abi, a):
    types = 0
    if a.kind in HANDLE_KINDS:
        types = sum(1 << o.tag for o in abi.objects if a.types == ["ANY"] or o.name in a.types)
    mask = f"COCO_{a.mask}" if a.mask else "0"
    size = f"sizeof(struct {a.struct})" if a.struct else "0"
    return (f'{{"{a.name}", COCO_ARGUMENT_{a.kind}, {a.register}, 0, {types:#x}u, '
            f"{rights_expression(a.rights)}, {mask}, {size}}}")


def shared_headers(abi):
    """Map of file name to text."""
    return {**abi.types_texts, "numbers.h": numbers_header(abi),
            "errors.h": errors_header(abi), "rights.h": rights_header(abi),
            "objects.h": objects_header(abi), "queries.h": queries_header(abi)}
