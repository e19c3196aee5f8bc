// SPDX-License-Identifier: MIT
#include "kmap.h"
#include "layout.h"
#include "vmap_region.h"
#include <arch/spinlock.h>
#include <base/check.h>
#include <base/math.h>
#include <mm/heap.h>
#include <mm/vmap.h>

static struct {
    struct spinlock lock;
    struct tree areas;
} region = {.lock = SPINLOCK_INIT};

void vmap_start(void)
{
    tree_init(&region.areas);
}

enum status vmap_reserve(const struct vmap_shape *shape, struct vmap_area **out)
{
    /* The last page of the region stays free: it is the upper guard of the highest area. */
    struct range_search search = {
        .low = VMAP_BASE,
        .high = VMAP_END - PAGE_SIZE,
        .len = (shape->guard_count + shape->page_count) * PAGE_SIZE,
        .align = shape->align,
    };
    struct vmap_area *area;
    irqflags_t flags;
    uint64_t start;
    bool found;

    *out = NULL;
    if (shape->page_count > (VMAP_END - VMAP_BASE) / PAGE_SIZE || kzalloc_object(&area) != OK) {
        return ERR_NOMEM;
    }
    area->page_count = shape->page_count;
    area->owns_pages = shape->owns_pages;
    flags = spin_lock_irqsave(&region.lock);
    found = range_find_free(&region.areas, &search, &start);
    if (found) {
        area->range.start = start;
        area->range.end = start + search.len;
        area->start = start + shape->guard_count * PAGE_SIZE;
        range_insert(&region.areas, &area->range);
    }
    spin_unlock_irqrestore(&region.lock, flags);
    if (!found) {
        kfree(area);
        return ERR_NOMEM;
    }
    *out = area;
    return OK;
}

void vmap_release(struct vmap_area *area)
{
    irqflags_t flags;

    kmap_remove(vaddr(area->start), area->page_count, area->owns_pages);
    flags = spin_lock_irqsave(&region.lock);
    range_remove(&region.areas, &area->range);
    spin_unlock_irqrestore(&region.lock, flags);
    kfree(area);
}

struct vmap_area *vmap_find(const void *pointer)
{
    uint64_t address = (uint64_t)(uintptr_t)pointer;
    irqflags_t flags = spin_lock_irqsave(&region.lock);
    struct range *range = range_at_or_after(&region.areas, address);
    struct vmap_area *area = NULL;

    if (range != NULL) {
        area = container_of(range, struct vmap_area, range);
        if (address < area->start) {
            area = NULL; /* a guard page, or in front of the area */
        }
    }
    spin_unlock_irqrestore(&region.lock, flags);
    return area;
}

enum status vmap_alloc(size_t page_count, unsigned flags, void **out)
{
    struct vmap_shape shape = {
        .page_count = page_count, .guard_count = 1, .align = PAGE_SIZE, .owns_pages = true};
    struct vmap_area *area;
    enum status status;

    *out = NULL;
    if (page_count == 0) {
        return ERR_INVAL;
    }
    status = vmap_reserve(&shape, &area);
    if (status != OK) {
        return status;
    }
    status = kmap_alloc(vaddr(area->start), page_count, (flags & VMAP_ZERO) != 0);
    if (status != OK) {
        vmap_release(area);
        return status;
    }
    *out = vaddr_ptr(vaddr(area->start));
    return OK;
}

enum status vmap_phys(paddr_t base, uint64_t len, unsigned prot, void **out)
{
    uint64_t first = align_down(base.v, PAGE_SIZE);
    struct vmap_shape shape = {.guard_count = 1, .align = PAGE_SIZE};
    struct vmap_area *area;
    enum status status;
    uint64_t end;

    *out = NULL;
    if (len == 0 || !checked_add(base.v, len, &end) || !checked_align_up(end, PAGE_SIZE, &end)) {
        return ERR_INVAL;
    }
    shape.page_count = (end - first) / PAGE_SIZE;
    status = vmap_reserve(&shape, &area);
    if (status != OK) {
        return status;
    }
    status = kmap_phys(vaddr(area->start), paddr(first), shape.page_count, prot | ARCH_PROT_GLOBAL);
    if (status != OK) {
        vmap_release(area);
        return status;
    }
    *out = vaddr_ptr(vaddr(area->start + (base.v - first)));
    return OK;
}

enum status vmap_device(paddr_t base, uint64_t len, void **out)
{
    return vmap_phys(base, len, ARCH_PROT_READ | ARCH_PROT_WRITE | ARCH_PROT_DEVICE, out);
}

/// The area of a pointer that vmap_alloc() or vmap_phys() returned, NULL for others.
static struct vmap_area *area_of_start(const void *pointer)
{
    struct vmap_area *area = vmap_find(pointer);

    if (area == NULL || align_down((uint64_t)(uintptr_t)pointer, PAGE_SIZE) != area->start) {
        return NULL;
    }
    return area;
}

void vmap_free(void *pointer)
{
    struct vmap_area *area;

    if (pointer == NULL) {
        return;
    }
    area = area_of_start(pointer);
    CHECK(area != NULL, "vmap_free of a pointer that is no range");
    vmap_release(area);
}

size_t vmap_page_count(const void *pointer)
{
    struct vmap_area *area = area_of_start(pointer);

    return area == NULL ? 0 : area->page_count;
}
