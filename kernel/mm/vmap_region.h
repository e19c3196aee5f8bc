// SPDX-License-Identifier: MIT
// Ranges of the vmap region, for vmap.c and kstack.c.
#pragma once

#include "range.h"
#include <abi/status.h>
#include <base/compiler.h>

struct vmap_area {
    struct range range; /* the guard pages included */
    uint64_t start;     /* first page that is mapped */
    size_t page_count;  /* pages that are mapped */
    bool owns_pages;    /* they are freed with the area */
};

/// What to reserve: `page_count` pages, with `guard_count` unmapped ones in front, aligned to
/// `align` bytes.
struct vmap_shape {
    size_t page_count;
    size_t guard_count;
    uint64_t align; /* power of two >= PAGE_SIZE; the size of the guard must be a multiple */
    bool owns_pages;
};

/// Boot: make the region empty.
void vmap_start(void);

/// Reserve addresses; nothing is mapped. ERR_NOMEM.
enum status vmap_reserve(const struct vmap_shape *shape, struct vmap_area **out) __must_check;

/// Unmap the pages of an area, flush, free them if they belong to it, and give the addresses back.
void vmap_release(struct vmap_area *area);

/// The area whose mapped pages hold `pointer`, NULL if there is none.
struct vmap_area *vmap_find(const void *pointer);
