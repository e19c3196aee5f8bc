// SPDX-License-Identifier: MIT
#include <base/check.h>
#include <base/math.h>
#include <mm/commit.h>
#include <mm/page.h>

#define KERNEL_SHARE 16u /* one part in so many is the kernel's */
#define OTHERS_SHARE 8u  /* one part in so many of what one has is to be left to others, */
#define OTHERS_MAX 16u   /* but no more than one part in so many of memory */

static uint64_t committed; /* bytes; atomic */

static uint64_t limit(void)
{
    uint64_t pages = page_total_count();

    return (pages - pages / KERNEL_SHARE) * PAGE_SIZE;
}

/// What is left to others by one that has `len` bytes.
static uint64_t share_of_others(uint64_t len)
{
    return MIN(len / OTHERS_SHARE, page_total_count() / OTHERS_MAX * PAGE_SIZE);
}

bool commit_take(uint64_t len, uint64_t own)
{
    uint64_t most = limit();
    uint64_t used = __atomic_load_n(&committed, __ATOMIC_RELAXED);

    if (len == 0) {
        return true;
    }
    if (len > most || own > most) {
        return false;
    }
    most -= share_of_others(len + own);

    do {
        if (used > most || len > most - used) {
            return false;
        }
    } while (!__atomic_compare_exchange_n(&committed, &used, used + len, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    return true;
}

void commit_add(uint64_t len)
{
    __atomic_fetch_add(&committed, len, __ATOMIC_RELAXED);
}

void commit_return(uint64_t len)
{
    uint64_t before = __atomic_fetch_sub(&committed, len, __ATOMIC_RELAXED);

    CHECK(before >= len, "more memory is given back than was promised");
}

uint64_t commit_used(void)
{
    return __atomic_load_n(&committed, __ATOMIC_RELAXED);
}
