// SPDX-License-Identifier: MIT
// What the allocator knows about each page of RAM. The array is indexed by page number; it is
// mapped for whole 2 MiB blocks that hold RAM, so the entries of a block's neighbours up to
// PAGE_ORDER_MAX always exist.
#pragma once

#include "layout.h"
#include <arch/spinlock.h>
#include <base/check.h>
#include <mm/page.h>

enum page_state {
    PAGE_RESERVED = 0, /* not ours, or not the first page of a block */
    PAGE_FREE,         /* first page of a free block of 2^order pages */
    PAGE_CACHED,       /* single free page in a CPU's cache */
    PAGE_ALLOCATED,    /* first page of an allocated block */
};

struct page {
    uint32_t next; /* page numbers of neighbours in the free list; 0 is the end */
    uint32_t prev;
    uint32_t refs;
    uint8_t order;
    uint8_t state;
    uint16_t reserved;
};

_Static_assert(sizeof(struct page) == 16, "the page array costs 16 bytes per page");

/// One behind the largest page number; set by page_start().
extern uint32_t page_limit;

/// Entry of page number `number`, which must be below page_limit.
static inline struct page *page_entry(uint32_t number)
{
    return (struct page *)(uintptr_t)PAGE_ARRAY_BASE + number;
}

/// Page number of an address that the allocator gave out.
static inline uint32_t page_number(paddr_t page)
{
    uint64_t number = page.v >> PAGE_SHIFT;

    CHECK(number < page_limit && (page.v & PAGE_MASK) == 0, "not a page address");
    return (uint32_t)number;
}

static inline paddr_t page_address(uint32_t number)
{
    return paddr((uint64_t)number << PAGE_SHIFT);
}

/// Boot: numbers below `limit` exist; `boot_pages` pages of RAM are in use for good and count as
/// total.
void page_start(uint32_t limit, uint64_t boot_pages);

/// Boot: empty caches.
void page_cache_start(void);

/// Boot: hand over the pages [first, end).
void page_add_range(uint32_t first, uint32_t end);

// The pool of blocks (page.c) as the per-CPU caches (page_cache.c) use it.

/// Take a block as page_alloc() does, in state `state`. 0 if there is none.
uint32_t pool_take(unsigned order, enum page_state state);

/// Take up to `max` (a power of two) single pages in state PAGE_CACHED; returns how many.
unsigned pool_take_singles(uint32_t *numbers, unsigned max);

/// Give back `count` single pages in state PAGE_CACHED.
void pool_give_singles(const uint32_t *numbers, unsigned count);

/// Give back one block.
void pool_give(uint32_t number, unsigned order);

/// Free pages in the pool.
uint64_t pool_free_count(void);
