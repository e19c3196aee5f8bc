// SPDX-License-Identifier: MIT
#include "machine.h"
#include "unit.h"
#include <arch_impl/host.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <pthread.h>
#include <string.h>

#define SLOTS 500u

struct allocation {
    uint8_t *bytes;
    size_t size;
    uint8_t fill;
};

static void check_fill(const struct allocation *allocation)
{
    for (size_t i = 0; i < allocation->size; i++) {
        UNIT_EQUAL(allocation->bytes[i], allocation->fill);
    }
}

static size_t random_size(void)
{
    switch (unit_random_below(20)) {
    case 0:
        return HEAP_SLAB_MAX + unit_random_below(30000);
    case 1:
    case 2:
        return 1 + unit_random_below(HEAP_SLAB_MAX);
    default:
        return 1 + unit_random_below(300);
    }
}

UNIT_TEST(heap_random_allocations_keep_their_content)
{
    static struct allocation slots[SLOTS];
    struct machine_usage before;

    machine_start();
    before = machine_usage();
    for (unsigned round = 0; round < 30000; round++) {
        struct allocation *slot = &slots[unit_random_below(SLOTS)];
        void *bytes;

        if (slot->bytes != NULL) {
            check_fill(slot);
            kfree(slot->bytes);
            slot->bytes = NULL;
            continue;
        }
        slot->size = random_size();
        slot->fill = (uint8_t)unit_random();
        UNIT_OK(kmalloc(slot->size, &bytes));
        UNIT_EQUAL((uintptr_t)bytes % 16, 0);
        slot->bytes = bytes;
        memset(bytes, slot->fill, slot->size);
    }
    UNIT_CHECK(heap_used() > before.heap_bytes);
    for (unsigned i = 0; i < SLOTS; i++) {
        kfree(slots[i].bytes);
    }
    machine_check_usage(before);
}

UNIT_TEST(heap_every_size_fits_its_class)
{
    struct machine_usage before;

    machine_start();
    before = machine_usage();
    for (size_t size = 0; size <= HEAP_SLAB_MAX + 1; size++) {
        uint64_t used = heap_used();
        void *bytes;

        UNIT_OK(kmalloc(size, &bytes));
        memset(bytes, 1, size); /* the address sanitizer watches the end */
        used = heap_used() - used;
        UNIT_CHECK(used >= size && (size > HEAP_SLAB_MAX || used <= 2 * size + 16));
        kfree(bytes);
    }
    machine_check_usage(before);
}

UNIT_TEST(heap_zeroed_is_zero)
{
    static const size_t sizes[] = {1, 100, 2048, 2049, 10000};
    void *bytes;

    machine_start();
    for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
        UNIT_OK(kmalloc(sizes[i], &bytes));
        memset(bytes, 0xff, sizes[i]);
        kfree(bytes);
        UNIT_OK(kzalloc(sizes[i], &bytes));
        for (size_t k = 0; k < sizes[i]; k++) {
            UNIT_EQUAL(((uint8_t *)bytes)[k], 0);
        }
        kfree(bytes);
    }
}

UNIT_TEST(heap_refuses_what_it_cannot_give)
{
    struct machine_usage before;
    void *bytes = &before;

    machine_start();
    before = machine_usage();
    UNIT_EQUAL(kmalloc(HEAP_SIZE_MAX + 1, &bytes), ERR_NOMEM);
    UNIT_CHECK(bytes == NULL);
    UNIT_EQUAL(kzalloc(SIZE_MAX, &bytes), ERR_NOMEM);
    UNIT_EQUAL(kcalloc(SIZE_MAX / 2, 3, &bytes), ERR_NOMEM);
    UNIT_EQUAL(kmalloc(HEAP_SIZE_MAX, &bytes), ERR_NOMEM); /* more than the machine has */
    kfree(NULL);
    machine_check_usage(before);
}

UNIT_TEST(heap_empty_slabs_serve_other_sizes)
{
    static void *blocks[2000];
    struct machine_usage before;
    uint64_t free_pages;

    machine_start();
    before = machine_usage();
    for (unsigned i = 0; i < ARRAY_SIZE(blocks); i++) {
        UNIT_OK(kmalloc(64, &blocks[i]));
    }
    for (unsigned i = 0; i < ARRAY_SIZE(blocks); i++) {
        kfree(blocks[i]);
    }
    free_pages = page_free_count();
    UNIT_CHECK(before.free_pages - free_pages < 20); /* most of 31 slabs were given back */
    for (unsigned i = 0; i < 500; i++) {
        UNIT_OK(kmalloc(128, &blocks[i]));
    }
    UNIT_CHECK(free_pages - page_free_count() <= 1); /* the idle slabs were enough */
    for (unsigned i = 0; i < 500; i++) {
        kfree(blocks[i]);
    }
    machine_check_usage(before);
}

static void free_twice(void *pointer)
{
    kfree(pointer);
    kfree(pointer);
}

static void free_inside(void *pointer)
{
    kfree((uint8_t *)pointer + 16);
}

static void free_foreign(void *pointer)
{
    (void)pointer;
    kfree(&pointer);
}

UNIT_TEST(heap_wrong_frees_panic)
{
    void *small;
    void *keep;
    void *large;

    machine_start();
    UNIT_OK(kmalloc(100, &keep)); /* so that the slab stays in use */
    UNIT_OK(kmalloc(100, &small));
    UNIT_OK(kmalloc(5000, &large));
    UNIT_CHECK(unit_panics(free_twice, small, "free object"));
    UNIT_CHECK(unit_panics(free_inside, small, "inside an object"));
    UNIT_CHECK(unit_panics(free_twice, large, "no allocation"));
    UNIT_CHECK(unit_panics(free_inside, (uint8_t *)large + PAGE_SIZE, "no allocation"));
    UNIT_CHECK(unit_panics(free_foreign, NULL, "no allocation"));
    kfree(large);
    kfree(small);
    kfree(keep);
}

static void *stress(void *argument)
{
    uint64_t state = (uint64_t)(uintptr_t)argument * 104729u;
    struct allocation slots[60] = {{.size = 0}};

    host_cpu_set((unsigned)(uintptr_t)argument);
    for (unsigned round = 0; round < 15000; round++) {
        struct allocation *slot;
        void *bytes;

        state = state * 6364136223846793005u + 1442695040888963407u;
        slot = &slots[(state >> 33) % ARRAY_SIZE(slots)];
        if (slot->bytes != NULL) {
            for (size_t i = 0; i < slot->size; i++) {
                if (slot->bytes[i] != slot->fill) {
                    return "content changed";
                }
            }
            kfree(slot->bytes);
            slot->bytes = NULL;
        } else if (kmalloc(slot->size = (state >> 40) % 700 + 1, &bytes) == OK) {
            slot->bytes = bytes;
            slot->fill = (uint8_t)(state >> 25);
            memset(bytes, slot->fill, slot->size);
        }
    }
    for (unsigned i = 0; i < ARRAY_SIZE(slots); i++) {
        kfree(slots[i].bytes);
    }
    return NULL;
}

UNIT_TEST(heap_many_cpus)
{
    machine_stress(stress);
}
