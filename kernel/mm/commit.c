// SPDX-License-Identifier: MIT
#include <base/math.h>
#include <mm/commit.h>
#include <mm/page.h>

#define OTHERS_SHARE 8u /* one part in so many of what one has is to be left to others, */
#define OTHERS_MAX 16u  /* but no more than one part in so many of memory */

/// What is left to others by one that has `len` bytes.
static uint64_t share_of_others(uint64_t len)
{
    return MIN(len / OTHERS_SHARE, page_total_count() / OTHERS_MAX * PAGE_SIZE);
}

bool commit_take(struct quota *quota, uint64_t len, uint64_t own)
{
    uint64_t most = quota_limit(&quota_root, QUOTA_MEMORY);
    uint64_t used = commit_used();

    if (len == 0) {
        return true;
    }
    if (len > most || own > most) {
        return false;
    }
    most -= share_of_others(len + own);
    return used <= most && len <= most - used && quota_take(quota, QUOTA_MEMORY, len);
}

void commit_add(struct quota *quota, uint64_t len)
{
    quota_add(quota, QUOTA_MEMORY, len);
}

void commit_return(struct quota *quota, uint64_t len)
{
    quota_return(quota, QUOTA_MEMORY, len);
}

uint64_t commit_used(void)
{
    return quota_used(&quota_root, QUOTA_MEMORY);
}
