// SPDX-License-Identifier: MIT
// Page allocator: blocks of 2^order pages, naturally aligned. A free page is never touched; all
// knowledge is in the page array. Thread-safe, any context (interrupts may be off, spinlocks may be
// held), never sleeps.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

#define PAGE_ORDER_MAX 9u /* largest block: 2 MiB */

/// Allocate 2^order pages (order 0..PAGE_ORDER_MAX) with undefined content and one reference.
/// ERR_NOMEM if there is no such block; ERR_INVAL for a larger order.
enum status page_alloc(unsigned order, paddr_t *out) __must_check;

/// Allocate one page of zero bytes. Uses window slot PAGE_WINDOW for the time of the call.
/// ERR_NOMEM.
enum status page_alloc_zeroed(paddr_t *out) __must_check;

/// Free a block from page_alloc() that has one reference, with the order it was allocated with.
/// Panics on a double free or a wrong order: a kernel bug that would give one page to two owners.
void page_free(paddr_t page, unsigned order);

/// Drop one reference to each of `count` single pages and free those that had no other: one lock
/// round for all.
void page_free_many(const paddr_t *pages, size_t count);

/// Add a reference to an allocated single page.
void page_ref(paddr_t page);

/// Add a reference to each of `count` allocated single pages.
void page_ref_many(const paddr_t *pages, size_t count);

/// Drop a reference to a single page; frees it with the last one. True if it was freed.
bool page_unref(paddr_t page);

/// References of an allocated single page.
uint32_t page_ref_count(paddr_t page);

/// Pages under the allocator's management, and those of them that are free (a snapshot).
uint64_t page_total_count(void);
uint64_t page_free_count(void);

/// Give the pages cached per CPU back to the common pool, so that blocks can join.
void page_cache_drain(void);

/// Fill a page with zero bytes, through a window.
void page_zero(paddr_t page);

/// Window slots (arch_window_map) as this module uses them; a caller of these functions must not
/// hold the same slot. Slot 2 is free for others, slot 3 belongs to arch.
#define PAGE_WINDOW 0u      /* page_zero, page_alloc_zeroed */
#define USER_COPY_WINDOW 1u /* user_copy_to_page, user_copy_from_page, aspace_populate_copy */
