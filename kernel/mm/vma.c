// SPDX-License-Identifier: MIT
#include "vma.h"
#include <arch/trap.h>
#include <base/check.h>
#include <base/math.h>
#include <mm/commit.h>
#include <mm/heap.h>
#include <mm/page.h>

bool prot_allows(unsigned prot, unsigned access)
{
    if ((access & ARCH_ACCESS_WRITE) != 0) {
        return (prot & ASPACE_WRITE) != 0;
    }
    if ((access & ARCH_ACCESS_EXEC) != 0) {
        return (prot & ASPACE_EXEC) != 0;
    }
    return prot != 0;
}

unsigned prot_to_arch(unsigned prot)
{
    unsigned bits = 0;

    if (prot != 0) {
        bits = ARCH_PROT_READ | ARCH_PROT_USER;
    }
    if ((prot & ASPACE_WRITE) != 0) {
        bits |= ARCH_PROT_WRITE;
    }
    if ((prot & ASPACE_EXEC) != 0) {
        bits |= ARCH_PROT_EXEC;
    }
    return bits;
}

unsigned vma_page_prot(const struct vma *vma, paddr_t page)
{
    unsigned bits = prot_to_arch(vma->prot);

    if ((bits & ARCH_PROT_WRITE) != 0 && (vma->flags & ASPACE_SHARED) == 0 &&
        page_ref_count(page) > 1) {
        bits &= ~ARCH_PROT_WRITE;
    }
    return bits;
}

bool prot_is_valid(unsigned prot)
{
    const unsigned both = ASPACE_WRITE | ASPACE_EXEC;

    return (prot & ~ASPACE_PROT_MASK) == 0 && (prot & both) != both;
}

enum status user_pages_check(uint64_t address, uint64_t length, uint64_t *end)
{
    if (!is_aligned(address, PAGE_SIZE) || !checked_add(address, length, end) ||
        !checked_align_up(*end, PAGE_SIZE, end) || *end > COCO_USER_END) {
        return ERR_INVAL;
    }
    return OK;
}

void vma_free(struct vma *vma)
{
    if (vma != NULL) {
        backing_put(vma->backing);
        kfree(vma);
    }
}

uint64_t vma_counted_len(const struct vma *vma)
{
    return (vma->flags & VMA_COUNTED) != 0 ? vma->range.end - vma->range.start : 0;
}

uint64_t vma_promised_len(const struct vma *vma)
{
    return VMA_COST + vma_promise(vma, vma->range.end - vma->range.start);
}

static void count_add(struct aspace *as, const struct vma *vma)
{
    as->mapped_len += vma_counted_len(vma);
    as->promised_len += vma_promised_len(vma);
    as->tables_len += vma_tables_len(vma);
    commit_add(as->quota, vma_promised_len(vma));
    vma_tables_recount_locked(as);
}

static void count_remove(struct aspace *as, const struct vma *vma)
{
    as->mapped_len -= vma_counted_len(vma);
    as->promised_len -= vma_promised_len(vma);
    as->tables_len -= vma_tables_len(vma);
    commit_return(as->quota, vma_promised_len(vma));
    vma_tables_recount_locked(as);
}

void vma_set_prot_locked(struct aspace *as, struct vma *vma, unsigned prot)
{
    count_remove(as, vma);
    vma->prot = prot;
    vma->flags |= vma_counts(prot, vma->flags) ? VMA_COUNTED : 0;
    count_add(as, vma);
}

void vma_insert_locked(struct aspace *as, struct vma *vma)
{
    range_insert(&as->ranges, &vma->range);
    as->vma_count++;
    as->backed_count += vma->backing != NULL ? 1 : 0;
    count_add(as, vma);
}

void vma_remove_locked(struct aspace *as, struct vma *vma)
{
    range_remove(&as->ranges, &vma->range);
    as->vma_count--;
    as->backed_count -= vma->backing != NULL ? 1 : 0;
    count_remove(as, vma);
}

void vma_resize_locked(struct aspace *as, struct vma *vma, uint64_t start, uint64_t end)
{
    count_remove(as, vma);
    vma->index += (start - vma->range.start) >> ARCH_PAGE_SHIFT;
    range_resize(&vma->range, start, end);
    count_add(as, vma);
}

void vma_split_locked(struct aspace *as, struct vma *vma, uint64_t at, struct vma *spare)
{
    uint64_t end = vma->range.end;

    ASSERT(at > vma->range.start && at < end, "split outside of the range");
    spare->mapping = vma->mapping;
    spare->prot = vma->prot;
    spare->flags = vma->flags;
    spare->backing = vma->backing;
    spare->index = vma_index(vma, at);
    backing_get(spare->backing);
    spare->range.start = at;
    spare->range.end = end;
    vma_resize_locked(as, vma, vma->range.start, at);
    vma_insert_locked(as, spare);
}
