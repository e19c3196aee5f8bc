# SPDX-License-Identifier: MIT
"""The list of rules that conformance tests prove, one id each."""

from .model import HANDLE_KINDS, MEMORY_KINDS, WIDTH_32_KINDS

STAGES = (("options", "unknown option bits or a value wider than its type"),
          ("handle", "a bad handle"), ("kind", "the wrong kind of object"),
          ("right", "a missing right"), ("memory", "bad user memory"))


def rule(call, suffix, category, text):
    return {"id": f"{call.name}.{suffix}", "call": call.name, "number": call.number,
            "category": category, "text": text}


def argument_rules(abi, call, a):
    if a.kind in WIDTH_32_KINDS:
        yield rule(call, f"width.{a.name}", "width",
                   f"{a.register_names[0]} that is not an extension of a 32-bit value is INVAL.")
    if a.kind == "FLAGS":
        yield rule(call, f"flags.{a.name}", "flags", f"A bit outside COCO_{a.mask} is INVAL.")
    if a.kind in HANDLE_KINDS:
        yield rule(call, f"handle.{a.name}", "handle", "A number that is not open is NOTFOUND.")
        if a.types != ["ANY"]:
            yield rule(call, f"kind.{a.name}", "handle",
                       f"An object that is not {' or '.join(a.types)} is NOTSUPP.")
        for name in a.rights:
            yield rule(call, f"right.{a.name}.{name}", "handle",
                       f"A handle without {name} is {abi.right(name).missing}.")
    if a.kind in MEMORY_KINDS:
        yield rule(call, f"range.{a.name}", "memory", "An address outside of user space is INVAL.")
        yield rule(call, f"fault.{a.name}", "memory", "Memory that is not accessible is FAULT.")


def stages(call):
    """Kinds of refusal that the arguments of `call` allow, in order."""
    found = set()
    for a in call.arguments:
        if a.kind in WIDTH_32_KINDS and (a.kind not in HANDLE_KINDS or len(call.arguments) > 1):
            found.add("options")
        if a.kind in HANDLE_KINDS:
            found.add("handle")
            if a.types != ["ANY"]:
                found.add("kind")
            if a.rights:
                found.add("right")
        if a.kind in MEMORY_KINDS and not a.lazy:
            found.add("memory")
    return [(name, text) for name, text in STAGES if name in found]


def order_rules(call):
    present = stages(call)
    for (first, first_text), (second, second_text) in zip(present, present[1:]):
        # One handle cannot be bad and of the wrong kind at once; its stages need no proof of order.
        if {first, second} <= {"handle", "kind"}:
            continue
        yield rule(call, f"order.{first}.{second}", "order",
                   f"{first_text.capitalize()} is refused before {second_text}.")


def call_rules(abi, call):
    for number, text in enumerate(call.rules, 1):
        yield rule(call, str(number), "behaviour", text)
    for name in call.errors:
        yield rule(call, f"E{name}", "error", f"{name}: {abi.error(name).meaning}")
    for a in call.arguments:
        yield from argument_rules(abi, call, a)
    yield from order_rules(call)


def all_rules(abi):
    """Rules of all calls, and of numbers that no row defines."""
    found = [r for call in abi.calls for r in call_rules(abi, call)]
    for c in abi.classes:
        found.append({"id": f"unknown.{c.name.lower()}", "call": "unknown", "number": c.value << 32,
                      "category": "unknown",
                      "text": f"A number of class {c.name} that no call has is {c.unknown}."})
    found.append({"id": "unknown.public", "call": "unknown", "number": 0, "category": "unknown",
                  "text": "A number of an unused class below the private ones is INVAL."})
    found.append({"id": "unknown.private", "call": "unknown", "number": 0, "category": "unknown",
                  "text": "A number of an unused private class is NOSYS."})
    return found
