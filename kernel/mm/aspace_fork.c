// SPDX-License-Identifier: MIT
// Copies of address spaces, and pages that are shared between them: fork, and the identity of a
// shared page.
#include "vma.h"
#include <arch/trap.h>
#include <base/math.h>
#include <mm/commit.h>
#include <mm/heap.h>
#include <mm/page.h>

#define RANGE_STEP 16u /* ranges that are copied under one hold of the lock */

enum status aspace_shared_page(struct aspace *as, uaddr_t address, paddr_t *out)
{
    uint64_t at = address.v & ~(uint64_t)PAGE_MASK;
    enum status status = OK;

    *out = paddr(0);
    if (__atomic_load_n(&as->backed_count, __ATOMIC_RELAXED) == 0) {
        return OK; /* the usual case costs nothing */
    }
    while (status == OK) {
        irqflags_t flags = spin_lock_irqsave(&as->lock);
        const struct vma *vma = vma_find(as, at);
        bool shared = vma != NULL && (vma->flags & ASPACE_SHARED) != 0;
        bool found = shared && arch_pt_query(vaddr(at), out, NULL);

        if (found) {
            page_ref(*out);
        }
        spin_unlock_irqrestore(&as->lock, flags);
        if (!shared || found) {
            return OK;
        }
        status = aspace_fault(as, address, ARCH_ACCESS_READ);
    }
    return status == ERR_IO ? ERR_FAULT : status;
}

/// Describe up to RANGE_STEP ranges from `*at` on in `copies`, which hold memory; returns how many.
/// A range that has grown or was joined since the last step is taken from `*at` on: what lies below
/// was copied.
static unsigned copy_ranges_locked(struct aspace *parent, uint64_t *at, struct vma **copies)
{
    const struct vma *vma = vma_at_or_after(parent, *at);
    unsigned count = 0;

    for (; vma != NULL && count < RANGE_STEP; vma = vma_next(vma)) {
        struct vma *copy = copies[count++];

        copy->range.start = MAX(vma->range.start, *at);
        copy->range.end = vma->range.end;
        copy->mapping = vma->mapping;
        copy->backing = vma->backing;
        copy->index = vma_index(vma, copy->range.start);
        copy->prot = vma->prot;
        copy->flags = vma->flags;
        backing_get(copy->backing);
        *at = vma->range.end;
    }
    return count;
}

/// Insert `count` ranges, as long as their memory can be promised; those are taken out of `copies`.
static enum status insert_ranges(struct aspace *child, struct vma **copies, unsigned count)
{
    irqflags_t flags = spin_lock_irqsave(&child->lock);
    enum status status = OK;

    for (unsigned i = 0; i < count && status == OK; i++) {
        status = commit_take(child->quota, vma_promised_len(copies[i]), child->mapped_len)
                     ? OK
                     : ERR_NOMEM;
        if (status == OK) {
            vma_insert_locked(child, copies[i]);
            commit_return(child->quota,
                          vma_promised_len(copies[i])); /* the range stands for it now */
            copies[i] = NULL;
        }
    }
    spin_unlock_irqrestore(&child->lock, flags);
    return status;
}

/// Move the next ranges over. `*done`: there are no more.
static enum status fork_step(struct aspace *parent, struct aspace *child, uint64_t *at, bool *done)
{
    struct vma *copies[RANGE_STEP] = {NULL};
    enum status status = OK;
    unsigned count = 0;
    irqflags_t flags;

    for (unsigned i = 0; i < RANGE_STEP && status == OK; i++) {
        status = kzalloc_object(&copies[i]);
    }
    if (status == OK) {
        flags = spin_lock_irqsave(&parent->lock);
        count = copy_ranges_locked(parent, at, copies);
        spin_unlock_irqrestore(&parent->lock, flags);
        *done = count < RANGE_STEP;
        status = insert_ranges(child, copies, count);
    }
    for (unsigned i = 0; i < RANGE_STEP; i++) {
        vma_free(copies[i]);
    }
    return status;
}

enum status aspace_fork_ranges(struct aspace *parent, struct aspace *child)
{
    enum status status = OK;
    bool done = false;
    uint64_t at = 0;

    child->area_low = parent->area_low;
    child->map_top = parent->map_top;
    child->mapped_limit = parent->mapped_limit;
    while (status == OK && !done) {
        status = fork_step(parent, child, &at, &done);
        sched_check();
    }
    child->mapping_serial = __atomic_load_n(&parent->mapping_serial, __ATOMIC_RELAXED);
    return status;
}

/// True if the pages of `vma` belong to the address space, so that a copy needs them.
static bool is_private(const struct vma *vma)
{
    return (vma->flags & (ASPACE_SHARED | ASPACE_GUARD)) == 0;
}

void aspace_fork_take(struct aspace *parent, struct aspace_fork_batch *batch)
{
    struct arch_pt_run run = {
        .at = batch->at,
        .max = ASPACE_FORK_BATCH,
        .first = UINT64_MAX,
        .addresses = batch->addresses,
        .pages = batch->pages,
    };
    irqflags_t flags = spin_lock_irqsave(&parent->lock);
    const struct vma *vma = vma_at_or_after(parent, batch->at);

    /* Until the batch is full, a large range has used up its time, or many were passed. */
    for (unsigned i = 0; vma != NULL && i < RANGE_STEP; i++) {
        run.at = MAX(run.at, vma->range.start);
        run.end = vma->range.end;
        if (is_private(vma)) {
            arch_pt_share_run(&run);
        } else {
            run.at = run.end;
        }
        if (run.at < run.end) {
            break;
        }
        vma = vma_next(vma);
    }
    if (run.first <= run.last) {
        arch_tlb_flush(&parent->arch, vaddr(run.first), (run.last - run.first) / PAGE_SIZE + 1);
    }
    page_ref_many(batch->pages, run.count);
    batch->count = run.count;
    batch->at = vma != NULL ? run.at : COCO_USER_END;
    spin_unlock_irqrestore(&parent->lock, flags);
}

/// True if `address` lies behind the end of what the range shows.
static bool is_cut(const struct vma *vma, uint64_t address)
{
    return vma->backing != NULL &&
           backing_ops[vma->backing->type]->is_beyond(vma->backing, vma_index(vma, address));
}

/// Enter those of `count` pages that lie in the range of the first one; `*taken` says how many
/// these are. ERR_NOTFOUND: the parent has changed the mapping meanwhile, or the file behind it was
/// cut; it is left without the page.
static enum status give_run(struct aspace *child, const uint64_t *addresses, const paddr_t *pages,
                            size_t count, size_t *taken)
{
    const struct vma *vma = vma_find(child, addresses[0]);
    enum status status;

    *taken = 0;
    if (vma == NULL || !is_private(vma)) {
        return ERR_NOTFOUND;
    }
    while (*taken < count && addresses[*taken] < vma->range.end) {
        (*taken)++;
    }
    /* A file may have been cut since the pages were taken. Who cuts it from now on sees these. */
    while (*taken > 0 && is_cut(vma, addresses[*taken - 1])) {
        (*taken)--;
    }
    if (*taken == 0) {
        return ERR_NOTFOUND;
    }
    /* Both sides refer to the pages; where that is no longer true, the first store finds out. */
    status = arch_pt_map_run(addresses, pages, taken, prot_to_arch(vma->prot) & ~ARCH_PROT_WRITE);
    count_entered_locked(child, *taken);
    return status;
}

enum status aspace_fork_give(struct aspace *child, struct aspace_fork_batch *batch)
{
    irqflags_t flags = spin_lock_irqsave(&child->lock);
    enum status status = OK;
    size_t kept = 0;
    size_t i = 0;

    while (i < batch->count && status != ERR_NOMEM) {
        size_t taken;

        status = give_run(child, batch->addresses + i, batch->pages + i, batch->count - i, &taken);
        i += taken;
        if (status == ERR_NOTFOUND || status == ERR_EXIST) {
            batch->pages[kept++] = batch->pages[i++];
        }
    }
    while (i < batch->count) {
        batch->pages[kept++] = batch->pages[i++];
    }
    spin_unlock_irqrestore(&child->lock, flags);
    page_free_many(batch->pages, kept);
    batch->count = 0;
    return status == ERR_NOMEM ? status : OK;
}
