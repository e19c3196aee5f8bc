# SPDX-License-Identifier: MIT
"""NAME.h: what clients and servers include."""

from coconut_interface import names


def member(interface, item, constant):
    """Declarations of a field in a structure of arguments, results or the interface's own."""
    kind, note = names.element(interface, item), f" /* {item.text} */" if item.text else ""
    if item.variable:
        extra = f", at most {item.max}" + (" bytes without a NUL" if item.kind == "string" else "")
        return [f"    {'const ' if constant else ''}{kind} *{item.name};{note}",
                f"    uint32_t {item.counter}; /* of `{item.name}`{extra} */"]
    size = f"[{item.count}]" if item.count else ""
    return [f"    {kind} {item.name}{size};{note}"]


def _enumeration(interface, enumeration):
    lines = names.comment(enumeration.text)
    lines.append(f"enum {interface.name}_{enumeration.name} {{")
    for name, number, text in enumeration.values:
        note = f" /* {text} */" if text else ""
        suffix = "" if number < 1 << 31 else "u"
        lines.append(f"    {names.upper(interface, enumeration.name, name)} = {number}{suffix},{note}")
    return [*lines, "};", ""]


def _structure(interface, structure):
    lines = names.comment(structure.text)
    lines.append(f"struct {interface.name}_{structure.name} {{")
    padding = 0
    for place in structure.places:
        if place.field is None:
            lines.append(f"    uint8_t padding{padding}[{place.size}]; /* 0 */")
            padding += 1
        else:
            lines += member(interface, place.field, False)
    return [*lines, "};", ""]


def _records(interface, operation):
    """The structures of arguments and results, where there are any."""
    lines = []
    for part, message in (("arguments", operation.request), ("results", operation.reply)):
        if not message.fields:
            continue
        what = f"{part.capitalize()} of {interface.name}_{operation.name}()."
        if part == "results" and message.tails:
            what += (" For a client arrays lie in its memory until its next call; a handler finds room there, or "
                     "points to memory of its own that stays until it has returned.")
        lines += [*names.comment(what), f"struct {interface.name}_{operation.name}_{part} {{"]
        for item in message.fields:
            lines += member(interface, item, part == "arguments")
        lines += ["};", ""]
    return lines


def _function(interface, operation):
    text = operation.text + ("" if operation.text.endswith(".") else ".")
    if operation.errors:
        text += f" Errors: {', '.join(names.upper(interface, 'error', e) for e in operation.errors)}."
    text += " Nobody replies." if operation.oneway else ""
    if operation.idempotent:
        text += " Idempotent: made again when the server went away."
    moved = [item.name for item in operation.request.handles if item.move]
    if moved:
        text += f" Gives away: {', '.join(moved)}."
    received = [item.name for item in operation.reply.handles]
    if received:
        text += f" The caller closes: {', '.join(received)}."
    return [*names.comment(text + " Results as of coco_client_call()."), names.signature(interface, operation) + ";",
            ""]


def _server(interface):
    lines = names.comment("Handlers of a server. 0, an error of the operation, or COCO_E...; NULL: COCO_ENOSYS. "
                          "Arguments were checked, and are valid until the handler returns; handles among them are "
                          "closed then, unless it calls coco_call_keep(). Results are zero at first.")
    lines.append(f"struct {interface.name}_server {{")
    lines += [f"    {names.handler(interface, operation)};" for operation in interface.operations]
    lines += ["};", ""]
    lines += names.comment(f"Serves a message: for coco_server_add(). `operations` is a struct {interface.name}_server.")
    return [*lines, f"void {interface.name}_dispatch(const void *operations, struct coco_call *call);"]


def make(interface, source):
    """The text of the file."""
    lines = [*names.head(source), *[f"//{' ' + line if line else ''}" for line in
                                    [l[4:] for l in names.comment(interface.text)]],
             "#pragma once", "", "#include <coconut/service.h>", ""]
    lines += [f"#define {names.upper(interface, 'number')} 0x{interface.number:08x}u /* in messages, for the name */",
              f"#define {names.upper(interface, 'major')} {interface.major}u",
              f"#define {names.upper(interface, 'minor')} {interface.minor}u", ""]
    body = [f"enum {interface.name}_operation {{"]
    body += [f"    {names.upper(interface, 'operation', op.name)} = {op.number}," for op in interface.operations]
    body += ["};", ""]
    if interface.errors:
        body += [*names.comment("Errors of the interface; results above 0."), f"enum {interface.name}_error {{"]
        body += [f"    {names.upper(interface, 'error', name)} = {number}, /* {text} */"
                 for name, number, text in interface.errors]
        body += ["};", ""]
    for enumeration in interface.enumerations:
        body += _enumeration(interface, enumeration)
    for structure in interface.structures:
        body += _structure(interface, structure)
    for operation in interface.operations:
        body += _records(interface, operation)
    for operation in interface.operations:
        body += _function(interface, operation)
    return "\n".join([*lines, *names.extern_c([*body, *_server(interface)])]) + "\n"
