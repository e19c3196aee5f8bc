// SPDX-License-Identifier: MIT
// The slab region: a bump pointer hands out fresh addresses; slabs that were unmapped are reused
// first, idle ones (still mapped) before them. Records of the region are mapped when the bump
// pointer reaches them. Only a few idle slabs are kept: what a burst of objects took goes back to
// the page allocator, where processes find it.
#include "heap_slab.h"
#include "kmap.h"
#include <arch/spinlock.h>
#include <base/check.h>
#include <base/math.h>
#include <base/string.h>
#include <mm/heap.h>

#define RECORDS ((struct slab *)(uintptr_t)SLAB_RECORD_BASE)
#define REGION_PAGES (SLAB_SIZE >> PAGE_SHIFT)
#define RECORDS_PER_PAGE (PAGE_SIZE / sizeof(struct slab))
#define IDLE_MAX 16u /* pages in slabs of each size */

static struct {
    struct spinlock lock;
    struct list idle[2]; /* mapped, by size: [0] one page, [1] SLAB_PAGES_LARGE */
    unsigned idle_count[2];
    struct list unmapped[2]; /* addresses to reuse */
    uint64_t next_page;      /* first page of the region never used */
    uint64_t record_pages;   /* pages of records that are mapped */
} region = {.lock = SPINLOCK_INIT};

static unsigned list_index(unsigned page_count)
{
    return page_count == 1 ? 0 : 1;
}

void slab_start(void)
{
    for (unsigned i = 0; i < 2; i++) {
        list_init(&region.idle[i]);
        list_init(&region.unmapped[i]);
    }
}

void *slab_base(const struct slab *slab)
{
    return vaddr_ptr(vaddr(SLAB_BASE + ((uint64_t)(slab - RECORDS) << PAGE_SHIFT)));
}

static struct slab *take_idle(unsigned index)
{
    irqflags_t flags = spin_lock_irqsave(&region.lock);
    struct list *node = list_take_first(&region.idle[index]);

    region.idle_count[index] -= node != NULL ? 1 : 0;
    spin_unlock_irqrestore(&region.lock, flags);
    return node == NULL ? NULL : list_entry(node, struct slab, link);
}

static struct slab *take_unmapped(unsigned index)
{
    irqflags_t flags = spin_lock_irqsave(&region.lock);
    struct list *node = list_take_first(&region.unmapped[index]);

    spin_unlock_irqrestore(&region.lock, flags);
    return node == NULL ? NULL : list_entry(node, struct slab, link);
}

static void give_to(struct list *list, struct slab *slab)
{
    irqflags_t flags = spin_lock_irqsave(&region.lock);

    list_add_head(list, &slab->link);
    spin_unlock_irqrestore(&region.lock, flags);
}

/// Fresh addresses for a slab, with its records. The lock is held while records are mapped: that
/// happens once per RECORDS_PER_PAGE pages.
static enum status extend_region(unsigned page_count, struct slab **out)
{
    irqflags_t flags = spin_lock_irqsave(&region.lock);
    uint64_t first = align_up(region.next_page, page_count);
    enum status status = OK;

    if (first + page_count > REGION_PAGES) {
        status = ERR_NOMEM;
        goto out;
    }
    while (region.record_pages * RECORDS_PER_PAGE < first + page_count) {
        status = kmap_alloc(vaddr(SLAB_RECORD_BASE + (region.record_pages << PAGE_SHIFT)), 1, true);
        if (status != OK) {
            goto out;
        }
        region.record_pages++;
    }
    /* Pages skipped to reach the alignment can serve as small slabs. */
    for (uint64_t page = region.next_page; page < first; page++) {
        RECORDS[page].page_count = 1;
        list_add_tail(&region.unmapped[0], &RECORDS[page].link);
    }
    region.next_page = first + page_count;
    *out = &RECORDS[first];
    for (unsigned i = 0; i < page_count; i++) {
        (*out)[i].state = i == 0 ? SLAB_NONE : SLAB_TAIL;
        (*out)[i].tail_index = (uint8_t)i;
        (*out)[i].page_count = (uint8_t)page_count;
    }
    list_init(&(*out)->link);
out:
    spin_unlock_irqrestore(&region.lock, flags);
    return status;
}

enum status slab_get(unsigned page_count, struct slab **out)
{
    struct slab *slab = take_idle(list_index(page_count));
    enum status status;

    *out = slab;
    if (slab != NULL) {
        slab->state = SLAB_HEAD;
        return OK;
    }
    slab = take_unmapped(list_index(page_count));
    if (slab == NULL) {
        status = extend_region(page_count, &slab);
        if (status != OK) {
            return status;
        }
    }
    status = kmap_alloc(vaddr_of(slab_base(slab)), page_count, false);
    if (status != OK) {
        give_to(&region.unmapped[list_index(page_count)], slab);
        return status;
    }
    slab->state = SLAB_HEAD;
    *out = slab;
    return OK;
}

static void unmap(struct slab *slab)
{
    slab->state = SLAB_NONE;
    kmap_remove(vaddr_of(slab_base(slab)), slab->page_count, true);
    give_to(&region.unmapped[list_index(slab->page_count)], slab);
}

void slab_put(struct slab *slab)
{
    unsigned index = list_index(slab->page_count);
    irqflags_t flags = spin_lock_irqsave(&region.lock);
    bool keep = region.idle_count[index] < IDLE_MAX / slab->page_count;

    slab->state = SLAB_IDLE;
    if (keep) {
        region.idle_count[index]++;
        list_add_head(&region.idle[index], &slab->link);
    }
    spin_unlock_irqrestore(&region.lock, flags);
    if (!keep) {
        unmap(slab);
    }
}

struct slab *slab_of(const void *pointer)
{
    uint64_t page = ((uint64_t)(uintptr_t)pointer - SLAB_BASE) >> PAGE_SHIFT;
    struct slab *slab;

    if (page >= __atomic_load_n(&region.next_page, __ATOMIC_RELAXED)) {
        return NULL;
    }
    slab = &RECORDS[page];
    if (slab->state == SLAB_TAIL) {
        slab -= slab->tail_index;
    }
    return slab->state == SLAB_HEAD ? slab : NULL;
}

uint64_t heap_record_pages(void)
{
    return __atomic_load_n(&region.record_pages, __ATOMIC_RELAXED);
}

void slab_trim(void)
{
    for (unsigned i = 0; i < 2; i++) {
        struct slab *slab = take_idle(i);

        for (; slab != NULL; slab = take_idle(i)) {
            unmap(slab);
        }
    }
}
