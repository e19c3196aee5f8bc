// SPDX-License-Identifier: MIT
// Builds small ELF images for the tests: a header, program headers, data. Fields can be changed
// freely before and after, so that each rule of the reader can be broken by itself.
#pragma once

#include <base/types.h>
#include <task/program.h>

#include "../elf_format.h"

#define IMAGE_SIZE 0x8000u

struct image {
    struct program_source source;
    bool offer_span;
    unsigned reads; /* calls of source.read */
    uint8_t bytes[IMAGE_SIZE];
};

/// A valid native program: headers and code at 0x400000 (R X, 0x1000 bytes of file), data at
/// 0x402010 (R W, 0x20 bytes of file, 0x3000 in memory), the note. Entry 0x401000 + 16 * `index`.
void image_native(struct image *image, unsigned index);

/// The same as a static PIE linked at 0.
void image_pie(struct image *image, unsigned index);

/// A valid upstream program: without the note, with a section table.
void image_upstream(struct image *image, unsigned index);

static inline struct elf_header *image_header(struct image *image)
{
    return (struct elf_header *)image->bytes;
}

/// Program header `index`: 0 code, 1 data, 2 note (native) or stack flags (upstream).
static inline struct elf_program_header *image_program_header(struct image *image, unsigned index)
{
    return (struct elf_program_header *)(image->bytes + sizeof(struct elf_header)) + index;
}

/// Adds one more program header and returns it.
struct elf_program_header *image_add(struct image *image, struct elf_program_header header);

#define IMAGE_NOTE_OFFSET 0x800u
#define IMAGE_DATA_OFFSET 0x2010u
#define IMAGE_CODE_LEN 0x2000u
