// SPDX-License-Identifier: MIT
// Kernel stacks: vmap areas aligned to their size, so that code finds the head of its stack by
// masking the stack pointer. A few freed ones are kept: threads come and go often, and unmapping
// flushes the TLBs of all CPUs.
#include "kmap.h"
#include "vmap_region.h"
#include <arch/spinlock.h>
#include <base/check.h>
#include <mm/vmap.h>

#define KEPT_MAX 8u

static struct {
    struct spinlock lock;
    unsigned count;
    void *tops[KEPT_MAX];
} kept = {.lock = SPINLOCK_INIT};

static void *take_kept(void)
{
    irqflags_t flags = spin_lock_irqsave(&kept.lock);
    void *top = kept.count > 0 ? kept.tops[--kept.count] : NULL;

    spin_unlock_irqrestore(&kept.lock, flags);
    return top;
}

enum status kstack_alloc(void **top)
{
    /* The guard is as large as the stack, so that both are aligned. */
    static const struct vmap_shape shape = {
        .page_count = KSTACK_SIZE / PAGE_SIZE,
        .guard_count = KSTACK_SIZE / PAGE_SIZE,
        .align = KSTACK_SIZE,
        .owns_pages = true,
    };
    struct vmap_area *area;
    enum status status;

    *top = take_kept();
    if (*top != NULL) {
        return OK;
    }
    status = vmap_reserve(&shape, &area);
    if (status != OK) {
        return status;
    }
    status = kmap_alloc(vaddr(area->start), area->page_count, false);
    if (status != OK) {
        vmap_release(area);
        return status;
    }
    *top = vaddr_ptr(vaddr(area->start + KSTACK_SIZE));
    return OK;
}

static void release(void *top)
{
    struct vmap_area *area = vmap_find((uint8_t *)top - 1);

    CHECK(area != NULL && area->start + KSTACK_SIZE == (uint64_t)(uintptr_t)top,
          "kstack_free of a pointer that is no stack");
    vmap_release(area);
}

void kstack_free(void *top)
{
    irqflags_t flags = spin_lock_irqsave(&kept.lock);
    bool full = kept.count == KEPT_MAX;

    if (!full) {
        kept.tops[kept.count++] = top;
    }
    spin_unlock_irqrestore(&kept.lock, flags);
    if (full) {
        release(top);
    }
}

void kstack_trim(void)
{
    void *top;

    while ((top = take_kept()) != NULL) {
        release(top);
    }
}
