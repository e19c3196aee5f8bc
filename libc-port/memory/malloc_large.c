// SPDX-License-Identifier: MIT
// Large blocks of malloc and memalign. One looks like newlib's: a header with the size in front,
// and behind it a word that says that it is in use; so malloc.c's checks and malloc_usable_size()
// hold for it, too. The mapping begins with the page of the header, and ends with that word.
#include <errno.h>
#include <string.h>

#include <coconut/syscalls.h>

#include "../private/large_block.h"

#define BEFORE 16u /* bytes of the mapping before the block at least, with the header */
#define BEHIND 16u /* of those behind what was wanted: the word; malloc_usable_size() wants two */
#define HEADER sizeof(uint64_t)
#define IN_USE 1u
#define MAPPED 2u /* newlib's flag for this, which it does not use here */
#define FLAGS 7u
#define PAGE_MASK ((uintptr_t)COCO_PAGE_SIZE - 1)

static uint64_t *header_of(const void *memory)
{
    return (uint64_t *)((uintptr_t)memory - HEADER);
}

static uintptr_t start_of(uintptr_t memory)
{
    return (memory - BEFORE) & ~PAGE_MASK;
}

static void unmap(uintptr_t start, uintptr_t end)
{
    if (start != end) {
        (void)coco_munmap((void *)start, end - start); // ours: fails for want of memory at most
    }
}

void *__coco_large_block(size_t size, size_t alignment)
{
    size_t step = alignment > BEFORE ? alignment : BEFORE;
    if (size > PTRDIFF_MAX - 2 * (size_t)COCO_PAGE_SIZE ||
        step > PTRDIFF_MAX - 2 * (size_t)COCO_PAGE_SIZE - size) {
        errno = ENOMEM;
        return NULL;
    }
    size_t len = (step + size + BEHIND + PAGE_MASK) & ~PAGE_MASK;
    int64_t mapped =
        coco_mmap(COCO_HANDLE_NONE, NULL, 0, len,
                  COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_PRIVATE | COCO_MMAP_ANONYMOUS);
    if (coco_is_error(mapped)) {
        errno = ENOMEM;
        return NULL;
    }
    uintptr_t memory = ((uintptr_t)mapped + step) & ~(step - 1);
    uintptr_t end = (memory + size + BEHIND + PAGE_MASK) & ~PAGE_MASK;
    unmap((uintptr_t)mapped, start_of(memory));
    unmap(end, (uintptr_t)mapped + len);
    uint64_t behind = IN_USE;
    *header_of((void *)memory) = (end - memory) | MAPPED | IN_USE;
    memcpy((void *)(end - HEADER), &behind, sizeof(behind));
    return (void *)memory;
}

bool __coco_is_large_block(const void *memory, uint64_t size)
{
    return (*header_of(memory) & MAPPED) != 0 && (((uintptr_t)memory + size) & PAGE_MASK) == 0;
}

void __coco_large_block_free(void *memory)
{
    uintptr_t start = (uintptr_t)memory;
    unmap(start_of(start), start + (*header_of(memory) & ~(uint64_t)FLAGS));
}
