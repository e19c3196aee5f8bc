// SPDX-License-Identifier: MIT
#include "machine.h"
#include "unit.h"
#include <mm/heap.h>
#include <mm/page.h>
#include <mm/page_map.h>

#define INDEX_COUNT 300u

/// Indices that need each height of the tree.
static uint64_t spread_index(unsigned n)
{
    static const uint64_t bases[] = {0, 60, 4090, 262140, PAGE_MAP_INDEX_END - 60};

    return bases[n % ARRAY_SIZE(bases)] + n / ARRAY_SIZE(bases);
}

UNIT_TEST(page_map_agrees_with_an_array)
{
    struct page_map map = {0};
    paddr_t expected[INDEX_COUNT] = {{0}};

    machine_start();
    struct machine_usage before = machine_usage();
    for (unsigned round = 0; round < 3000; round++) {
        unsigned n = (unsigned)unit_random_below(INDEX_COUNT);
        uint64_t index = spread_index(n);
        UNIT_EQUAL(page_map_find(&map, index).v, expected[n].v);
        if (expected[n].v == 0) {
            UNIT_OK(page_alloc(0, &expected[n]));
            UNIT_OK(page_map_insert(&map, index, expected[n]));
        }
        if (unit_random_below(40) == 0) {
            uint64_t first = spread_index((unsigned)unit_random_below(INDEX_COUNT));
            uint64_t freed = page_map_cut(&map, first);
            for (unsigned i = 0; i < INDEX_COUNT; i++) {
                if (spread_index(i) >= first && expected[i].v != 0) {
                    expected[i] = paddr(0);
                    freed--;
                }
            }
            UNIT_EQUAL(freed, 0);
        }
    }
    (void)page_map_cut(&map, 0);
    UNIT_EQUAL(map.count, 0);
    machine_check_usage(before);
}

UNIT_TEST(page_map_is_cut_in_steps)
{
    struct page_map map = {0};
    uint64_t freed = 0;
    uint64_t sum = 0;
    paddr_t page;

    machine_start();
    struct machine_usage before = machine_usage();
    for (uint64_t index = 0; index < 3000; index++) {
        UNIT_OK(page_alloc(0, &page));
        UNIT_OK(page_map_insert(&map, index < 2900 ? index : index * 5000, page));
    }
    while (page_map_cut_some(&map, 10, &freed)) {
        UNIT_CHECK(freed > 0 && freed <= 256);
        sum += freed;
    }
    UNIT_EQUAL(sum + freed, 2990);
    UNIT_EQUAL(map.count, 10);
    UNIT_CHECK(page_map_find(&map, 9).v != 0 && page_map_find(&map, 10).v == 0);
    UNIT_CHECK(!page_map_cut_some(&map, 10, &freed) && freed == 0);
    UNIT_CHECK(!page_map_cut_some(&map, 0, &freed) && freed == 10);
    UNIT_CHECK(!page_map_cut_some(&map, 0, &freed) && freed == 0);
    machine_check_usage(before);
}

UNIT_TEST(page_map_of_one_page_needs_no_heap)
{
    struct page_map map = {0};
    paddr_t page;

    machine_start();
    struct machine_usage before = machine_usage();
    UNIT_OK(page_alloc(0, &page));
    UNIT_OK(page_map_insert(&map, 0, page));
    UNIT_EQUAL(heap_used(), before.heap_bytes);
    UNIT_EQUAL(page_map_find(&map, 1).v, 0);
    UNIT_EQUAL(page_map_cut(&map, 1), 0);
    UNIT_EQUAL(page_map_cut(&map, 0), 1);
    machine_check_usage(before);
}
