# SPDX-License-Identifier: MIT
"""Looks at a program before a machine is started for it, to say plainly why it cannot run."""

import struct

from coconut_cli.fault import STATUS_NOT_EXECUTABLE, STATUS_NOT_FOUND, Fault, reason

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SEGMENT = struct.Struct("<IIQQQQQQ")
ET_EXEC, ET_DYN = 2, 3
EM_X86_64 = 62
PT_INTERP, PT_NOTE = 3, 4
NOTE_BUILD_ID = 3
OSABI_GNU = 3
NOTES_MAX = 65536
OFFSET_MAX = (1 << 63) - 1  #: the host's off_t


def is_elf(path):
    """Tell whether there is such a file, and it begins as ELF files do."""
    try:
        with open(path, "rb") as stream:
            return stream.read(4) == b"\x7fELF"
    except OSError:
        return False


def _refuse(path, text):
    return Fault(f"{path}: {text}", STATUS_NOT_EXECUTABLE)


def _read_at(stream, offset, length):
    if offset > OFFSET_MAX:
        return None
    stream.seek(offset)
    data = stream.read(length)
    return data if len(data) == length else None


def _gnu_notes(data):
    """Yield (kind, content) of GNU's notes."""
    position = 0
    while position + 12 <= len(data):
        name_size, content_size, kind = struct.unpack_from("<III", data, position)
        content = position + 12 + (name_size + 3 & ~3)
        if data[position + 12:position + 12 + name_size] == b"GNU\0":
            yield kind, data[content:content + content_size]
        position = content + (content_size + 3 & ~3)


def _is_linux_note(data):
    """Tell whether notes hold GNU's ABI tag, which every Linux program carries."""
    return any(kind == 1 for kind, _ in _gnu_notes(data))


def _segments(stream, path, offset, size, count):
    if size != SEGMENT.size or not 0 < count <= 256:
        raise _refuse(path, "bad ELF file: the program header table is not usable")
    table = _read_at(stream, offset, size * count)
    if table is None:
        raise _refuse(path, "bad ELF file: the program header table is cut off")
    return list(SEGMENT.iter_unpack(table))


def _check_stream(stream, path):
    head = stream.read(HEADER.size)
    if head[:2] == b"#!":
        raise _refuse(path, "is a script; the guest runs COCONUT programs only")
    if head[:4] != b"\x7fELF" or len(head) < HEADER.size:
        raise _refuse(path, "is not an ELF program; build one with toolchain/coconut.cmake")
    (ident, kind, machine, _, _, offset, _, _, _, size, count, _, _, _) = HEADER.unpack(head)
    if ident[4] != 2 or ident[5] != 1 or machine != EM_X86_64:
        raise _refuse(path, "is an ELF file for another processor; COCONUT is x86-64")
    if kind not in (ET_EXEC, ET_DYN):
        raise _refuse(path, "is an object file or core dump, not a program; link it first")
    linux = ident[7] == OSABI_GNU
    for segment in _segments(stream, path, offset, size, count):
        if segment[0] == PT_INTERP:
            linux = True
        elif segment[0] == PT_NOTE and 0 < segment[5] <= NOTES_MAX:
            linux |= _is_linux_note(_read_at(stream, segment[2], segment[5]) or b"")
    if linux:
        raise _refuse(path, "is a Linux program; build it with coconut.cmake")


def check_program(path):
    """Return if path holds a program that the kernel can be asked to start, else raise Fault."""
    try:
        with open(path, "rb") as stream:
            _check_stream(stream, path)
    except FileNotFoundError:
        raise Fault(f"{path}: no such program", STATUS_NOT_FOUND) from None
    except NotADirectoryError:
        raise Fault(f"{path}: no such program", STATUS_NOT_FOUND) from None
    except IsADirectoryError:
        raise _refuse(path, "is a directory") from None
    except OSError as error:
        raise _refuse(path, reason(error)) from error


def build_id(path):
    """Return the build id of a program in hexadecimal digits; None if it has none, or is none."""
    try:
        with open(path, "rb") as stream:
            head = stream.read(HEADER.size)
            if len(head) < HEADER.size or head[:4] != b"\x7fELF":
                return None
            fields = HEADER.unpack(head)
            for segment in _segments(stream, path, fields[5], fields[9], fields[10]):
                if segment[0] == PT_NOTE and 0 < segment[5] <= NOTES_MAX:
                    for kind, content in _gnu_notes(_read_at(stream, segment[2], segment[5]) or b""):
                        if kind == NOTE_BUILD_ID:
                            return content.hex()
    except (OSError, Fault):
        return None  # who asks has looked at the program before, or will
    return None
