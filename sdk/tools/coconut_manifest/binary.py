# SPDX-License-Identifier: MIT
"""The compiled form of a manifest: what init reads. Same meaning, same bytes.

Little endian: HEADER, then `call_count` CALL records, then strings, each with its NUL: name,
executable, arguments, environment, root (none or one), offers, uses.
`services/init/manifest.h` is the other side.
"""

import hashlib
import struct

from coconut_manifest.rules import RESTART, Manifest

MAGIC, VERSION = b"CMAN", 1
#: magic, version, size; flags, restart rule; memory; threads, handles; delay, longest delay in ms;
#: attempts, within s; counts of calls, arguments, environment, root, offers, uses
HEADER = struct.Struct("<4sIIIIIQIIIIIIIIIIII")
CALL = struct.Struct("<IIQ")
CRITICAL = 1


class BadManifest(ValueError):
    """Bytes that are no compiled manifest."""


def encode(manifest):
    """Return the bytes of a checked manifest."""
    strings = [manifest.name, manifest.executable, *manifest.arguments, *manifest.environment,
               *manifest.root, *manifest.offers, *manifest.uses]
    body = b"".join(CALL.pack(*record) for record in manifest.calls)
    body += b"".join(text.encode("utf-8") + b"\0" for text in strings)
    restart = manifest.restart
    return HEADER.pack(
        MAGIC, VERSION, HEADER.size + len(body), CRITICAL if manifest.critical else 0,
        RESTART[restart["rule"]], 0, manifest.memory, manifest.threads, manifest.handles,
        restart["delay_ms"], restart["delay_max_ms"], restart["attempts"], restart["within_s"],
        len(manifest.calls), len(manifest.arguments), len(manifest.environment),
        len(manifest.root), len(manifest.offers), len(manifest.uses)) + body


def digest(data):
    """The measurement of compiled bytes: SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _strings(data, count):
    parts = data.split(b"\0")
    if len(parts) != count + 1 or parts[-1]:
        raise BadManifest("strings are missing, or too many")
    try:
        return [part.decode("utf-8") for part in parts[:-1]]
    except UnicodeDecodeError:
        raise BadManifest("a string is not UTF-8") from None


def decode(data):
    """Return the Manifest of compiled bytes; BadManifest unless encode() can have made them."""
    if len(data) < HEADER.size:
        raise BadManifest("shorter than its header")
    (magic, version, size, flags, rule, reserved, memory, threads, handles, delay, delay_max,
     attempts, within, calls, *counts) = HEADER.unpack_from(data)
    if magic != MAGIC or version != VERSION:
        raise BadManifest("not a compiled manifest of this version")
    start = HEADER.size + calls * CALL.size
    if size != len(data) or start > size or rule >= len(RESTART) or flags & ~CRITICAL or reserved:
        raise BadManifest("the header contradicts itself")
    records = [CALL.unpack_from(data, HEADER.size + i * CALL.size) for i in range(calls)]
    strings = _strings(data[start:], 2 + sum(counts))
    name, executable = strings[:2]
    lists, at = [], 2
    for count in counts:
        lists.append(strings[at:at + count])
        at += count
    manifest = Manifest(
        name=name, executable=executable, arguments=lists[0], environment=lists[1],
        memory=memory, threads=threads, handles=handles, calls=records,
        root=lists[2], offers=lists[3], uses=lists[4],
        restart={"rule": list(RESTART)[rule], "delay_ms": delay, "delay_max_ms": delay_max,
                 "attempts": attempts, "within_s": within}, critical=bool(flags & CRITICAL))
    if encode(manifest) != data:
        raise BadManifest("not in the canonical form")
    return manifest
