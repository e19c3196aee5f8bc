// SPDX-License-Identifier: MIT
// Page tables of user address spaces, as memory that counts. What a process is charged when it is
// made stands for the first of them, what is promised for mappings for those that show them
// densely: private memory with its own promise, of which tables are a small part; what shows a
// backing with a promise for its tables alone. A table beyond these is promised by itself, when it
// is made, or when the mappings go that stood for it.
#include "vma.h"
#include <base/check.h>
#include <base/math.h>
#include <mm/commit.h>
#include <mm/page.h>

#define TABLES_FREE 16u
#define ENTRY 8u /* bytes of a table for each page that it shows */

/// True for memory of its own that counts: all of it is promised.
static bool is_own(const struct vma *vma)
{
    return (vma->flags & VMA_COUNTED) != 0 && !vma_is_promised(vma);
}

uint64_t vma_promise(const struct vma *vma, uint64_t len)
{
    if (is_own(vma)) {
        return len;
    }
    return vma->backing != NULL ? len / PAGE_SIZE * ENTRY : 0;
}

uint64_t vma_tables_len(const struct vma *vma)
{
    uint64_t len = vma->range.end - vma->range.start;

    return is_own(vma) ? 2 * (len / PAGE_SIZE) * ENTRY
                       : vma_promise(vma, len); /* gaps at its ends */
}

static uint64_t tables_free(const struct aspace *as)
{
    return TABLES_FREE + as->tables_len / PAGE_SIZE;
}

void vma_tables_recount_locked(struct aspace *as)
{
    uint64_t unpaid = tables_free(as);
    uint64_t charged = as->table_count > unpaid ? as->table_count - unpaid : 0;

    if (charged > as->tables_charged) {
        commit_add(as->quota, (charged - as->tables_charged) * PAGE_SIZE);
    } else if (charged < as->tables_charged) {
        commit_return(as->quota, (as->tables_charged - charged) * PAGE_SIZE);
    }
    as->tables_charged = charged;
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
    as->table_count -= count;
    vma_tables_recount_locked(as);
}
