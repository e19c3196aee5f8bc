// SPDX-License-Identifier: MIT
// Page tables of user address spaces, as memory that counts. What a process is charged when it is
// made stands for the first of them, what is promised for mappings for those that show them
// densely; only a table beyond these is promised by itself, when it is made.
#include "vma.h"
#include <base/check.h>
#include <base/math.h>
#include <mm/commit.h>
#include <mm/page.h>

#define TABLES_FREE 16u
#define MAPPED_PER_TABLE (1ull << 20) /* a table shows 2 MiB */

static uint64_t tables_free(const struct aspace *as)
{
    return TABLES_FREE + as->mapped_len / MAPPED_PER_TABLE;
}

enum status mm_user_table_alloc(paddr_t *out)
{
    struct arch_as *arch = arch_as_active();
    struct aspace *as;
    enum status status;
    bool charged;

    CHECK(arch != NULL, "a page table for no address space");
    as = container_of(arch, struct aspace, arch);
    charged = as->table_count >= tables_free(as);
    if (charged && !commit_take(as->quota, PAGE_SIZE, 0)) {
        return ERR_NOMEM;
    }
    status = page_alloc_zeroed(out);
    if (status == OK) {
        as->table_count++;
        as->tables_charged += charged ? 1 : 0;
    } else if (charged) {
        commit_return(as->quota, PAGE_SIZE);
    }
    return status;
}

void vma_tables_gone_locked(struct aspace *as, uint64_t count)
{
    uint64_t returned = MIN(as->tables_charged, count);

    as->table_count -= count;
    as->tables_charged -= returned;
    commit_return(as->quota, returned * PAGE_SIZE);
}
