// SPDX-License-Identifier: MIT
// Aligned blocks. Those that with their alignment have 2 GiB and more are mappings of their own.
#include <errno.h>
#include <malloc.h>
#include <reent.h>
#include <stdint.h>
#include <stdlib.h>

#include <coconut/types.h>

#include "../private/large_block.h"

#define UNIT 16u            /* alignment of all blocks */
#define NEWLIBS_SHARE 1024u /* bytes, and more, that newlib adds to a request */

static int is_power(size_t alignment)
{
    return alignment != 0 && (alignment & (alignment - 1)) == 0;
}

void *memalign(size_t alignment, size_t size)
{
    if (!is_power(alignment)) {
        errno = EINVAL;
        return NULL;
    }
    if (alignment <= UNIT) {
        return malloc(size);
    }
    size_t room = COCO_LARGEST_SHARED - NEWLIBS_SHARE;
    if (alignment > room || size > room - alignment) {
        return __coco_large_block(size, alignment);
    }
    return _memalign_r(_REENT, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

void *valloc(size_t size)
{
    return memalign(COCO_PAGE_SIZE, size);
}

void *pvalloc(size_t size)
{
    size_t pages = size / COCO_PAGE_SIZE + (size % COCO_PAGE_SIZE != 0);
    if (pages > PTRDIFF_MAX / COCO_PAGE_SIZE) {
        errno = ENOMEM;
        return NULL;
    }
    return memalign(COCO_PAGE_SIZE, pages * COCO_PAGE_SIZE);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (alignment < sizeof(void *) || !is_power(alignment)) {
        return EINVAL;
    }
    int saved_errno = errno;
    void *memory = memalign(alignment, size);
    errno = saved_errno;
    if (!memory && size != 0) {
        return ENOMEM;
    }
    *out = memory;
    return 0;
}
