# SPDX-License-Identifier: MIT
"""TPM commands as bytes, for tests that want to know exactly which command was answered."""

import struct

from service import need

OWNER, LOCKOUT, ENDORSEMENT, PLATFORM = 0x40000001, 0x4000000A, 0x4000000B, 0x4000000C
CLEAR, STATE = 0, 1
#: Attributes of an index: NO_DA, OWNERREAD, AUTHREAD, OWNERWRITE, AUTHWRITE; and of a counter.
PLAIN, COUNTER = 0x02060006, 0x02060016


def _command(code, body, handles=(), authorizations=()):
    """A command; authorizations: a password for each handle that needs one."""
    area = b"".join(struct.pack(">IHBH", 0x40000009, 0, 0, len(password)) + password for password in authorizations)
    middle = b"".join(struct.pack(">I", handle) for handle in handles)
    if area:
        middle += struct.pack(">I", len(area)) + area
    return struct.pack(">HII", 0x8002 if area else 0x8001, 10 + len(middle) + len(body), code) + middle + body


def _sized(data):
    return struct.pack(">H", len(data)) + data


def startup(kind=CLEAR):
    return _command(0x144, struct.pack(">H", kind))


def shutdown(kind=CLEAR):
    return _command(0x145, struct.pack(">H", kind))


def nv_define(index, size, attributes=PLAIN):
    public = struct.pack(">IHIHH", index, 0x0B, attributes, 0, size)
    return _command(0x12A, _sized(b"") + _sized(public), [OWNER], [b""])


def nv_undefine(index):
    return _command(0x122, b"", [OWNER, index], [b""])


def nv_write(index, data):
    return _command(0x137, _sized(data) + struct.pack(">H", 0), [OWNER, index], [b""])


def nv_increment(index):
    return _command(0x134, b"", [OWNER, index], [b""])


def nv_read(index, size):
    return _command(0x14E, struct.pack(">HH", size, 0), [index, index], [b""])


def create_primary(hierarchy=OWNER, bits=None):
    """A storage key: P-256, or RSA with so many bits."""
    attributes = 0x00030472
    head = struct.pack(">HHIHHHHH", 1 if bits else 0x23, 0x0B, attributes, 0, 6, 128, 0x43, 0x10)
    tail = struct.pack(">HIH", bits, 0, 0) if bits else struct.pack(">HHHH", 3, 0x10, 0, 0)
    return _command(0x131, _sized(_sized(b"") + _sized(b"")) + _sized(head + tail) + _sized(b"") + bytes(4), [hierarchy], [b""])


def evict(handle, persistent):
    return _command(0x120, struct.pack(">I", persistent), [OWNER, handle], [b""])


def flush(handle):
    return _command(0x165, struct.pack(">I", handle))


def change_auth(hierarchy, password):
    return _command(0x129, _sized(password), [hierarchy], [b""])


def clear():
    return _command(0x126, b"", [LOCKOUT], [b""])


def set_policy(hierarchy, digest):
    return _command(0x12E, _sized(digest) + struct.pack(">H", 0x0B), [hierarchy], [b""])


def pcr_extend(index, digest):
    return _command(0x182, struct.pack(">IH", 1, 0x0B) + digest, [index], [b""])


def pcr_read(index):
    mask = (1 << index).to_bytes(3, "little")
    return _command(0x17E, struct.pack(">IHB", 1, 0x0B, 3) + mask)


def read_public(handle):
    return _command(0x173, struct.pack(">I", handle))


def get_random(size=8):
    return _command(0x17B, struct.pack(">H", size))


def capability(which, first, count):
    return _command(0x17A, struct.pack(">III", which, first, count))


def code_of(response):
    """The response code."""
    need(len(response) >= 10, f"a response of {len(response)} bytes")
    return struct.unpack(">I", response[6:10])[0]


def handles_of(response):
    """The handles that a capability lists."""
    (count,) = struct.unpack(">I", response[15:19])
    return struct.unpack(f">{count}I", response[19:19 + 4 * count])
