# SPDX-License-Identifier: MIT
"""NAME.md: the interface for readers, with the layout of its messages."""

from coconut_interface import names


def _cell(text):
    return text.replace("|", "\\|")


def _type(item):
    kind = item.of.name if item.kind in ("structure", "enumeration") else item.of or item.kind
    if item.kind == "handle":
        kind += f" to {item.object}" if item.object else ""
        kind += f" with {', '.join(item.rights) or 'no right'}" if item.rights is not None else ""
        return kind + (", moved" if item.move else "")
    extra = names.range_of(item)
    return f"{kind}, {extra}" if extra else kind


def _places(places, fields):
    """Rows of a layout: offset, bytes, what."""
    lines = ["| offset | bytes | what |", "|---|---|---|"]
    for place in places:
        if place.field is None:
            what = "0"
        elif place.field.variable:
            what = f"number of {'bytes' if place.field.kind in ('bytes', 'string') else 'elements'} of `{place.field.name}`"
        else:
            what = f"`{place.field.name}`: {_type(place.field)}"
        lines.append(f"| {place.offset} | {place.size} | {what} |")
    for item in fields:
        if item.variable:
            lines.append(f"| then | | `{item.name}`: {_type(item)}, {item.element_size} bytes each"
                         f"{', and a NUL' if item.kind == 'string' else ''}, zeros up to a multiple of 8 |")
    return [*lines, ""]


def _fields(title, fields):
    if not fields:
        return []
    lines = [f"| {title} | type | |", "|---|---|---|"]
    lines += [f"| `{item.name}` | {_type(item)} | {_cell(item.text)} |" for item in fields]
    return [*lines, ""]


def _operation(interface, operation):
    notes = [f"number {operation.number}", f"since {interface.major}.{operation.since}"]
    if operation.idempotent:
        notes.append("idempotent")
    if operation.oneway:
        notes.append("one way: nobody replies")
    lines = [f"### {operation.name}", "", operation.text, "", f"*{', '.join(notes)}*", "",
             f"    {names.signature(interface, operation)}", ""]
    lines += _fields("argument", operation.request.fields) + _fields("result", operation.reply.fields)
    if operation.errors:
        lines += [f"Errors: {', '.join(f'`{error}`' for error in operation.errors)}.", ""]
    lines += [f"Request, {operation.request.fixed} to {operation.request.size_max} bytes"
              f"{_handles(operation.request)}:", "",
              *_places(operation.request.places, operation.request.fields)]
    if not operation.oneway:
        lines += [f"Reply, {operation.reply.fixed} to {operation.reply.size_max} bytes"
                  f"{_handles(operation.reply)}:", "",
                  *_places(operation.reply.places, operation.reply.fields)]
    return lines


def _handles(message):
    if not message.handles:
        return ""
    return ", with handles: " + ", ".join(item.name for item in message.handles)


def make(interface, source):
    """The text of the file."""
    lines = [f"<!-- {names.MARK.format(source)} -->", f"# Interface {interface.name} {interface.major}.{interface.minor}",
             "", interface.text, "", f"In messages: 0x{interface.number:08x}.", ""]
    if interface.errors:
        lines += ["## Errors", "", "| error | number | |", "|---|---|---|"]
        lines += [f"| `{name}` | {number} | {_cell(text)} |" for name, number, text in interface.errors] + [""]
    for enumeration in interface.enumerations:
        lines += [f"## Enumeration {enumeration.name}", "", enumeration.text, "", "| value | number | |",
                  "|---|---|---|"]
        lines += [f"| `{name}` | {number} | {_cell(text)} |" for name, number, text in enumeration.values] + [""]
    for structure in interface.structures:
        lines += [f"## Structure {structure.name}", "", structure.text, "", *_fields("member", structure.fields),
                  f"{structure.size} bytes, aligned to {structure.align}:", "", *_places(structure.places, [])]
    lines += ["## Operations", ""]
    for operation in interface.operations:
        lines += _operation(interface, operation)
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.rstrip("\n") + "\n"
