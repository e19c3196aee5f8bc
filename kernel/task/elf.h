// SPDX-License-Identifier: MIT
// Reading ELF headers; private to task. Pure: needs nothing but the bytes, so the host tests and
// the fuzzer run exactly this code.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>
#include <task/program.h>

#define ELF_PROGRAM_HEADER_MAX 64u
#define ELF_NOTE_BYTES_MAX 4096u /* of a note segment; what lies beyond is not looked at */

/// One loadable segment. The first `file_len` bytes come from the file, the rest reads as zero.
/// Ranges are checked: offset + file_len lies in the file, address + memory_len in user space, and
/// no two segments share a page. Address and offset are equal modulo the page size.
struct elf_segment {
    uint64_t address; /* link-time; any alignment */
    uint64_t offset;
    uint64_t file_len;
    uint64_t memory_len; /* > 0, >= file_len unless the image is not native */
    unsigned prot;       /* ASPACE_READ, WRITE, EXEC */
};

struct elf_image {
    bool native;               /* has the COCONUT note */
    bool position_independent; /* ET_DYN: may be loaded anywhere */
    uint32_t segment_count;    /* 1..ELF_PROGRAM_HEADER_MAX */
    uint64_t entry;            /* link-time */
    uint64_t low;              /* page-aligned range that holds all segments */
    uint64_t high;
    uint64_t align;          /* largest alignment a segment asks for, a power of two >= a page */
    uint64_t header_address; /* link-time address of the program headers, 0 if not loaded */
    uint32_t header_count;   /* program headers at that address */
    struct elf_segment segments[ELF_PROGRAM_HEADER_MAX];
};

/// Reads and checks the headers of a program. ERR_NOEXEC: not a program for this kernel;
/// ERR_ABILEVEL: its note asks for a newer level; errors of source->read. On an error `image` is
/// undefined.
__must_check enum status elf_parse(const struct program_source *source, struct elf_image *image);

/// Copies `len` bytes at `offset` of the file to `dst`. ERR_NOEXEC if they lie beyond its end.
__must_check enum status elf_read(const struct program_source *source, uint64_t offset, void *dst,
                                  size_t len);
