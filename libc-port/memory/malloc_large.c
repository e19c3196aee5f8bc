// SPDX-License-Identifier: MIT
// Large blocks of malloc. One looks like newlib's: a header with the size in front, and behind it a
// word that says that it is in use; so malloc.c's checks and malloc_usable_size() hold for it, too.
#include <errno.h>
#include <string.h>

#include <coconut/syscalls.h>

#include "../private/large_block.h"

#define BEFORE 16u /* bytes from the mapping to the block, with the header */
#define AROUND 32u /* bytes of the mapping that the header does not count */
#define HEADER sizeof(uint64_t)
#define IN_USE 1u
#define MAPPED 2u /* newlib's flag for this, which it does not use here */
#define FLAGS 7u

static uint64_t *header_of(const void *memory)
{
    return (uint64_t *)((uintptr_t)memory - HEADER);
}

void *__coco_large_block(size_t size)
{
    if (size > PTRDIFF_MAX - 2 * (size_t)COCO_PAGE_SIZE) {
        errno = ENOMEM;
        return NULL;
    }
    size_t len = (size + AROUND + HEADER + COCO_PAGE_SIZE - 1) & ~(size_t)(COCO_PAGE_SIZE - 1);
    int64_t mapped =
        coco_mmap(COCO_HANDLE_NONE, NULL, 0, len,
                  COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_PRIVATE | COCO_MMAP_ANONYMOUS);
    if (coco_is_error(mapped)) {
        errno = ENOMEM;
        return NULL;
    }
    char *memory = (char *)(uintptr_t)mapped + BEFORE;
    uint64_t block = len - AROUND;
    uint64_t behind = IN_USE;
    *header_of(memory) = block | MAPPED | IN_USE;
    memcpy((char *)header_of(memory) + block, &behind, sizeof(behind));
    return memory;
}

bool __coco_is_large_block(const void *memory, uint64_t size)
{
    return size > COCO_LARGEST_SHARED && (*header_of(memory) & MAPPED) != 0 &&
           ((uintptr_t)memory & (COCO_PAGE_SIZE - 1)) == BEFORE &&
           ((size + AROUND) & (COCO_PAGE_SIZE - 1)) == 0;
}

void __coco_large_block_free(void *memory)
{
    uint64_t len = (*header_of(memory) & ~(uint64_t)FLAGS) + AROUND;
    (void)coco_munmap((char *)memory - BEFORE, len); // cannot fail: it is a whole mapping
}
