# SPDX-License-Identifier: MIT
"""Writes seed programs for fuzz_elf: elf_seeds.py FOLDER. Each file is one mode byte and an ELF image."""

import pathlib
import struct
import sys

EXEC, DYN = 2, 3
LOAD, INTERP, NOTE, TLS, STACK, RELRO = 1, 3, 4, 7, 0x6474E551, 0x6474E552
R, W, X = 4, 2, 1


def program_header(kind, flags, offset, address, file_len, memory_len=None, align=0x1000):
    memory_len = file_len if memory_len is None else memory_len
    return struct.pack("<IIQQQQQQ", kind, flags, offset, address, address, file_len, memory_len,
                       align)


def note(level, name=b"COCONUT\0", kind=1):
    return struct.pack("<III", len(name), 4, kind) + name + struct.pack("<I", level)


def image(kind, headers, entry, sections=False, size=0x1800, notes=b""):
    fields = struct.pack("<HHIQQQIHHHHHH", kind, 62, 1, entry, 64, 0x1700 if sections else 0, 0, 64,
                         56, len(headers), 64 if sections else 0, 1 if sections else 0, 0)
    data = bytearray(b"\x7fELF\x02\x01\x01" + bytes(9) + fields + b"".join(headers))
    data += bytes(0x400 - len(data)) + notes
    data += bytes(i & 0xFF for i in range(size - len(data)))
    return bytes(data)


def seeds():
    code = program_header(LOAD, R | X, 0, 0x400000, 0x1000)
    data = program_header(LOAD, R | W, 0x1010, 0x401010, 0x100, 0x2000)
    ours = program_header(NOTE, R, 0x400, 0x400400, 24, align=4)
    entry = 0x400500
    yield "native", image(EXEC, [code, data, ours], entry, notes=note(1))
    yield "pie", image(DYN, [program_header(LOAD, R | X, 0, 0, 0x1000, align=0x200000),
                             program_header(LOAD, R | W, 0x1010, 0x1010, 0x100, 0x2000), ours,
                             program_header(TLS, R, 0x1010, 0x1010, 8),
                             program_header(RELRO, R, 0x1010, 0x1010, 0x10)], 0x500, notes=note(1))
    yield "upstream", image(EXEC, [code, data, program_header(STACK, R | W, 0, 0, 0)], entry, True)
    yield "level", image(EXEC, [code, ours], entry, notes=note(2))
    yield "interpreter", image(DYN, [code, ours, program_header(INTERP, R, 0x500, 0x500, 8)], entry,
                               notes=note(1))
    yield "notes", image(EXEC, [code, program_header(NOTE, R, 0x400, 0, 0x200, align=8)], entry,
                         notes=note(7, b"GNU\0", 5) + note(1))
    yield "overlap", image(EXEC, [code, program_header(LOAD, R | W, 0x10, 0x400010, 0x10)], entry,
                           True)
    yield "many", image(EXEC, [program_header(LOAD, R, 0, 0x400000 + i * 0x1000, 0x20)
                               for i in range(14)], entry, True)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in seeds():
        for mode in (0, 1, 9):
            (folder / f"{name}-{mode}").write_bytes(bytes([mode]) + content)


main()
