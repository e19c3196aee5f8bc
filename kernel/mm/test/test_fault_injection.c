// SPDX-License-Identifier: MIT
// Each scenario runs again and again, with its first, second, third ... allocation failing, until
// none fails. It must report ERR_NOMEM and leak nothing.
#include "machine.h"
#include "mm_test.h"
#include "unit.h"
#include <arch/trap.h>
#include <mm/fault_inject.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <mm/user_copy.h>
#include <mm/vmap.h>

#define READ_WRITE (ASPACE_READ | ASPACE_WRITE)

static enum status heap_scenario(void)
{
    static const size_t sizes[] = {10, 100, 2000, 3000, 50000};
    void *blocks[ARRAY_SIZE(sizes)] = {NULL};
    enum status status = OK;

    for (unsigned i = 0; i < ARRAY_SIZE(sizes) && status == OK; i++) {
        status = i % 2 == 0 ? kmalloc(sizes[i], &blocks[i]) : kzalloc(sizes[i], &blocks[i]);
    }
    for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
        kfree(blocks[i]);
    }
    return status;
}

static enum status vmap_scenario(void)
{
    enum status status;
    void *range;
    void *stack;

    status = vmap_alloc(40, VMAP_ZERO, &range);
    if (status == OK) {
        status = kstack_alloc(&stack);
        if (status == OK) {
            kstack_free(stack);
        }
        vmap_free(range);
    }
    return status;
}

/// Map, touch, fill, split and copy in an address space that exists.
static enum status use_aspace(struct aspace *as)
{
    struct map_request request = {.length = 100 * PAGE_SIZE, .prot = READ_WRITE};
    static const char text[5000];
    uaddr_t at;
    enum status status = aspace_map(as, &request, &at);

    if (status == OK) {
        status = aspace_fault(as, at, ARCH_ACCESS_WRITE);
    }
    if (status == OK) {
        status = aspace_populate_copy(as, uaddr(at.v + 3 * PAGE_SIZE + 17), text, sizeof(text));
    }
    if (status == OK) {
        status = user_copy_out(uaddr(at.v + 8 * PAGE_SIZE - 3), text, sizeof(text));
    }
    if (status == OK) {
        status = aspace_protect(as, uaddr(at.v + 2 * PAGE_SIZE), 4 * PAGE_SIZE, ASPACE_READ);
    }
    if (status == OK) {
        status = aspace_unmap(as, uaddr(at.v + 20 * PAGE_SIZE), 2 * PAGE_SIZE);
    }
    request.hint = at.v + 50 * PAGE_SIZE;
    request.length = PAGE_SIZE;
    request.flags = ASPACE_FIXED;
    if (status == OK) {
        status = aspace_map(as, &request, &at);
    }
    return status;
}

static struct aspace parent;

/// Copy an address space with ranges in several tables and some pages.
static enum status fork_scenario(void)
{
    struct aspace child;
    struct aspace_fork_batch batch = {.at = 0};
    enum status status = aspace_create(&child, 0);

    if (status != OK) {
        return status;
    }
    status = aspace_fork_ranges(&parent, &child);
    while (status == OK && batch.at < COCO_USER_END) {
        mm_test_attach(&parent);
        aspace_fork_take(&parent, &batch);
        mm_test_attach(&child);
        status = aspace_fork_give(&child, &batch);
    }
    mm_test_attach(&child);
    mm_test_destroy(&child);
    return status;
}

static enum status aspace_scenario(void)
{
    static struct aspace as;
    enum status status = aspace_create(&as, 0);

    if (status == OK) {
        mm_test_attach(&as);
        status = use_aspace(&as);
        mm_test_destroy(&as);
    }
    return status;
}

static void run(enum status (*scenario)(void), unsigned least)
{
    struct machine_usage before;
    unsigned n = 0;
    bool failed = true;

    machine_start();
    before = machine_usage();
    while (failed) {
        enum status status;

        fault_inject_arm(n++);
        status = scenario();
        failed = fault_inject_disarm();
        UNIT_EQUAL(status, failed ? ERR_NOMEM : OK);
        machine_check_usage(before);
    }
    UNIT_CHECK(n > least); /* the injection did reach the allocations */
}

UNIT_TEST(fault_injection_heap)
{
    run(heap_scenario, 20);
}

UNIT_TEST(fault_injection_vmap)
{
    run(vmap_scenario, 45);
}

UNIT_TEST(fault_injection_aspace)
{
    run(aspace_scenario, 12);
}

UNIT_TEST(fault_injection_fork)
{
    struct map_request request = {.length = 3 * PAGE_SIZE, .prot = READ_WRITE};
    struct machine_usage before;
    uaddr_t at;

    machine_start();
    before = machine_usage();
    mm_test_create(&parent, 0);
    for (unsigned i = 0; i < 20; i++) {
        request.hint = 0x100000000ull * (i + 1);
        UNIT_OK(aspace_map(&parent, &request, &at));
        UNIT_OK(aspace_fault(&parent, at, ARCH_ACCESS_WRITE));
    }
    run(fork_scenario, 40);
    mm_test_attach(&parent);
    mm_test_destroy(&parent);
    machine_check_usage(before);
}
