// SPDX-License-Identifier: MIT
// Changes of mappings: unmap and resize. Pages are removed in steps of ASPACE_STEP_PAGES, with the
// lock dropped between: each step removes pages, flushes, and shortens the range by what it has
// removed.
#include "vma.h"
#include <base/check.h>
#include <base/math.h>
#include <mm/commit.h>
#include <mm/heap.h>
#include <mm/page.h>

uint64_t vma_remove_pages_locked(struct aspace *as, uint64_t start, uint64_t end,
                                 struct page_batch *batch)
{
    struct arch_pt_run run = {
        .at = start,
        .end = end,
        .max = ASPACE_STEP_PAGES,
        .first = UINT64_MAX,
        .pages = batch->pages,
    };

    arch_pt_unmap_run(&run);
    batch->count = run.count;
    if (run.count > 0) {
        arch_tlb_flush(&as->arch, vaddr(run.first), (run.last - run.first) / PAGE_SIZE + 1);
        as->resident_pages -= run.count;
    }
    return run.at;
}

/// What a step of unmapping needs, and leaves to do once the lock is dropped.
struct unmap_step {
    struct page_batch batch;
    struct vma *spare; /* for a split; NULL while none is needed */
    struct vma *dead;  /* range that is gone, to be freed */
    size_t table_count;
    paddr_t tables[ARCH_PT_CUT_MAX]; /* page tables that nothing needs any more */
};

/// Take out the page tables that only served [start, end), where nothing is mapped any more. They
/// are mapped themselves, on each CPU, so everything is flushed before their pages are used anew.
static void cut_tables_locked(struct aspace *as, uint64_t start, uint64_t end,
                              struct unmap_step *step)
{
    const struct vma *next = vma_at_or_after(as, start);
    const struct tree_node *before =
        next != NULL ? tree_prev(&next->range.node) : tree_last(&as->ranges);
    const struct arch_pt_hole hole = {
        .start = start,
        .end = end,
        .low = before != NULL ? range_of(before)->end : 0,
        .high = next != NULL ? next->range.start : COCO_USER_END,
    };

    step->table_count = arch_pt_cut_tables(&hole, step->tables);
    if (step->table_count > 0) {
        vma_tables_gone_locked(as, step->table_count);
        arch_tlb_flush(&as->arch, vaddr(0), SIZE_MAX / PAGE_SIZE);
    }
}

static void free_tables(const struct unmap_step *step)
{
    for (size_t i = 0; i < step->table_count; i++) {
        mm_table_page_free(step->tables[i]);
    }
}

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
        (stop < vma->range.end || stop - start > ASPACE_STEP_PAGES * PAGE_SIZE)) {
        if (stop < vma->range.end && as->vma_count >= ASPACE_VMA_MAX) {
            return ERR_NOMEM;
        }
        if (step->spare == NULL) {
            return ERR_AGAIN;
        }
        if (!commit_take(as->quota, VMA_COST, as->mapped_len)) {
            return ERR_NOMEM;
        }
        vma_split_locked(as, vma, start, step->spare);
        commit_return(as->quota, VMA_COST); /* the range stands for it now */
        vma = step->spare;
        step->spare = NULL;
    }
    stop = vma_remove_pages_locked(as, start, stop, &step->batch);
    *at = stop;
    if (start > vma->range.start) {
        vma_resize_locked(as, vma, vma->range.start, start);
    } else if (stop < vma->range.end) {
        vma_resize_locked(as, vma, stop, vma->range.end);
    } else {
        vma_remove_locked(as, vma);
        step->dead = vma;
    }
    if (!as->ending) {
        cut_tables_locked(as, start, stop, step);
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
        step.table_count = 0;
        step.dead = NULL;
        status = unmap_step_locked(as, &at, end, &step);
        spin_unlock_irqrestore(&as->lock, flags);
        page_free_many(step.batch.pages, step.batch.count);
        free_tables(&step);
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
    uint64_t first = vma_index(vma, vma->range.end);
    uint64_t added = end - vma->range.end;
    uint64_t promised;

    /* A stack is not promised: what it has from the start is all it gets that way. */
    if ((vma->flags & ASPACE_LAZY) != 0 || !range_is_free(&as->ranges, vma->range.end, end)) {
        return ERR_NOMEM;
    }
    added = (vma->flags & VMA_COUNTED) != 0 ? added : 0;
    if (added > 0 &&
        (as->mapped_len > as->mapped_limit || added > as->mapped_limit - as->mapped_len)) {
        return ERR_NOMEM;
    }
    if (vma_is_promised(vma) &&
        shared_memory_grow(vma->backing, first, vma_index(vma, end), as->mapped_len) != OK) {
        return ERR_NOMEM;
    }
    promised = vma_promise(vma, end - vma->range.end);
    if (!commit_take(as->quota, promised, as->mapped_len)) {
        return ERR_NOMEM;
    }
    vma_resize_locked(as, vma, vma->range.start, end);
    commit_return(as->quota, promised); /* the range stands for it now */
    return OK;
}

/// Drop what shared memory holds behind `end` of the mapping at `address`, which ends there, if
/// this mapping is all that refers to it: when it grows again, it reads as zero.
static void cut_shared(struct aspace *as, uint64_t address, uint64_t end)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);
    const struct vma *first = vma_find(as, address);
    const struct vma *vma = first;
    struct backing *cut = NULL;
    bool behind = false; /* behind a hole there is more of it */
    uint32_t parts = 0;

    for (; first != NULL && vma != NULL && vma->mapping == first->mapping; vma = vma_next(vma)) {
        behind = behind || vma->range.end > end;
        parts++;
    }
    if (first != NULL && first->backing != NULL && !behind &&
        shared_memory_end_at(first->backing, vma_index(first, end), parts)) {
        cut = first->backing;
        backing_get(cut); /* other threads may unmap it meanwhile */
    }
    spin_unlock_irqrestore(&as->lock, flags);
    if (cut != NULL) {
        shared_memory_trim(cut);
        backing_put(cut);
    }
}

/// Find the mapping at `address` and, if `end` is not 0, let it grow to there. `*old_end`: where it
/// ended. ERR_INVAL, ERR_NOMEM.
static enum status find_or_grow(struct aspace *as, uint64_t address, uint64_t end,
                                uint64_t *old_end)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);
    struct vma *last;
    enum status status = find_mapping_locked(as, address, &last);

    if (status == OK) {
        *old_end = last->range.end;
        status = end > last->range.end ? grow_locked(as, last, end) : OK;
    }
    spin_unlock_irqrestore(&as->lock, flags);
    return status;
}

enum status aspace_resize(struct aspace *as, uaddr_t address, uint64_t length)
{
    uint64_t end = 0;
    uint64_t old_end = 0;
    enum status status;

    if (length == 0 || !is_aligned(address.v, PAGE_SIZE)) {
        return ERR_INVAL;
    }
    status = find_or_grow(as, address.v, 0, &old_end);
    if (status == OK && user_pages_check(address.v, length, &end) != OK) {
        status = ERR_NOMEM; /* the address is good, so there is no room for the length */
    }
    if (status == OK && end < old_end) {
        status = aspace_unmap(as, uaddr(end), old_end - end);
    }
    if (status == OK && end != old_end) {
        cut_shared(as, address.v, MIN(end, old_end));
    }
    return status == OK && end > old_end ? find_or_grow(as, address.v, end, &old_end) : status;
}
