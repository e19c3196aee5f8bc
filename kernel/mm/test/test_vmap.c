// SPDX-License-Identifier: MIT
#include "machine.h"
#include "range.h"
#include "unit.h"
#include <arch/paging.h>
#include <arch_impl/host.h>
#include <mm/page.h>
#include <mm/vmap.h>
#include <string.h>

static bool is_mapped(const void *pointer)
{
    return arch_kernel_query(vaddr_of(pointer)).v != 0;
}

UNIT_TEST(vmap_ranges_have_guards)
{
    struct machine_usage before;
    uint8_t *ranges[20];

    machine_start();
    before = machine_usage();
    for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
        void *out;

        UNIT_OK(vmap_alloc(i + 1, VMAP_ZERO, &out));
        ranges[i] = out;
        UNIT_EQUAL(vmap_page_count(out), i + 1);
        for (size_t k = 0; k < (i + 1) * PAGE_SIZE; k += 512) {
            UNIT_EQUAL(ranges[i][k], 0);
        }
        memset(out, (int)i, (i + 1) * PAGE_SIZE);
    }
    for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
        UNIT_CHECK(!is_mapped(ranges[i] - 1));
        UNIT_CHECK(!is_mapped(ranges[i] + (i + 1) * PAGE_SIZE));
        UNIT_EQUAL(ranges[i][0], i);
        UNIT_EQUAL(ranges[i][(i + 1) * PAGE_SIZE - 1], i);
        UNIT_EQUAL(vmap_page_count(ranges[i] + PAGE_SIZE), 0);
    }
    for (size_t i = 0; i < ARRAY_SIZE(ranges); i += 2) {
        vmap_free(ranges[i]);
        UNIT_CHECK(!is_mapped(ranges[i]));
    }
    for (size_t i = 1; i < ARRAY_SIZE(ranges); i += 2) {
        vmap_free(ranges[i]);
    }
    vmap_free(NULL);
    machine_check_usage(before);
}

UNIT_TEST(vmap_physical_ranges)
{
    struct machine_usage before;
    paddr_t block;
    void *out;

    machine_start();
    before = machine_usage();
    UNIT_OK(page_alloc(2, &block));
    memcpy((uint8_t *)host_memory(block) + PAGE_SIZE - 3, "across", 7);
    UNIT_OK(vmap_phys(paddr(block.v + PAGE_SIZE - 3), 7, ARCH_PROT_READ, &out));
    UNIT_CHECK(strcmp(out, "across") == 0);
    UNIT_EQUAL(vmap_page_count(out), 2);
    vmap_free(out); /* the pages stay ours */
    page_free(block, 2);
    UNIT_EQUAL(vmap_phys(paddr(0), 0, ARCH_PROT_READ, &out), ERR_INVAL);
    UNIT_EQUAL(vmap_phys(paddr(UINT64_MAX - 5), 100, ARCH_PROT_READ, &out), ERR_INVAL);
    UNIT_EQUAL(vmap_alloc(0, 0, &out), ERR_INVAL);
    UNIT_EQUAL(vmap_alloc(SIZE_MAX / PAGE_SIZE, 0, &out), ERR_NOMEM);
    UNIT_EQUAL(vmap_alloc(1ull << 20, 0, &out),
               ERR_NOMEM); /* 4 GiB of address space, but not of RAM */
    machine_check_usage(before);
}

UNIT_TEST(vmap_kernel_stacks)
{
    struct machine_usage before;
    void *tops[20];

    machine_start();
    before = machine_usage();
    for (unsigned i = 0; i < ARRAY_SIZE(tops); i++) {
        UNIT_OK(kstack_alloc(&tops[i]));
        UNIT_EQUAL((uintptr_t)tops[i] % KSTACK_SIZE, 0);
        memset((uint8_t *)tops[i] - KSTACK_SIZE, 7, KSTACK_SIZE);
        UNIT_CHECK(!is_mapped((uint8_t *)tops[i] - KSTACK_SIZE - 1));
        UNIT_CHECK(!is_mapped(tops[i]));
    }
    for (unsigned i = 0; i < ARRAY_SIZE(tops); i++) {
        kstack_free(tops[i]);
    }
    machine_check_usage(before);
}

static void free_guard(void *pointer)
{
    vmap_free((uint8_t *)pointer - PAGE_SIZE);
}

UNIT_TEST(vmap_wrong_free_panics)
{
    void *out;

    machine_start();
    UNIT_OK(vmap_alloc(2, 0, &out));
    UNIT_CHECK(unit_panics(free_guard, out, "no range"));
    vmap_free(out);
}

/// The slow way to what range_find_free() does, on a small space of `size` bytes.
static bool slow_find(const bool *used, const struct range_search *search, uint64_t *out)
{
    uint64_t padded = search->len + search->align - 1;

    for (uint64_t end = search->high; end >= search->low + padded; end--) {
        bool good = true;

        for (uint64_t i = end - padded; i < end && good; i++) {
            good = !used[i];
        }
        if (good) {
            *out = (end - search->len) & ~(search->align - 1);
            return true;
        }
    }
    return false;
}

UNIT_TEST(range_search_agrees_with_an_array)
{
    enum { SIZE = 256, RANGES = 40 };
    static struct range ranges[RANGES];
    static bool used[SIZE];
    bool present[RANGES] = {false};
    struct tree tree = {NULL};

    for (unsigned round = 0; round < 8000; round++) {
        unsigned i = (unsigned)unit_random_below(RANGES);
        struct range_search search = {.low = unit_random_below(SIZE / 2),
                                      .high = SIZE / 2 + unit_random_below(SIZE / 2),
                                      .len = 1 + unit_random_below(20),
                                      .align = 1u << unit_random_below(4)};
        uint64_t fast;
        uint64_t slow;
        bool found = range_find_free(&tree, &search, &fast);

        UNIT_CHECK(found == slow_find(used, &search, &slow));
        UNIT_CHECK(!found || fast == slow);
        if (present[i]) {
            memset(used + ranges[i].start, 0, ranges[i].end - ranges[i].start);
            range_remove(&tree, &ranges[i]);
            present[i] = false;
        } else if (found) {
            ranges[i].start = fast;
            ranges[i].end = fast + search.len;
            memset(used + fast, 1, search.len);
            range_insert(&tree, &ranges[i]);
            present[i] = true;
        }
    }
}
