// SPDX-License-Identifier: MIT
#include <base/check.h>
#include <mm/commit.h>
#include <mm/page.h>

#define KERNEL_SHARE 16u /* one part in so many is the kernel's */

static uint64_t committed; /* bytes; atomic */

static uint64_t limit(void)
{
    uint64_t pages = page_total_count();

    return (pages - pages / KERNEL_SHARE) * PAGE_SIZE;
}

bool commit_take(uint64_t len)
{
    uint64_t most = limit();
    uint64_t used = __atomic_load_n(&committed, __ATOMIC_RELAXED);

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
