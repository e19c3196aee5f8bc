# SPDX-License-Identifier: MIT
"""Reads sections and symbols of ELF files and static libraries, without trusting what stands in them."""

import struct

from coconut_cli.fault import STATUS_FAILED, Fault, reason

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
SHT_SYMTAB, SHT_NOBITS, SHT_DYNSYM = 2, 8, 11
ET_REL = 1
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4
SHN_UNDEF, SHN_COMMON = 0, 0xfff2
STB_LOCAL, STB_GLOBAL, STB_WEAK = range(3)
STT_OBJECT, STT_FUNC, STT_TLS = 1, 2, 6
EM_X86_64 = 62
ARCHIVE = b"!<arch>\n"
MEMBER = 60
FILE_MAX = 1 << 30


class Section:
    """One section. flags: SHF_*; size in bytes; nobits: it takes no room in the file."""

    def __init__(self, name, kind, flags, size):
        self.name, self.flags, self.size = name, flags, size
        self.nobits = kind == SHT_NOBITS


class Symbol:
    """One symbol. section: its Section, or None where it is undefined or belongs to no section."""

    def __init__(self, name, info, section, size):
        self.name, self.section, self.size = name, section, size
        self.binding, self.kind = info >> 4, info & 15
        self.undefined = False


class Object:
    """One ELF file. name: where it stands; kind: ET_*; sections and symbols as lists."""

    def __init__(self, name, data):
        self.name, self._data = name, data
        if data[:4] != b"\x7fELF" or len(data) < HEADER.size:
            raise self._bad("is not an ELF file")
        head = HEADER.unpack_from(data)
        if head[0][4:6] != b"\x02\x01" or head[2] != EM_X86_64:
            raise self._bad("is an ELF file for another processor; COCONUT is x86-64")
        self.kind = head[1]
        self.sections, self._tables = self._read_sections(head[6], *head[11:14])
        self.symbols = self._read_symbols(SHT_SYMTAB)

    def imports(self):
        """Return the names that this file wants from others: all of an object, those of shared libraries else."""
        symbols = self.symbols if self.kind == ET_REL else self._read_symbols(SHT_DYNSYM)
        return {symbol.name for symbol in symbols if symbol.undefined and symbol.name}

    def exports(self):
        """Return the names that others can link with."""
        symbols = self.symbols if self.kind == ET_REL else self._read_symbols(SHT_DYNSYM)
        return {symbol.name for symbol in symbols if not symbol.undefined and symbol.binding != STB_LOCAL}

    def is_dynamic(self):
        """Tell whether it is linked with shared libraries."""
        return any(row[1] == SHT_DYNSYM for row in self._tables)

    def _bad(self, text):
        return Fault(f"{self.name}: {text}", STATUS_FAILED)

    def _slice(self, offset, size):
        if offset + size > len(self._data):
            raise self._bad("bad ELF file: it is cut off")
        return self._data[offset:offset + size]

    def _name(self, table, at):
        end = table.find(b"\0", at)
        if end < 0:
            raise self._bad("bad ELF file: a name without an end")
        return table[at:end].decode("utf-8", "replace")

    def _read_sections(self, offset, entry_size, count, names):
        if count == 0:
            return [], []
        if entry_size != SECTION.size or names >= count:
            raise self._bad("bad ELF file: the section table is not usable")
        rows = list(SECTION.iter_unpack(self._slice(offset, entry_size * count)))
        table = self._slice(rows[names][4], rows[names][5])
        return [Section(self._name(table, row[0]), row[1], row[2], row[5]) for row in rows], rows

    def _read_symbols(self, kind):
        found = []
        for row in self._tables:
            if row[1] != kind:
                continue
            if row[6] >= len(self._tables) or row[5] % SYMBOL.size:
                raise self._bad("bad ELF file: the symbol table is not usable")
            strings = self._slice(self._tables[row[6]][4], self._tables[row[6]][5])
            for name, info, _, index, _, size in SYMBOL.iter_unpack(self._slice(row[4], row[5])):
                section = self.sections[index] if SHN_UNDEF < index < len(self.sections) else None
                symbol = Symbol(self._name(strings, name), info, section, size)
                symbol.undefined = index == SHN_UNDEF
                found.append(symbol)
        return found


def read_file(path):
    """Return the bytes of a file; Fault when it cannot be read or is beyond all reason."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(FILE_MAX + 1)
    except OSError as error:
        raise Fault(f"{path}: {reason(error)}", STATUS_FAILED) from error
    if len(data) > FILE_MAX:
        raise Fault(f"{path}: larger than {FILE_MAX >> 20} MiB", STATUS_FAILED)
    return data


def _long_name(names, text, path):
    start = int(text[1:]) if text[1:].isascii() and text[1:].isdigit() else len(names)
    end = names.find(b"/\n", start)
    if start >= len(names) or end < 0:
        raise Fault(f"{path}: bad archive: a member without a name", STATUS_FAILED)
    return names[start:end].decode("utf-8", "replace")


def members(path, data):
    """Yield (name, bytes) of the members of a static library."""
    at, names = len(ARCHIVE), b""
    while at < len(data):
        head = data[at:at + MEMBER]
        size = head[48:58].decode("ascii", "replace").strip()
        if len(head) < MEMBER or head[58:] != b"`\n" or not size.isdigit():
            raise Fault(f"{path}: bad archive: no member at byte {at}", STATUS_FAILED)
        body = data[at + MEMBER:at + MEMBER + int(size)]
        if len(body) != int(size):
            raise Fault(f"{path}: bad archive: it is cut off", STATUS_FAILED)
        name = head[:16].decode("utf-8", "replace").rstrip()
        if name == "//":
            names = body
        elif name not in ("/", "/SYM64/"):
            if name.startswith("/"):
                name = _long_name(names, name, path)
            yield name.removesuffix("/"), body
        at += MEMBER + int(size) + int(size) % 2


def index(path, data):
    """Return the names that a static library defines, from its index; none for an empty one."""
    size = data[len(ARCHIVE) + 48:len(ARCHIVE) + 58].decode("ascii", "replace").strip()
    if data[len(ARCHIVE):len(ARCHIVE) + 16].rstrip() != b"/" or not size.isdigit():
        return set()
    table = data[len(ARCHIVE) + MEMBER:len(ARCHIVE) + MEMBER + int(size)]
    count = int.from_bytes(table[:4], "big")
    if len(table) < 4 + 4 * count:
        raise Fault(f"{path}: bad archive: its index is cut off", STATUS_FAILED)
    return {name.decode("utf-8", "replace") for name in table[4 + 4 * count:].split(b"\0")[:count]}


def objects(path):
    """Yield the Objects of a file: itself, or the members of a static library."""
    data = read_file(path)
    if data.startswith(b"!<thin>\n"):
        raise Fault(f"{path}: is a thin archive; give its object files", STATUS_FAILED)
    if not data.startswith(ARCHIVE):
        yield Object(path, data)
        return
    for name, body in members(path, data):
        if body[:4] == b"\x7fELF":
            yield Object(f"{path}({name})", body)
