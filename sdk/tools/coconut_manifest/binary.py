# SPDX-License-Identifier: MIT
"""The compiled form of a manifest: what init reads. Same meaning, same bytes.

Little endian: HEADER, then `call_count` CALL records, then strings, each with its NUL: name,
executable, arguments, environment, root (none or one), offers, uses, view: paths of files and
devices, with an `r` in front of what may only be read, a `w` before files and a `d` before devices
that may be changed; names whose records it may read in the log; channels that it may find.
`services/init/manifest.h` is the other side.
"""

import hashlib
import struct

from coconut_manifest.rules import RESTART, STOP, Manifest

MAGIC, VERSION = b"CMAN", 4
#: magic, version, size; flags, restart rule; memory; threads, handles; delay, longest delay in ms;
#: attempts, within s; counts of calls, arguments, environment, root, offers, uses, view, reads;
#: budget and period of processor time in us; how to stop it, grace in ms; rate, burst and flags of
#: the log; count of finds
HEADER = struct.Struct("<4sIIIIIQ" + 22 * "I")
CALL = struct.Struct("<IIQ")
CRITICAL = 1
LOG_MACHINE = 1


class BadManifest(ValueError):
    """Bytes that are no compiled manifest."""


def _view(manifest):
    return [("w" if write else "r") + path for path, write in manifest.files] + \
        ["d" + path for path in manifest.devices]


def encode(manifest):
    """Return the bytes of a checked manifest."""
    strings = [manifest.name, manifest.executable, *manifest.arguments, *manifest.environment,
               *manifest.root, *manifest.offers, *manifest.uses, *_view(manifest), *manifest.log["reads"],
               *manifest.finds]
    body = b"".join(CALL.pack(*record) for record in manifest.calls)
    body += b"".join(text.encode("utf-8") + b"\0" for text in strings)
    restart, log, stop = manifest.restart, manifest.log, manifest.stop
    return HEADER.pack(
        MAGIC, VERSION, HEADER.size + len(body), CRITICAL if manifest.critical else 0,
        RESTART[restart["rule"]], 0, manifest.memory, manifest.threads, manifest.handles,
        restart["delay_ms"], restart["delay_max_ms"], restart["attempts"], restart["within_s"],
        len(manifest.calls), len(manifest.arguments), len(manifest.environment),
        len(manifest.root), len(manifest.offers), len(manifest.uses), len(_view(manifest)), len(log["reads"]),
        *manifest.cpu, STOP[stop["ask"]], stop["grace_ms"], log["rate"], log["burst"],
        LOG_MACHINE if log["machine"] else 0, len(manifest.finds)) + body


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
     attempts, within, calls, *counts, budget, period, ask, grace, rate, burst, log_flags,
     finds) = HEADER.unpack_from(data)
    if magic != MAGIC or version != VERSION:
        raise BadManifest("not a compiled manifest of this version")
    start = HEADER.size + calls * CALL.size
    if size != len(data) or start > size or rule >= len(RESTART) or flags & ~CRITICAL or reserved or \
            ask >= len(STOP) or log_flags & ~LOG_MACHINE:
        raise BadManifest("the header contradicts itself")
    records = [CALL.unpack_from(data, HEADER.size + i * CALL.size) for i in range(calls)]
    strings = _strings(data[start:], 2 + sum(counts) + finds)
    name, executable = strings[:2]
    lists, at = [], 2
    for count in (*counts, finds):
        lists.append(strings[at:at + count])
        at += count
    manifest = Manifest(
        name=name, executable=executable, arguments=lists[0], environment=lists[1],
        memory=memory, threads=threads, handles=handles, calls=records,
        cpu=(budget, period), root=lists[2], offers=lists[3], uses=lists[4], finds=lists[7],
        files=[(text[1:], text[0] == "w") for text in lists[5] if text[:1] in ("r", "w")],
        devices=[text[1:] for text in lists[5] if text[:1] == "d"],
        restart={"rule": list(RESTART)[rule], "delay_ms": delay, "delay_max_ms": delay_max,
                 "attempts": attempts, "within_s": within}, critical=bool(flags & CRITICAL),
        stop={"ask": list(STOP)[ask], "grace_ms": grace},
        log={"rate": rate, "burst": burst, "reads": lists[6], "machine": bool(log_flags)})
    if encode(manifest) != data:
        raise BadManifest("not in the canonical form")
    return manifest
