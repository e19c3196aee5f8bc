# SPDX-License-Identifier: MIT
"""Seeds for the fuzz target: for each operation the smallest and the largest message, and wrong ones."""

import struct

from coconut_interface.model import up8


def _element(item, fill):
    """Bytes of one element with allowed values; `fill`: other ones than zero."""
    if item.kind == "structure":
        return _places(item.of.places, fill)
    if item.kind == "enumeration":
        return struct.pack("<I", item.of.values[-1 if fill else 0][1])
    if item.is_bool:
        return bytes([fill])
    return bytes([0x41 if fill else 0]) * item.element_size


def _places(places, fill):
    found = b""
    for place in places:
        item = place.field
        if item is None:
            found += bytes(place.size)
        elif item.variable:
            found += struct.pack("<I", item.max if fill else 0)
        else:
            found += _element(item, fill) * (item.count or 1)
    return found


def message(interface, operation, fill, reply=False):
    """A good request or reply of the operation, with empty arrays or with full ones."""
    shape = operation.reply if reply else operation.request
    header = (struct.pack("<iHH", 0, operation.number, 0) if reply else
              struct.pack("<IHBB", interface.number, operation.number, interface.major, 0))
    found = header + _places(shape.places, fill)
    for item in shape.tails:
        tail = _element(item, fill) * (item.max if fill else 0)
        tail += b"\0" if item.kind == "string" else b""
        found += tail + bytes(up8(len(tail)) - len(tail))
    return found


def _control(what, kind, handles):
    return bytes([what, kind, handles, 0, 0, 0, 0, 0])


def make(interface):
    """Map of file name to bytes."""
    found = {"describe": _control(0, 0, 0) + struct.pack("<IHBB", interface.number, 0, 0, 0),
             "unknown-operation": _control(0, 0, 0) + struct.pack("<IHBB", interface.number, 65534,
                                                                  interface.major, 0),
             "empty": _control(0, 0, 0)}
    for index, operation in enumerate(interface.operations):
        control = _control(0, int(operation.oneway), len(operation.request.handles))
        small, large = (message(interface, operation, fill) for fill in (0, 1))
        found[f"{operation.name}-small"] = control + small
        found[f"{operation.name}-large"] = control + large
        found[f"{operation.name}-cut"] = control + large[:-1]
        found[f"{operation.name}-longer"] = control + small + bytes(8)
        found[f"{operation.name}-version"] = control + small[:6] + bytes([interface.major ^ 1]) + small[7:]
        if not operation.oneway:
            for fill in (0, 1):
                found[f"{operation.name}-reply-{fill}"] = (_control(1, index % 256, 0)
                                                           + message(interface, operation, fill, reply=True))
    return found
