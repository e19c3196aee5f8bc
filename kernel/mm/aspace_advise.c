// SPDX-License-Identifier: MIT
// Advice about mappings: pages that go, pages that come, and whether all of a range is mapped.
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

/// Where the part of the mapping at `at` ends that one protection holds for, and that protection.
/// ERR_NOMEM: nothing is mapped there.
static enum status part_end(struct aspace *as, uint64_t at, uint64_t *end, unsigned *prot)
{
    irqflags_t flags = spin_lock_irqsave(&as->lock);
    const struct vma *vma = vma_find(as, at);

    if (vma != NULL) {
        *end = vma->range.end;
        *prot = vma->prot;
    }
    spin_unlock_irqrestore(&as->lock, flags);
    return vma != NULL ? OK : ERR_NOMEM;
}

enum status aspace_populate(struct aspace *as, uaddr_t address, uint64_t length)
{
    uint64_t at = address.v;
    uint64_t end;
    enum status status = user_pages_check(address.v, length, &end);

    while (status == OK && at < end) {
        uint64_t next;
        unsigned prot;

        status = part_end(as, at, &next, &prot);
        if (status == OK && prot == 0) {
            at = next;
        } else if (status == OK) {
            status = aspace_fault(as, uaddr(at), ARCH_ACCESS_READ);
            at += PAGE_SIZE;
        }
        if (status == ERR_FAULT || status == ERR_IO) {
            status = ERR_NOMEM;
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
        unsigned prot;

        status = part_end(as, at, &at, &prot);
        sched_check();
    }
    return status;
}
