// SPDX-License-Identifier: MIT
// Pages that go while their range stays, pages that come, and whether all of a range is mapped.
#include "vma.h"
#include <arch/trap.h>
#include <base/math.h>
#include <mm/page.h>

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
            at = vma_remove_pages_locked(as, at, MIN(end, vma->range.end), &batch);
        }
        spin_unlock_irqrestore(&as->lock, flags);
        page_free_many(batch.pages, batch.count);
        sched_check();
    }
    return status;
}

/// Ranges that are looked at under one hold of the lock.
#define CUT_RANGES 64u

/// Go on at `*at` with cutting `backing` to `first` pages, until some pages are in `batch`.
static void cut_step_locked(struct aspace *as, const struct backing *backing, uint64_t first,
                            uint64_t *at, struct page_batch *batch)
{
    const struct vma *vma = vma_at_or_after(as, *at);

    for (unsigned i = 0; vma != NULL && i < CUT_RANGES; i++) {
        uint64_t start = MAX(vma->range.start, *at);
        uint64_t last = vma_index(vma, vma->range.end - 1);

        *at = vma->range.end;
        if (vma->backing == backing && last >= first) {
            if (vma->index < first) {
                start = MAX(start, vma->range.start + ((first - vma->index) << ARCH_PAGE_SHIFT));
            }
            *at = vma_remove_pages_locked(as, start, vma->range.end, batch);
            return;
        }
        vma = vma_next(vma);
    }
    *at = vma != NULL ? *at : COCO_USER_END;
}

void aspace_cut_backing(struct aspace *as, const struct backing *backing, uint64_t first)
{
    struct page_batch batch __uninitialized;
    uint64_t at = 0;

    while (at < COCO_USER_END && __atomic_load_n(&as->backed_count, __ATOMIC_RELAXED) != 0) {
        irqflags_t flags = spin_lock_irqsave(&as->lock);

        batch.count = 0;
        cut_step_locked(as, backing, first, &at, &batch);
        spin_unlock_irqrestore(&as->lock, flags);
        page_free_many(batch.pages, batch.count);
        sched_check();
    }
}

/// A part of a mapping that one protection holds for.
struct part {
    uint64_t start;
    uint64_t end;
    unsigned prot;
};

/// The first part that ends above `at`; at the end of user space an empty one.
static struct part next_part(struct aspace *as, uint64_t at)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);
    const struct vma *vma = vma_at_or_after(as, at);
    struct part part = {.start = COCO_USER_END, .end = COCO_USER_END};

    while (vma != NULL && (vma->flags & ASPACE_GUARD) != 0) {
        vma = vma_next(vma);
    }
    if (vma != NULL) {
        part = (struct part){vma->range.start, vma->range.end, vma->prot};
    }
    spin_unlock_irqrestore(&as->lock, flags);
    return part;
}

enum status aspace_populate(struct aspace *as, uaddr_t address, uint64_t length, bool mapped_only)
{
    uint64_t at = address.v;
    uint64_t end;
    enum status status = user_pages_check(address.v, length, &end);

    while (status == OK && at < end) {
        struct part part = next_part(as, at);

        if (part.start > at) {
            status = mapped_only ? OK : ERR_NOMEM;
            at = part.start;
        } else if (part.prot == 0) {
            at = part.end;
        } else {
            status = aspace_fault(as, uaddr(at), ARCH_ACCESS_READ);
            at += PAGE_SIZE;
        }
        if (status == ERR_IO && mapped_only) {
            at = part.end; /* so is all that follows, which may be much */
            status = OK;
        } else if (status == ERR_FAULT || status == ERR_IO) {
            status = mapped_only ? OK : ERR_NOMEM; /* the mapping has gone meanwhile */
        }
        sched_check();
    }
    return status;
}

enum status aspace_check_mapped(struct aspace *as, uaddr_t address, uint64_t length)
{
    uint64_t at = address.v;
    uint64_t end;
    enum status status = user_pages_check(address.v, length, &end);

    while (status == OK && at < end) {
        struct part part = next_part(as, at);

        status = part.start > at ? ERR_NOMEM : OK;
        at = part.end;
        sched_check();
    }
    return status;
}
