// SPDX-License-Identifier: MIT
// What must hold for every image that the ELF reader accepts; shared by unit tests and fuzzer.
#include "elf_verify.h"

#include <abi/types.h>
#include <mm/aspace.h>
#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "accepted image breaks: %s\n", #condition);                            \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static uint64_t page_start(uint64_t address)
{
    return address & ~(uint64_t)PAGE_MASK;
}

void elf_image_verify(const struct program_source *source, const struct elf_image *image)
{
    REQUIRE(image->segment_count >= 1 && image->segment_count <= ELF_PROGRAM_HEADER_MAX);
    REQUIRE(image->entry < COCO_USER_END);
    REQUIRE(image->low < image->high && image->high <= COCO_USER_END);
    REQUIRE((image->low | image->high) % PAGE_SIZE == 0);
    REQUIRE(image->align >= PAGE_SIZE && (image->align & (image->align - 1)) == 0);
    REQUIRE(image->native || !image->position_independent);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *a = &image->segments[i];
        uint64_t a_end = page_start(a->address + a->memory_len + PAGE_MASK);

        REQUIRE(a->memory_len > 0 && a->address + a->memory_len > a->address);
        REQUIRE(page_start(a->address) >= image->low && a_end <= image->high);
        REQUIRE(a->offset + a->file_len >= a->offset && a->offset + a->file_len <= source->size);
        REQUIRE(((a->address ^ a->offset) & PAGE_MASK) == 0);
        REQUIRE(a->address + a->file_len <= a_end);
        REQUIRE(!image->native || a->file_len <= a->memory_len);
        REQUIRE((a->prot & (ASPACE_WRITE | ASPACE_EXEC)) != (ASPACE_WRITE | ASPACE_EXEC));
        for (uint32_t j = 0; j < i; j++) {
            const struct elf_segment *b = &image->segments[j];

            REQUIRE(page_start(b->address + b->memory_len + PAGE_MASK) <= page_start(a->address) ||
                    a_end <= page_start(b->address));
        }
    }
}
