// SPDX-License-Identifier: MIT
// The pool: a buddy allocator. Free blocks of each order stand in a doubly linked list by page
// number; a freed block joins its neighbour ("buddy") while that is free and of the same order. All
// state is in the page array, so free pages need no mapping. One spinlock; single pages come
// through the per-CPU caches of page_cache.c.
#include "page_array.h"
#include <base/math.h>

uint32_t page_limit;

static struct {
    struct spinlock lock;
    uint32_t heads[PAGE_ORDER_MAX + 1]; /* first free block of each order, 0 for none */
    uint64_t free_pages;
    uint64_t total_pages;
} pool = {.lock = SPINLOCK_INIT};

static void list_push(uint32_t number, unsigned order)
{
    struct page *page = page_entry(number);

    page->state = PAGE_FREE;
    page->order = (uint8_t)order;
    page->prev = 0;
    page->next = pool.heads[order];
    if (page->next != 0) {
        page_entry(page->next)->prev = number;
    }
    pool.heads[order] = number;
}

static void list_unlink(struct page *page, unsigned order)
{
    if (page->prev != 0) {
        page_entry(page->prev)->next = page->next;
    } else {
        pool.heads[order] = page->next;
    }
    if (page->next != 0) {
        page_entry(page->next)->prev = page->prev;
    }
    page->state = PAGE_RESERVED;
}

static uint32_t take_locked(unsigned order, enum page_state state)
{
    unsigned found = order;
    uint32_t number;
    struct page *page;

    while (found <= PAGE_ORDER_MAX && pool.heads[found] == 0) {
        found++;
    }
    if (found > PAGE_ORDER_MAX) {
        return 0;
    }
    number = pool.heads[found];
    page = page_entry(number);
    list_unlink(page, found);
    while (found > order) { /* keep the lower half, free the upper one */
        found--;
        list_push(number + (1u << found), found);
    }
    page->state = (uint8_t)state;
    page->order = (uint8_t)order;
    pool.free_pages -= 1u << order;
    return number;
}

static void give_locked(uint32_t number, unsigned order)
{
    pool.free_pages += 1u << order;
    page_entry(number)->state = PAGE_RESERVED;
    while (order < PAGE_ORDER_MAX) {
        uint32_t buddy = number ^ (1u << order);
        struct page *page = page_entry(buddy);

        if (page->state != PAGE_FREE || page->order != order) {
            break;
        }
        list_unlink(page, order);
        number &= buddy;
        order++;
    }
    list_push(number, order);
}

uint32_t pool_take(unsigned order, enum page_state state)
{
    irqflags_t flags = spin_lock_irqsave(&pool.lock);
    uint32_t number = take_locked(order, state);

    spin_unlock_irqrestore(&pool.lock, flags);
    return number;
}

/// Take a block of `count` (a power of two) pages apart into single cached pages. False if there is
/// none.
static bool take_apart_locked(uint32_t *numbers, unsigned count)
{
    uint32_t first = take_locked(ilog2(count), PAGE_CACHED);

    if (first == 0) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        struct page *page = page_entry(first + i);

        page->state = PAGE_CACHED;
        page->order = 0;
        numbers[count - 1 - i] = first + i; /* the cache hands out the last one first */
    }
    return true;
}

unsigned pool_take_singles(uint32_t *numbers, unsigned max)
{
    irqflags_t flags = spin_lock_irqsave(&pool.lock);
    unsigned count = 0;

    /* Single pages that lie about are used up first; then a block is broken, which is quicker per
     * page. */
    while (count < max && pool.heads[0] != 0) {
        numbers[count++] = take_locked(0, PAGE_CACHED);
    }
    if (count == 0 && take_apart_locked(numbers, max)) {
        count = max;
    }
    if (count == 0) { /* only blocks smaller than `max` are left */
        numbers[0] = take_locked(0, PAGE_CACHED);
        count = numbers[0] != 0 ? 1 : 0;
    }
    spin_unlock_irqrestore(&pool.lock, flags);
    return count;
}

void pool_give_singles(const uint32_t *numbers, unsigned count)
{
    irqflags_t flags = spin_lock_irqsave(&pool.lock);

    for (unsigned i = 0; i < count; i++) {
        give_locked(numbers[i], 0);
    }
    spin_unlock_irqrestore(&pool.lock, flags);
}

void pool_give(uint32_t number, unsigned order)
{
    irqflags_t flags = spin_lock_irqsave(&pool.lock);

    give_locked(number, order);
    spin_unlock_irqrestore(&pool.lock, flags);
}

uint64_t pool_free_count(void)
{
    return __atomic_load_n(&pool.free_pages, __ATOMIC_RELAXED);
}

uint64_t page_total_count(void)
{
    return pool.total_pages;
}

void page_start(uint32_t limit, uint64_t boot_pages)
{
    page_limit = limit;
    pool.total_pages = boot_pages;
}

void page_add_range(uint32_t first, uint32_t end)
{
    pool.total_pages += end - first;
    while (first < end) { /* the largest aligned blocks that fit */
        unsigned order = MIN((unsigned)__builtin_ctz(first), ilog2(end - first));

        order = MIN(order, PAGE_ORDER_MAX);
        list_push(first, order);
        pool.free_pages += 1u << order;
        first += 1u << order;
    }
}
