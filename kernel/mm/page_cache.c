// SPDX-License-Identifier: MIT
// The allocator's public face. Single pages go through a small stack of free pages per CPU, so that
// the common case takes an uncontended lock; it is refilled from and emptied into the pool in
// halves. Each stack has a lock of its own, so that a CPU that finds no memory can take what others
// keep.
#include "page_array.h"
#include <base/string.h>
#include <mm/fault_inject.h>

#define CACHE_SIZE 32u

static struct page_cache {
    struct spinlock lock;
    uint32_t count;
    uint32_t numbers[CACHE_SIZE];
} __aligned(64) caches[ARCH_CPU_MAX];

void page_cache_start(void)
{
    for (unsigned cpu = 0; cpu < ARCH_CPU_MAX; cpu++) {
        spin_init(&caches[cpu].lock);
    }
}

static uint32_t cache_pop(struct page_cache *cache)
{
    irqflags_t flags = spin_lock_irqsave(&cache->lock);
    uint32_t number = 0;

    if (unlikely(cache->count == 0)) {
        cache->count = pool_take_singles(cache->numbers, CACHE_SIZE / 2);
    }
    if (likely(cache->count > 0)) {
        number = cache->numbers[--cache->count];
    }
    spin_unlock_irqrestore(&cache->lock, flags);
    return number;
}

static void cache_push_locked(struct page_cache *cache, uint32_t number)
{
    if (unlikely(cache->count == CACHE_SIZE)) {
        cache->count = CACHE_SIZE / 2;
        pool_give_singles(cache->numbers + CACHE_SIZE / 2, CACHE_SIZE / 2);
    }
    page_entry(number)->state = PAGE_CACHED;
    cache->numbers[cache->count++] = number;
}

void page_cache_drain(void)
{
    for (unsigned cpu = 0; cpu < ARCH_CPU_MAX; cpu++) {
        struct page_cache *cache = &caches[cpu];
        irqflags_t flags = spin_lock_irqsave(&cache->lock);

        pool_give_singles(cache->numbers, cache->count);
        cache->count = 0;
        spin_unlock_irqrestore(&cache->lock, flags);
    }
}

static uint32_t take_single(void)
{
    uint32_t number = cache_pop(&caches[arch_cpu_id()]);

    if (unlikely(number == 0)) { /* other CPUs may keep the last pages */
        page_cache_drain();
        number = pool_take(0, PAGE_ALLOCATED);
    }
    return number;
}

static uint32_t take_block(unsigned order)
{
    uint32_t number = pool_take(order, PAGE_ALLOCATED);

    if (number == 0) { /* cached single pages may be what keeps a block from joining */
        page_cache_drain();
        number = pool_take(order, PAGE_ALLOCATED);
    }
    return number;
}

enum status page_alloc(unsigned order, paddr_t *out)
{
    struct page *page;
    uint32_t number;

    *out = paddr(0);
    if (order > PAGE_ORDER_MAX) {
        return ERR_INVAL;
    }
    if (fault_inject_should_fail()) {
        return ERR_NOMEM;
    }
    number = order == 0 ? take_single() : take_block(order);
    if (number == 0) {
        return ERR_NOMEM;
    }
    page = page_entry(number);
    page->state = PAGE_ALLOCATED;
    page->order = (uint8_t)order;
    page->refs = 1;
    *out = page_address(number);
    return OK;
}

/// The page's entry, after checking that it is the first of an allocated block of `order`.
static struct page *allocated_entry(uint32_t number, unsigned order)
{
    struct page *page = page_entry(number);

    CHECK(page->state == PAGE_ALLOCATED, "page is not allocated");
    CHECK(page->order == order, "page block has another order");
    return page;
}

/// Drop one reference; true if it was the last.
static bool drop_reference(struct page *page)
{
    uint32_t before = __atomic_fetch_sub(&page->refs, 1, __ATOMIC_ACQ_REL);

    CHECK(before != 0, "page reference dropped twice");
    return before == 1;
}

static void give_single(uint32_t number)
{
    struct page_cache *cache = &caches[arch_cpu_id()];
    irqflags_t flags = spin_lock_irqsave(&cache->lock);

    cache_push_locked(cache, number);
    spin_unlock_irqrestore(&cache->lock, flags);
}

void page_free(paddr_t page, unsigned order)
{
    uint32_t number = page_number(page);
    struct page *entry = allocated_entry(number, order);

    CHECK(drop_reference(entry), "page freed while it is shared");
    if (order == 0) {
        give_single(number);
    } else {
        pool_give(number, order);
    }
}

void page_free_many(const paddr_t *pages, size_t count)
{
    struct page_cache *cache = &caches[arch_cpu_id()];
    irqflags_t flags;

    if (count == 0) {
        return;
    }
    flags = spin_lock_irqsave(&cache->lock);
    for (size_t i = 0; i < count; i++) {
        uint32_t number = page_number(pages[i]);

        if (drop_reference(allocated_entry(number, 0))) {
            cache_push_locked(cache, number);
        }
    }
    spin_unlock_irqrestore(&cache->lock, flags);
}

void page_ref(paddr_t page)
{
    struct page *entry = allocated_entry(page_number(page), 0);
    uint32_t before = __atomic_fetch_add(&entry->refs, 1, __ATOMIC_RELAXED);

    CHECK(before != 0 && before != UINT32_MAX, "page reference count is out of range");
}

void page_ref_many(const paddr_t *pages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        page_ref(pages[i]);
    }
}

bool page_unref(paddr_t page)
{
    uint32_t number = page_number(page);

    if (!drop_reference(allocated_entry(number, 0))) {
        return false;
    }
    give_single(number);
    return true;
}

uint32_t page_ref_count(paddr_t page)
{
    return __atomic_load_n(&allocated_entry(page_number(page), 0)->refs, __ATOMIC_RELAXED);
}

uint64_t page_free_count(void)
{
    uint64_t count = pool_free_count();

    for (unsigned cpu = 0; cpu < ARCH_CPU_MAX; cpu++) {
        count += __atomic_load_n(&caches[cpu].count, __ATOMIC_RELAXED);
    }
    return count;
}

void page_zero(paddr_t page)
{
    memset(arch_window_map(PAGE_WINDOW, page), 0, PAGE_SIZE);
    arch_window_unmap(PAGE_WINDOW);
}

enum status page_alloc_zeroed(paddr_t *out)
{
    enum status status = page_alloc(0, out);

    if (status == OK) {
        page_zero(*out);
    }
    return status;
}
