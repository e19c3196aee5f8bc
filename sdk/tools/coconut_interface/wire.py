# SPDX-License-Identifier: MIT
"""NAME_wire.h: messages as they lie in memory, and the functions that check, read and write them."""

from coconut_interface import names


def _needs_check(item):
    """Whether some values of an element are refused."""
    return item.is_bool or item.kind in ("enumeration", "structure")


def _wrong(interface, item, value):
    """An expression that is true for an element that is refused."""
    if item.is_bool:
        return f"{value} > 1"
    return f"!{interface.name}_{item.of.name}_valid({'&' if item.kind == 'structure' else ''}{value})"


def _check_elements(interface, item, base, bound, indent):
    """Statements that refuse elements of an array."""
    return [f"{indent}for (uint32_t i = 0; i < {bound}; i++) {{",
            f"{indent}    if ({_wrong(interface, item, f'{base}[i]')}) {{",
            f"{indent}        return {'false' if base.startswith('value->') else 'COCO_EINVAL'};",
            f"{indent}    }}", f"{indent}}}"]


def _refuse(condition):
    return [f"    if ({condition}) {{", "        return COCO_EINVAL;", "    }"]


def _enumeration_valid(interface, enumeration):
    cases = [f"    case {names.upper(interface, enumeration.name, value)}:" for value, _, _ in enumeration.values]
    return [f"static inline bool {interface.name}_{enumeration.name}_valid(uint32_t value)", "{",
            "    switch (value) {", *cases, "        return true;", "    default:", "        return false;",
            "    }", "}", ""]


def _structure_valid(interface, structure):
    name = f"{interface.name}_{structure.name}"
    lines = [f'COCO_STATIC_ASSERT(sizeof(struct {name}) == {structure.size}, "the layout is on record");',
             f"static inline bool {name}_valid(const struct {name} *value)", "{", "    (void)value;"]
    padding = 0
    for place in structure.places:
        if place.field is None:
            lines += [f"    if (!coco_wire_zero(value->padding{padding}, {place.size})) {{",
                      "        return false;", "    }"]
            padding += 1
        elif _needs_check(place.field) and place.field.count:
            lines += _check_elements(interface, place.field, f"value->{place.field.name}", place.field.count, "    ")
        elif _needs_check(place.field):
            lines += [f"    if ({_wrong(interface, place.field, 'value->' + place.field.name)}) {{",
                      "        return false;", "    }"]
    return [*lines, "    return true;", "}", ""]


def _layout(interface, name, message, header):
    lines = [f"struct {name} {{", f"    struct {header} header;"]
    padding = 0
    for place in message.places:
        if place.field is None:
            lines.append(f"    uint8_t padding{padding}[{place.size}];")
            padding += 1
        elif place.field.variable:
            lines.append(f"    uint32_t {place.field.counter};")
        else:
            size = f"[{place.field.count}]" if place.field.count else ""
            lines.append(f"    {names.element(interface, place.field)} {place.field.name}{size};")
    return [*lines, "};",
            f'COCO_STATIC_ASSERT(sizeof(struct {name}) == {message.fixed}, "the layout is on record");', ""]


def _fixed_checks(interface, message, base):
    """Refusals of what the fixed part, or the caller's structure, holds."""
    lines = []
    for item in message.fields:
        if item.variable:
            lines += _refuse(f"{base}->{item.counter} > {item.max}")
        elif _needs_check(item) and item.count:
            lines += _check_elements(interface, item, f"{base}->{item.name}", item.count, "    ")
        elif _needs_check(item):
            lines += _refuse(_wrong(interface, item, f"{base}->{item.name}"))
    return lines


def _copy(item, to, source):
    if item.count:
        return f"    __builtin_memcpy({to}->{item.name}, {source}->{item.name}, sizeof({to}->{item.name}));"
    return f"    {to}->{item.name} = {source}->{item.name};"


def _take_tail(interface, item):
    kind = names.element(interface, item)
    if item.kind == "string":
        take = f"coco_wire_take_string(&reader, wire->{item.counter})"
    else:
        size = f" * (uint32_t)sizeof({kind})" if item.element_size > 1 else ""
        take = f"({kind} *)(void *)coco_wire_take(&reader, wire->{item.counter}{size})"
    lines = [f"    {kind} *{item.name} = {take};", *_refuse(f"{item.name} == NULL")]
    if _needs_check(item):
        lines += _check_elements(interface, item, item.name, f"wire->{item.counter}", "    ")
    return [*lines, f"    out->{item.name} = {item.name};", f"    out->{item.counter} = wire->{item.counter};"]


def _decode(interface, name, message, record):
    parameters = "const void *message, uint32_t length" + (f", struct {record} *out" if message.fields else "")
    lines = [f"static inline int32_t {name}_decode({parameters})", "{",
             f"    const struct {name} *wire = (const struct {name} *)message;"]
    if message.tails:
        lines.append("    struct coco_wire_reader reader;")
        lines += ["", *_refuse("length < sizeof(*wire)")]
    else:
        lines += ["", *_refuse("length != sizeof(*wire)")]
    paddings = [place for place in message.places if place.field is None]
    for index, place in enumerate(paddings):
        lines += _refuse(f"!coco_wire_zero(wire->padding{index}, {place.size})")
    lines += _fixed_checks(interface, message, "wire")
    if message.tails:
        lines.append("    reader = coco_wire_reader_at(message, length, (uint32_t)sizeof(*wire));")
        for item in message.tails:
            lines += _take_tail(interface, item)
        lines += _refuse("!coco_wire_done(&reader)")
    for item in message.fields:
        if item.kind == "handle":
            lines.append(f"    out->{item.name} = COCO_HANDLE_NONE; /* comes beside the message */")
        elif not item.variable:
            lines.append(_copy(item, "out", "wire"))
    return [*lines, "    return 0;", "}", ""]


def _put_tail(interface, item):
    if item.kind == "string":
        return _refuse(f"!coco_wire_put_string(message, &length, in->{item.name}, in->{item.counter})")
    size = f" * (uint32_t)sizeof({names.element(interface, item)})" if item.element_size > 1 else ""
    lines = [f"    coco_wire_put(message, &length, in->{item.name}, in->{item.counter}{size});"]
    check = []
    if _needs_check(item):
        check = _check_elements(interface, item, f"in->{item.name}", f"in->{item.counter}", "    ")
    return check + lines


def _encode(interface, name, message, record, header):
    parameters = (f"const struct {record} *in, " if message.fields else "") + "void *message"
    lines = [f"static inline int32_t {name}_encode({parameters})", "{",
             f"    struct {name} *wire = (struct {name} *)message;",
             f"    {'uint32_t' if message.tails else 'const uint32_t'} length = (uint32_t)sizeof(*wire);", ""]
    if message.fields and len(message.handles) == len(message.fields):
        lines.append("    (void)in;")
    lines += _fixed_checks(interface, message, "in")
    lines += header
    padding = 0
    for place in message.places:
        if place.field is None:
            lines.append(f"    __builtin_memset(wire->padding{padding}, 0, sizeof(wire->padding{padding}));")
            padding += 1
        elif place.field.variable:
            lines.append(f"    wire->{place.field.counter} = in->{place.field.counter};")
        else:
            lines.append(_copy(place.field, "wire", "in"))
    for item in message.tails:
        lines += _put_tail(interface, item)
    if not message.places and not header:
        lines.append("    (void)wire;")
    return [*lines, "    return (int32_t)length;", "}", ""]


def _request_header(interface, operation):
    return [f"    wire->header.interface_id = {names.upper(interface, 'number')};",
            f"    wire->header.operation = {names.upper(interface, 'operation', operation.name)};",
            f"    wire->header.major = {names.upper(interface, 'major')};",
            "    wire->header.flags = 0;"]


def make(interface, source):
    """The text of the file."""
    lines = [*names.head(source),
             "// Decoders take any bytes: 0 and what the message says, its arrays in place; or COCO_EINVAL.",
             "// Encoders give the length of the message, or COCO_EINVAL. Messages are aligned to 8.",
             "#pragma once", "", f'#include "{interface.name}.h"', ""]
    body = []
    for enumeration in interface.enumerations:
        body += _enumeration_valid(interface, enumeration)
    for structure in interface.structures:
        body += _structure_valid(interface, structure)
    for operation in interface.operations:
        base = f"{interface.name}_{operation.name}"
        body += _layout(interface, f"{base}_request", operation.request, "coco_request_header")
        body += _decode(interface, f"{base}_request", operation.request, f"{base}_arguments")
        body += _encode(interface, f"{base}_request", operation.request, f"{base}_arguments",
                        _request_header(interface, operation))
        if not operation.oneway:
            body += _layout(interface, f"{base}_reply", operation.reply, "coco_reply_header")
            body += _decode(interface, f"{base}_reply", operation.reply, f"{base}_results")
            body += _encode(interface, f"{base}_reply", operation.reply, f"{base}_results", [])
    return "\n".join([*lines, *names.extern_c(body[:-1])]) + "\n"
