// SPDX-License-Identifier: MIT
// Structures and numbers of 64-bit ELF files, as far as the loader needs them. Values are
// little-endian, as the processor is.
#pragma once

#include <base/types.h>

#define ELF_MAGIC 0x464c457fu /* 0x7f 'E' 'L' 'F' */
#define ELF_CLASS_64 2u
#define ELF_DATA_LITTLE 1u
#define ELF_VERSION 1u
#define ELF_OSABI_SYSV 0u
#define ELF_OSABI_LINUX 3u
#define ELF_TYPE_EXEC 2u
#define ELF_TYPE_DYN 3u
#define ELF_MACHINE_X86_64 62u

#define ELF_PT_LOAD 1u
#define ELF_PT_INTERP 3u
#define ELF_PT_NOTE 4u

#define ELF_PF_X 1u
#define ELF_PF_W 2u
#define ELF_PF_R 4u

#define ELF_SECTION_HEADER_SIZE 64u

struct elf_header {
    uint32_t magic;
    uint8_t file_class;
    uint8_t data;
    uint8_t ident_version;
    uint8_t osabi;
    uint8_t padding[8];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t phoff;
    uint64_t shoff;
    uint32_t flags;
    uint16_t ehsize;
    uint16_t phentsize;
    uint16_t phnum;
    uint16_t shentsize;
    uint16_t shnum;
    uint16_t shstrndx;
};

struct elf_program_header {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t vaddr;
    uint64_t paddr;
    uint64_t filesz;
    uint64_t memsz;
    uint64_t align;
};

struct elf_note {
    uint32_t name_len;
    uint32_t content_len;
    uint32_t type;
};

_Static_assert(sizeof(struct elf_header) == 64, "the ELF header has 64 bytes");
_Static_assert(sizeof(struct elf_program_header) == 56, "a program header has 56 bytes");
