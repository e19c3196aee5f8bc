// SPDX-License-Identifier: MIT
// Changes of mappings: unmap, protect, resize. A change first brings the ranges into their new
// form, which may split up to two of them, and then the page tables in steps of STEP_PAGES pages
// with the lock dropped between:
//   unmap    each step removes pages, flushes, and shortens the range by what it has removed
//   protect  the ranges change at once; each step makes page table entries agree with their range
//   as it is then,
//            so two threads that change the same pages end in the state of the ranges
#include "vma.h"
#include <base/check.h>
#include <base/math.h>
#include <mm/commit.h>
#include <mm/heap.h>
#include <mm/page.h>

#define STEP_PAGES 64u
#define STEP_SPAN (256ull << 20) /* bytes of address space that a step walks over at most */

/// Pages that one step took out of the page tables.
struct page_batch {
    paddr_t pages[STEP_PAGES];
    size_t count;
};

/// Remove pages in [start, end), at most STEP_PAGES in STEP_SPAN bytes, and flush. Returns how far
/// it came.
static uint64_t remove_pages_locked(struct aspace *as, uint64_t start, uint64_t end,
                                    struct page_batch *batch)
{
    uint64_t first = 0;
    uint64_t last = 0;
    uint64_t at = start;

    end = MIN(end, start + STEP_SPAN);
    batch->count = 0;
    for (;;) {
        at = arch_pt_next_mapped(vaddr(at), vaddr(end)).v;
        if (at >= end || batch->count == STEP_PAGES) {
            break;
        }
        if (batch->count == 0) {
            first = at;
        }
        last = at;
        batch->pages[batch->count++] = arch_pt_unmap(vaddr(at), NULL);
        at += PAGE_SIZE;
    }
    if (batch->count > 0) {
        arch_tlb_flush(&as->arch, vaddr(first), (last - first) / PAGE_SIZE + 1);
        as->resident_pages -= batch->count;
    }
    return at;
}

/// What a step of unmapping needs, and leaves to do once the lock is dropped.
struct unmap_step {
    struct page_batch batch;
    struct vma *spare; /* for a split; NULL while none is needed */
    struct vma *dead;  /* range that is gone, to be freed */
};

/// Unmap a first part of [*at, end) and move `*at` behind it. ERR_AGAIN: nothing was done, a spare
/// is needed.
static enum status unmap_step_locked(struct aspace *as, uint64_t *at, uint64_t end,
                                     struct unmap_step *step)
{
    struct vma *vma = vma_at_or_after(as, *at);
    uint64_t start;
    uint64_t stop;

    if (vma == NULL || vma->range.start >= end) {
        *at = end;
        return OK;
    }
    start = MAX(vma->range.start, *at);
    stop = MIN(vma->range.end, end);
    /* A tail that one step can remove is cut off directly; otherwise the part to remove becomes a
     * range of its own, which shrinks from its start with each step. */
    if (start > vma->range.start &&
        (stop < vma->range.end || stop - start > STEP_PAGES * PAGE_SIZE)) {
        if (stop < vma->range.end && as->vma_count >= ASPACE_VMA_MAX) {
            return ERR_NOMEM;
        }
        if (step->spare == NULL) {
            return ERR_AGAIN;
        }
        vma_split_locked(as, vma, start, step->spare);
        vma = step->spare;
        step->spare = NULL;
    }
    stop = remove_pages_locked(as, start, stop, &step->batch);
    *at = stop;
    if (start > vma->range.start) {
        vma_resize_locked(as, vma, vma->range.start, start);
    } else if (stop < vma->range.end) {
        vma_resize_locked(as, vma, stop, vma->range.end);
    } else {
        vma_remove_locked(as, vma);
        step->dead = vma;
    }
    return OK;
}

enum status aspace_unmap(struct aspace *as, uaddr_t address, uint64_t length)
{
    struct unmap_step step __uninitialized;
    uint64_t at = address.v;
    uint64_t end;
    enum status status = user_pages_check(address.v, length, &end);

    step.spare = NULL;
    while (status == OK && at < end) {
        irqflags_t flags = spin_lock_irqsave(&as->lock);

        step.batch.count = 0;
        step.dead = NULL;
        status = unmap_step_locked(as, &at, end, &step);
        spin_unlock_irqrestore(&as->lock, flags);
        page_free_many(step.batch.pages, step.batch.count);
        vma_free(step.dead);
        if (status == ERR_AGAIN) {
            status = kzalloc_object(&step.spare);
        } else if (at < end) {
            sched_check();
        }
    }
    kfree(step.spare);
    return status;
}

enum status aspace_discard(struct aspace *as, uaddr_t address, uint64_t length)
{
    struct page_batch batch __uninitialized;
    uint64_t at = address.v;
    uint64_t end;
    enum status status = user_pages_check(address.v, length, &end);

    while (status == OK && at < end) {
        irqflags_t flags = spin_lock_irqsave(&as->lock);
        const struct vma *vma = vma_find(as, at);

        batch.count = 0;
        if (vma == NULL) {
            status = ERR_NOMEM;
        } else {
            at = remove_pages_locked(as, at, MIN(end, vma->range.end), &batch);
        }
        spin_unlock_irqrestore(&as->lock, flags);
        page_free_many(batch.pages, batch.count);
        sched_check();
    }
    return status;
}

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
    unsigned splits; /* ranges that have to be split */
    uint64_t added;  /* bytes that count afterwards and do not yet */
};

/// Check that [start, end) can get `prot`.
static enum status protect_check_locked(const struct aspace *as, uint64_t start, uint64_t end,
                                        unsigned prot, struct protect_needs *needs)
{
    struct vma *vma = vma_find(as, start);
    uint64_t at = start;

    needs->added = 0;
    needs->splits = vma != NULL && vma->range.start < start ? 1 : 0;
    while (at < end) {
        if (vma == NULL || vma->range.start > at || (vma->flags & ASPACE_GUARD) != 0) {
            return ERR_NOMEM;
        }
        if (((prot & ASPACE_WRITE) != 0 && (vma->flags & ASPACE_NO_WRITE) != 0) ||
            ((prot & ASPACE_EXEC) != 0 && (vma->flags & ASPACE_NO_EXEC) != 0)) {
            return ERR_PERM;
        }
        if (!vma_counts(vma->prot, vma->flags) && vma_counts(prot, vma->flags)) {
            needs->added += MIN(vma->range.end, end) - at;
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

    end = MIN(end, start + STEP_SPAN);
    for (unsigned count = 0; count <= STEP_PAGES; count++) {
        paddr_t page;
        unsigned old;
        unsigned new;

        at = arch_pt_next_mapped(vaddr(at), vaddr(end)).v;
        if (at >= end || count == STEP_PAGES) {
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
            status = commit_take(needs.added, as->mapped_len) ? OK : ERR_NOMEM;
            if (status == OK) {
                protect_ranges_locked(as, start, end, prot, spares);
                commit_return(needs.added); /* the ranges stand for it now */
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

/// Find the mapping of no file that starts at `address`: its last part in `*last`. ERR_INVAL: none
/// starts there.
static enum status find_mapping_locked(const struct aspace *as, uint64_t address, struct vma **last)
{
    struct vma *vma = vma_find(as, address);
    struct vma *before;
    struct vma *next;

    if (vma == NULL || vma->range.start != address || (vma->flags & ASPACE_FILE) != 0) {
        return ERR_INVAL;
    }
    before = vma_of(range_of(tree_prev(&vma->range.node)));
    if (before != NULL && before->range.end == address && before->mapping == vma->mapping) {
        return ERR_INVAL; /* the middle of a mapping with several protections */
    }
    for (next = vma_next(vma);
         next != NULL && next->range.start == vma->range.end && next->mapping == vma->mapping;
         next = vma_next(vma)) {
        vma = next;
    }
    *last = vma;
    return OK;
}

/// Let `vma` end at `end`, higher than now.
static enum status grow_locked(struct aspace *as, struct vma *vma, uint64_t end)
{
    uint64_t added = end - vma->range.end;

    if (!range_is_free(&as->ranges, vma->range.end, end)) {
        return ERR_NOMEM;
    }
    if (vma_counts(vma->prot, vma->flags) &&
        (as->mapped_len > as->mapped_limit || added > as->mapped_limit - as->mapped_len)) {
        return ERR_NOMEM;
    }
    added = vma_counts(vma->prot, vma->flags) ? added : 0;
    if (!commit_take(added, as->mapped_len)) {
        return ERR_NOMEM;
    }
    vma_resize_locked(as, vma, vma->range.start, end);
    commit_return(added); /* the range stands for it now */
    return OK;
}

/// Drop what shared memory holds behind `end` of the mapping at `address`, which was cut there, if
/// this mapping is all that refers to it: should it grow again, it reads as zero.
static void cut_shared(struct aspace *as, uint64_t address, uint64_t end)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);
    const struct vma *first = vma_find(as, address);
    const struct vma *vma = first;
    uint32_t parts = 0;

    for (; first != NULL && vma != NULL && vma->mapping == first->mapping; vma = vma_next(vma)) {
        parts++;
    }
    if (first != NULL && first->backing != NULL) {
        shared_memory_cut(first->backing, vma_index(first, end), parts);
    }
    spin_unlock_irqrestore(&as->lock, flags);
}

enum status aspace_resize(struct aspace *as, uaddr_t address, uint64_t length)
{
    uint64_t end;
    uint64_t old_end = 0;
    struct vma *last;
    irqflags_t flags;
    enum status status;

    if (length == 0 || !is_aligned(address.v, PAGE_SIZE)) {
        return ERR_INVAL;
    }
    flags = spin_lock_irqsave(&as->lock);
    status = find_mapping_locked(as, address.v, &last);
    if (status == OK && user_pages_check(address.v, length, &end) != OK) {
        status = ERR_NOMEM; /* the address is good, so there is no room for the length */
    }
    if (status == OK) {
        old_end = last->range.end;
        status = end > old_end ? grow_locked(as, last, end) : OK;
    }
    spin_unlock_irqrestore(&as->lock, flags);
    if (status == OK && end < old_end) {
        status = aspace_unmap(as, uaddr(end), old_end - end);
        cut_shared(as, address.v, end);
    }
    return status;
}
