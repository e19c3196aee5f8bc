// SPDX-License-Identifier: MIT
#include "kmap.h"
#include <arch/spinlock.h>
#include <base/string.h>
#include <mm/page.h>

#define REMOVE_BATCH 32u /* pages removed per lock round and TLB flush */

static struct spinlock kernel_tables_lock = SPINLOCK_INIT;

static enum status map_one(vaddr_t address, paddr_t page, unsigned prot)
{
    irqflags_t flags = spin_lock_irqsave(&kernel_tables_lock);
    enum status status = arch_kernel_map(address, page, prot);

    spin_unlock_irqrestore(&kernel_tables_lock, flags);
    return status;
}

static vaddr_t page_at(vaddr_t start, size_t index)
{
    return vaddr(start.v + index * PAGE_SIZE);
}

enum status kmap_alloc(vaddr_t start, size_t count, bool zero)
{
    for (size_t i = 0; i < count; i++) {
        paddr_t page;
        enum status status = page_alloc(0, &page);

        if (status == OK) {
            status = map_one(page_at(start, i), page, KMAP_DATA);
            if (status != OK) {
                page_free(page, 0);
            }
        }
        if (status != OK) {
            kmap_remove(start, i, true);
            return status;
        }
        if (zero) {
            memset(vaddr_ptr(page_at(start, i)), 0, PAGE_SIZE);
        }
    }
    return OK;
}

enum status kmap_phys(vaddr_t start, paddr_t base, size_t count, unsigned prot)
{
    for (size_t i = 0; i < count; i++) {
        enum status status = map_one(page_at(start, i), paddr(base.v + i * PAGE_SIZE), prot);

        if (status != OK) {
            kmap_remove(start, i, false);
            return status;
        }
    }
    return OK;
}

void kmap_remove(vaddr_t start, size_t count, bool release)
{
    paddr_t pages[REMOVE_BATCH] __uninitialized;

    for (size_t done = 0; done < count;) {
        size_t part = MIN(count - done, (size_t)REMOVE_BATCH);
        size_t found = 0;
        irqflags_t flags = spin_lock_irqsave(&kernel_tables_lock);

        for (size_t i = 0; i < part; i++) {
            paddr_t page = arch_kernel_unmap(page_at(start, done + i));

            if (page.v != 0) {
                pages[found++] = page;
            }
        }
        spin_unlock_irqrestore(&kernel_tables_lock, flags);
        if (found > 0) {
            arch_tlb_flush_kernel(page_at(start, done), part);
        }
        if (release) {
            page_free_many(pages, found);
        }
        done += part;
    }
}
