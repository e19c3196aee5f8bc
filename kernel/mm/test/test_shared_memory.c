// SPDX-License-Identifier: MIT
// Shared memory that nothing else stands behind: what is promised for it, and what a cut leaves.
#include "machine.h"
#include "mm_test.h"
#include "unit.h"
#include <mm/commit.h>
#include <mm/page.h>
#include <mm/user_copy.h>

static struct aspace space;

static struct machine_usage start(void)
{
    struct machine_usage before;

    machine_start();
    before = machine_usage();
    mm_test_create(&space, 0);
    return before;
}

static void finish(struct machine_usage before)
{
    mm_test_destroy(&space);
    machine_check_usage(before);
}

/* Shared memory that one mapping shows. */
static uint64_t map(uint64_t pages)
{
    struct map_request request = {
        .length = pages * PAGE_SIZE,
        .prot = ASPACE_READ | ASPACE_WRITE,
        .flags = ASPACE_SHARED,
    };
    uaddr_t at;

    UNIT_OK(aspace_make_shared(&space, pages * PAGE_SIZE, &request.backing));
    UNIT_OK(aspace_map(&space, &request, &at));
    backing_put(request.backing);
    return at.v;
}

static uint8_t load(uint64_t address)
{
    uint8_t byte;

    UNIT_OK(user_copy_in(&byte, uaddr(address), 1));
    return byte;
}

static void store(uint64_t address, uint8_t byte)
{
    UNIT_OK(user_copy_out(uaddr(address), &byte, 1));
}

#define SHOWN                                                                                      \
    (PAGE_SIZE + 8) /* promised for a page that is mapped: with its part of a page table */

UNIT_TEST(shared_memory_is_promised_once_and_to_the_end)
{
    struct machine_usage before = start();
    uint64_t promised = commit_used();
    uint64_t ranges;
    uint64_t at = map(1000);

    ranges = commit_used() - promised - 1000 * SHOWN;
    UNIT_CHECK(ranges > 0 && ranges < PAGE_SIZE);
    for (uint64_t i = 0; i < 1000; i++) {
        store(at + i * PAGE_SIZE, 1);
    }
    UNIT_OK(aspace_unmap(&space, uaddr(at + 500 * PAGE_SIZE), PAGE_SIZE)); /* a hole */
    UNIT_OK(aspace_unmap(&space, uaddr(at + 501 * PAGE_SIZE), 499 * PAGE_SIZE));
    UNIT_EQUAL(commit_used(), promised + 500 * PAGE_SIZE + 500 * SHOWN + ranges);
    UNIT_OK(aspace_resize(&space, uaddr(at), 600 * PAGE_SIZE)); /* what it had behind goes */
    UNIT_EQUAL(commit_used(), promised + 600 * SHOWN + ranges);
    UNIT_EQUAL(load(at + 550 * PAGE_SIZE), 0);
    UNIT_OK(aspace_resize(&space, uaddr(at), PAGE_SIZE));
    UNIT_EQUAL(commit_used(), promised + SHOWN + ranges);
    UNIT_OK(aspace_resize(&space, uaddr(at), 3 * PAGE_SIZE));
    UNIT_EQUAL(commit_used(), promised + 3 * SHOWN + ranges);
    UNIT_EQUAL(load(at + 2 * PAGE_SIZE), 0);
    UNIT_OK(aspace_unmap(&space, uaddr(at), 3 * PAGE_SIZE));
    UNIT_EQUAL(commit_used(), promised);
    finish(before);
}

/* A cut of the first part leaves what lies behind the hole. */
UNIT_TEST(shared_memory_part_behind_a_hole_keeps_its_pages)
{
    struct machine_usage before = start();
    uint64_t at = map(8);

    store(at + 7 * PAGE_SIZE, 7);
    UNIT_OK(aspace_unmap(&space, uaddr(at + 4 * PAGE_SIZE), PAGE_SIZE));
    UNIT_OK(aspace_resize(&space, uaddr(at), PAGE_SIZE));
    UNIT_OK(aspace_discard(&space, uaddr(at + 7 * PAGE_SIZE), PAGE_SIZE));
    UNIT_EQUAL(load(at + 7 * PAGE_SIZE), 7);
    finish(before);
}

/* Pages that a cut has to leave are not shown as new ones. */
UNIT_TEST(shared_memory_does_not_grow_over_its_pages)
{
    struct machine_usage before = start();
    uint64_t at = map(8);
    uint64_t promised;

    store(at + 3 * PAGE_SIZE, 3);
    UNIT_OK(aspace_unmap(&space, uaddr(at + 4 * PAGE_SIZE), PAGE_SIZE));
    UNIT_OK(aspace_resize(&space, uaddr(at), PAGE_SIZE));
    promised = commit_used();
    UNIT_EQUAL(aspace_resize(&space, uaddr(at), 4 * PAGE_SIZE), ERR_NOMEM);
    UNIT_EQUAL(commit_used(), promised);
    UNIT_OK(aspace_resize(&space, uaddr(at), 3 * PAGE_SIZE)); /* no page was there */
    UNIT_EQUAL(load(at + 2 * PAGE_SIZE), 0);
    UNIT_OK(aspace_unmap(&space, uaddr(at + 5 * PAGE_SIZE), 3 * PAGE_SIZE));
    UNIT_OK(aspace_resize(&space, uaddr(at), 4 * PAGE_SIZE)); /* now a cut takes them */
    UNIT_EQUAL(load(at + 3 * PAGE_SIZE), 0);
    finish(before);
}
