// SPDX-License-Identifier: MIT
// Changes of protection. The ranges change at once, which may split up to two of them; then, in
// steps with the lock dropped between, page table entries are made to agree with their range as it
// is at that moment, so two threads that change the same pages end in the state of the ranges.
#include "vma.h"
#include <base/check.h>
#include <base/math.h>
#include <mm/commit.h>
#include <mm/heap.h>

/// Join `vma` and the range behind it if both are parts of one mapping and alike.
static bool merge_next_locked(struct aspace *as, struct vma *vma)
{
    struct vma *next = vma_next(vma);
    uint64_t end;

    if (next == NULL || next->range.start != vma->range.end || next->mapping != vma->mapping ||
        next->prot != vma->prot || next->flags != vma->flags || next->backing != vma->backing ||
        next->index != vma_index(vma, next->range.start)) {
        return false;
    }
    end = next->range.end;
    vma_remove_locked(as, next);
    vma_resize_locked(as, vma, vma->range.start, end);
    vma_free(next); /* `vma` keeps the backing */
    return true;
}

/// What a change of protection takes.
struct protect_needs {
    unsigned splits;   /* ranges that have to be split */
    uint64_t added;    /* bytes that count afterwards and do not yet */
    uint64_t promised; /* those of them that nobody has promised */
};

/// Check that [start, end) can get `prot`.
static enum status protect_check_locked(const struct aspace *as, uint64_t start, uint64_t end,
                                        unsigned prot, struct protect_needs *needs)
{
    struct vma *vma = vma_find(as, start);
    uint64_t at = start;

    needs->added = 0;
    needs->promised = 0;
    needs->splits = vma != NULL && vma->range.start < start ? 1 : 0;
    while (at < end) {
        if (vma == NULL || vma->range.start > at || (vma->flags & ASPACE_GUARD) != 0) {
            return ERR_NOMEM;
        }
        if (((prot & ASPACE_WRITE) != 0 && (vma->flags & ASPACE_NO_WRITE) != 0) ||
            ((prot & ASPACE_EXEC) != 0 && (vma->flags & ASPACE_NO_EXEC) != 0)) {
            return ERR_PERM;
        }
        if ((vma->flags & VMA_COUNTED) == 0 && vma_counts(prot, vma->flags)) {
            needs->added += MIN(vma->range.end, end) - at;
            needs->promised += vma_is_promised(vma) ? 0 : MIN(vma->range.end, end) - at;
        }
        at = vma->range.end;
        vma = vma_next(vma);
    }
    needs->splits += at > end ? 1 : 0;
    if (needs->added > 0 &&
        (as->mapped_len > as->mapped_limit || needs->added > as->mapped_limit - as->mapped_len)) {
        return ERR_NOMEM;
    }
    return as->vma_count + needs->splits <= ASPACE_VMA_MAX ? OK : ERR_NOMEM;
}

/// Split at `at` if a range goes across it, with the first spare that is left.
static void split_at_locked(struct aspace *as, uint64_t at, struct vma *spares[2])
{
    struct vma *vma = vma_at_or_after(as, at);
    unsigned i = spares[0] != NULL ? 0 : 1;

    if (vma != NULL && vma->range.start < at) {
        vma_split_locked(as, vma, at, spares[i]);
        spares[i] = NULL;
    }
}

/// A range is about to get `prot`: its backing knows of stores by new pages only, and the range may
/// show some that are not new.
static void note_stores_locked(const struct vma *vma, unsigned prot)
{
    bool gains = (prot & ~vma->prot & ASPACE_WRITE) != 0;

    if (gains && vma->backing != NULL && (vma->flags & ASPACE_SHARED) != 0) {
        const struct backing_ops *ops = backing_ops[vma->backing->type];

        if (ops->note_stores != NULL) {
            ops->note_stores(vma->backing);
        }
    }
}

/// Bring the ranges of [start, end) into their new form; what protect_check_locked() asked for is
/// there.
static void protect_ranges_locked(struct aspace *as, uint64_t start, uint64_t end, unsigned prot,
                                  struct vma *spares[2])
{
    struct tree_node *before;
    struct vma *vma;

    split_at_locked(as, start, spares);
    split_at_locked(as, end, spares);
    vma = vma_at_or_after(as, start);
    before = tree_prev(&vma->range.node);
    for (; vma != NULL && vma->range.start < end; vma = vma_next(vma)) {
        note_stores_locked(vma, prot);
        vma_set_prot_locked(as, vma, prot);
    }
    vma = before != NULL ? vma_of(range_of(before)) : vma_at_or_after(as, start);
    while (vma != NULL && vma->range.start < end) {
        if (!merge_next_locked(as, vma)) {
            vma = vma_next(vma);
        }
    }
}

/// Make a first part of the page table entries in [start, end) agree with their ranges. Returns how
/// far it came.
static uint64_t sync_step_locked(struct aspace *as, uint64_t start, uint64_t end)
{
    const struct vma *vma = NULL;
    uint64_t flush_first = UINT64_MAX;
    uint64_t flush_last = 0;
    uint64_t at = start;

    end = MIN(end, start + ASPACE_STEP_SPAN);
    for (unsigned count = 0; count <= ASPACE_STEP_PAGES; count++) {
        paddr_t page;
        unsigned old;
        unsigned new;

        at = arch_pt_next_mapped(vaddr(at), vaddr(end)).v;
        if (at >= end || count == ASPACE_STEP_PAGES) {
            break;
        }
        if (vma == NULL || at >= vma->range.end) {
            vma = vma_find(as, at);
            CHECK(vma != NULL, "page without a mapping");
        }
        if (!arch_pt_query(vaddr(at), &page, &old)) {
            panic("a page that was found is not there");
        }
        new = vma_page_prot(vma, page);
        if ((old | ARCH_PROT_USER) != (new | ARCH_PROT_USER)) {
            arch_pt_protect(vaddr(at), new);
            flush_first = MIN(flush_first, at);
            flush_last = at;
        }
        at += PAGE_SIZE;
    }
    if (flush_first <= flush_last) {
        arch_tlb_flush(&as->arch, vaddr(flush_first), (flush_last - flush_first) / PAGE_SIZE + 1);
    }
    return at;
}

/// Change the ranges, with as many new ones as it takes. On success the page tables still have to
/// follow.
static enum status protect_ranges(struct aspace *as, uint64_t start, uint64_t end, unsigned prot)
{
    struct vma *spares[2] = {NULL, NULL};
    unsigned available = 0;
    enum status status;

    for (;;) {
        irqflags_t flags = spin_lock_irqsave(&as->lock);
        struct protect_needs needs;

        status = protect_check_locked(as, start, end, prot, &needs);
        if (status == OK && needs.splits <= available) {
            uint64_t added = needs.promised + needs.splits * VMA_COST;

            status = commit_take(as->quota, added, as->mapped_len) ? OK : ERR_NOMEM;
            if (status == OK) {
                protect_ranges_locked(as, start, end, prot, spares);
                commit_return(as->quota, added); /* the ranges stand for it now */
            }
        }
        spin_unlock_irqrestore(&as->lock, flags);
        if (status != OK || needs.splits <= available) {
            break;
        }
        while (available < needs.splits && status == OK) {
            status = kzalloc_object(&spares[available]);
            available += status == OK ? 1 : 0;
        }
        if (status != OK) {
            break;
        }
    }
    kfree(spares[0]);
    kfree(spares[1]);
    return status;
}

enum status aspace_protect(struct aspace *as, uaddr_t address, uint64_t length, unsigned prot)
{
    uint64_t at = address.v;
    uint64_t end;
    enum status status = user_pages_check(address.v, length, &end);

    if (status == OK && !prot_is_valid(prot)) {
        status = ERR_INVAL;
    }
    if (status != OK || at == end) {
        return status;
    }
    status = protect_ranges(as, at, end, prot);
    while (status == OK && at < end) {
        irqflags_t flags = spin_lock_irqsave(&as->lock);

        at = sync_step_locked(as, at, end);
        spin_unlock_irqrestore(&as->lock, flags);
        if (at < end) {
            sched_check();
        }
    }
    return status;
}
