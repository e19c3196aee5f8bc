// SPDX-License-Identifier: MIT
// The note by which the kernel knows a COCONUT program and the ABI level it was built for.
#include <stdint.h>

#include <coconut/types.h>

struct abi_note {
    uint32_t name_size; /* bytes, NUL included */
    uint32_t data_size; /* bytes */
    uint32_t type;
    char name[sizeof(COCO_NOTE_NAME)];
    uint32_t level;
};

_Static_assert(sizeof(COCO_NOTE_NAME) % 4 == 0, "an ELF note's name is padded to 4 bytes");

__attribute__((section(".note.coconut"), used, aligned(4))) static const struct abi_note note = {
    .name_size = sizeof(COCO_NOTE_NAME),
    .data_size = sizeof(uint32_t),
    .type = COCO_NOTE_TYPE_ABI,
    .name = COCO_NOTE_NAME,
    .level = COCO_ABI_LEVEL,
};
