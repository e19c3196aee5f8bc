// SPDX-License-Identifier: MIT
#include "machine.h"
#include "unit.h"
#include <arch_impl/host.h>
#include <base/bitmap.h>
#include <mm/page.h>
#include <pthread.h>
#include <string.h>

#define BLOCKS 400u
#define PAGES (MACHINE_RAM / PAGE_SIZE)

struct block {
    paddr_t page;
    unsigned order;
};

/// Mark the pages of a block; fails if one is in use by another block, misaligned or reserved.
static void claim(uint64_t *map, const struct block *block)
{
    uint64_t first = block->page.v / PAGE_SIZE;

    UNIT_EQUAL(block->page.v % (PAGE_SIZE << block->order), 0);
    UNIT_CHECK(first >= 256);
    for (uint64_t i = first; i < first + (1ull << block->order); i++) {
        uint64_t address = i * PAGE_SIZE;

        UNIT_CHECK(i < PAGES && !bitmap_test(map, i));
        UNIT_CHECK(address < (32ull << 20) - PAGE_SIZE || address >= 40ull << 20); /* the hole */
        UNIT_CHECK(address < 0x200000 || address >= 0x260000);                     /* reserved */
        bitmap_set(map, i);
    }
}

static void give_back(uint64_t *map, struct block *block)
{
    uint64_t first = block->page.v / PAGE_SIZE;

    for (uint64_t i = first; i < first + (1ull << block->order); i++) {
        bitmap_clear(map, i);
    }
    page_free(block->page, block->order);
    block->page = paddr(0);
}

/// The number of free blocks of the largest order that can be had at once.
static unsigned largest_blocks(void)
{
    static paddr_t pages[64];
    unsigned count = 0;

    while (page_alloc(PAGE_ORDER_MAX, &pages[count]) == OK) {
        count++;
    }
    for (unsigned i = 0; i < count; i++) {
        page_free(pages[i], PAGE_ORDER_MAX);
    }
    return count;
}

UNIT_TEST(page_random_blocks_join_again)
{
    static uint64_t map[BITMAP_WORDS(PAGES)];
    static struct block blocks[BLOCKS];
    struct machine_usage before;
    unsigned large;

    machine_start();
    before = machine_usage();
    large = largest_blocks();
    UNIT_CHECK(large >= 20);
    for (unsigned round = 0; round < 20000; round++) {
        struct block *block = &blocks[unit_random_below(BLOCKS)];

        if (block->page.v != 0) {
            give_back(map, block);
            continue;
        }
        block->order = (unsigned)unit_random_below(3) * (unsigned)unit_random_below(5);
        if (page_alloc(block->order, &block->page) == OK) {
            claim(map, block);
        }
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        if (blocks[i].page.v != 0) {
            give_back(map, &blocks[i]);
        }
    }
    machine_check_usage(before);
    UNIT_EQUAL(largest_blocks(), large);
}

UNIT_TEST(page_all_memory_can_be_had)
{
    static paddr_t pages[PAGES];
    struct machine_usage before;
    paddr_t page;
    size_t count = 0;

    machine_start();
    before = machine_usage();
    while (page_alloc(0, &page) == OK) {
        pages[count++] = page;
    }
    UNIT_EQUAL(count, before.free_pages);
    UNIT_EQUAL(page_free_count(), 0);
    UNIT_EQUAL(page_alloc(3, &page), ERR_NOMEM);
    UNIT_EQUAL(page.v, 0);
    page_free_many(pages, count);
    machine_check_usage(before);
    UNIT_CHECK(page_total_count() > before.free_pages);
    UNIT_CHECK(page_total_count() < PAGES);
}

UNIT_TEST(page_cached_pages_of_other_cpus_are_found)
{
    struct machine_usage before;
    static paddr_t pages[PAGES];
    size_t count = 0;
    paddr_t page;

    machine_start();
    before = machine_usage();
    host_cpu_set(3); /* leaves pages in CPU 3's cache */
    UNIT_OK(page_alloc(0, &page));
    page_free(page, 0);
    host_cpu_set(0);
    while (page_alloc(0, &pages[count]) == OK) {
        count++;
    }
    UNIT_EQUAL(count, before.free_pages);
    page_free_many(pages, count);
    machine_check_usage(before);
}

UNIT_TEST(page_references)
{
    struct machine_usage before;
    paddr_t page;

    machine_start();
    before = machine_usage();
    UNIT_OK(page_alloc(0, &page));
    UNIT_EQUAL(page_ref_count(page), 1);
    page_ref(page);
    UNIT_CHECK(!page_unref(page));
    page_ref(page);
    page_free_many(&page, 1);
    UNIT_EQUAL(page_ref_count(page), 1);
    UNIT_CHECK(page_unref(page));
    machine_check_usage(before);
}

UNIT_TEST(page_zeroed_is_zero)
{
    paddr_t page;

    machine_start();
    UNIT_OK(page_alloc(0, &page));
    memset(host_memory(page), 0xa5, PAGE_SIZE);
    page_free(page, 0);
    UNIT_OK(page_alloc_zeroed(&page));
    for (unsigned i = 0; i < PAGE_SIZE; i++) {
        UNIT_EQUAL(((uint8_t *)host_memory(page))[i], 0);
    }
    page_free(page, 0);
    UNIT_EQUAL(page_alloc(PAGE_ORDER_MAX + 1, &page), ERR_INVAL);
}

static void free_twice(void *argument)
{
    page_free(*(paddr_t *)argument, 0);
    page_free(*(paddr_t *)argument, 0);
}

static void free_wrong_order(void *argument)
{
    page_free(*(paddr_t *)argument, 1);
}

static void free_shared(void *argument)
{
    page_ref(*(paddr_t *)argument);
    page_free(*(paddr_t *)argument, 0);
}

static void free_reserved(void *argument)
{
    (void)argument;
    page_free(paddr(0x200000), 0);
}

UNIT_TEST(page_wrong_frees_panic)
{
    paddr_t page;

    machine_start();
    UNIT_OK(page_alloc(0, &page));
    UNIT_CHECK(unit_panics(free_twice, &page, "not allocated"));
    UNIT_CHECK(unit_panics(free_wrong_order, &page, "another order"));
    UNIT_CHECK(unit_panics(free_shared, &page, "shared"));
    UNIT_CHECK(unit_panics(free_reserved, NULL, "not allocated"));
    page_free(page, 0);
}

static void *stress(void *argument)
{
    unsigned cpu = (unsigned)(uintptr_t)argument;
    uint64_t state = cpu * 7919u + 1;
    struct block blocks[40] = {{.order = 0}};

    host_cpu_set(cpu);
    for (unsigned round = 0; round < 20000; round++) {
        struct block *block;

        state = state * 6364136223846793005u + 1442695040888963407u;
        block = &blocks[(state >> 33) % ARRAY_SIZE(blocks)];
        if (block->page.v != 0) {
            /* Whoever has the page alone still reads what it wrote. */
            if (*(uint64_t *)host_memory(block->page) != (uint64_t)(uintptr_t)block) {
                return "page changed";
            }
            page_free(block->page, block->order);
            block->page = paddr(0);
        } else {
            block->order = (state >> 60) == 0 ? 2 : 0;
            if (page_alloc(block->order, &block->page) == OK) {
                *(uint64_t *)host_memory(block->page) = (uint64_t)(uintptr_t)block;
            }
        }
    }
    for (unsigned i = 0; i < ARRAY_SIZE(blocks); i++) {
        if (blocks[i].page.v != 0) {
            page_free(blocks[i].page, blocks[i].order);
        }
    }
    return NULL;
}

UNIT_TEST(page_many_cpus)
{
    machine_stress(stress);
}
