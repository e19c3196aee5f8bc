// SPDX-License-Identifier: MIT
// Page tables count as memory, beyond those that what is promised for mappings stands for.
#include "machine.h"
#include "mm_test.h"
#include "unit.h"
#include <arch/trap.h>
#include <mm/commit.h>
#include <mm/page.h>

#define SPAN (2ull << 20) /* of a lowest-level table */
#define BASE 0x100000000ull
#define ROOM 20u /* tables that the quota has room for, and some ranges */

static struct aspace space;
static struct test_file file;

/* Show a page of the file where it needs a table of its own. */
static enum status show(unsigned number)
{
    const struct map_request request = {.hint = BASE + number * SPAN,
                                        .length = PAGE_SIZE,
                                        .prot = ASPACE_READ,
                                        .flags = ASPACE_NOREPLACE | ASPACE_SHARED | ASPACE_FILE,
                                        .backing = &file.backing};
    uaddr_t at;

    UNIT_OK(aspace_map(&space, &request, &at));
    return aspace_fault(&space, at, ARCH_ACCESS_READ);
}

UNIT_TEST(page_tables_count_as_memory)
{
    struct machine_usage before;
    enum status status = OK;
    struct quota *quota;
    uint64_t promised;
    unsigned count = 0;

    machine_start();
    before = machine_usage();
    promised = commit_used();
    UNIT_OK(quota_create(&quota_root, &quota));
    mm_test_create(&space, 0);
    test_file_create(&file, 1);
    for (; count < 16; count++) {
        UNIT_OK(show(count)); /* the process was charged for these */
    }
    UNIT_CHECK(commit_used() < promised + PAGE_SIZE);
    UNIT_OK(show(count++));
    UNIT_CHECK(commit_used() >= promised + PAGE_SIZE);
    aspace_set_quota(&space, quota);
    UNIT_CHECK(quota_used(quota, QUOTA_MEMORY) >= PAGE_SIZE);
    quota_set_limit(quota, QUOTA_MEMORY, ROOM * PAGE_SIZE);
    for (; status == OK && count < 100; count++) {
        status = show(count);
    }
    UNIT_EQUAL(status, ERR_NOMEM);
    UNIT_CHECK(count >= ROOM + 16 - 2 && count <= ROOM + 16 + 1);
    UNIT_OK(aspace_unmap(&space, uaddr(BASE), count * SPAN));
    UNIT_EQUAL(quota_used(quota, QUOTA_MEMORY), 0);
    UNIT_EQUAL(space.table_count, 0);
    for (count = 0; count < 20; count++) {
        UNIT_OK(show(count));
    }
    mm_test_destroy(&space); /* all tables at once */
    UNIT_EQUAL(commit_used(), promised);
    quota_put(quota);
    test_file_destroy(&file);
    machine_check_usage(before);
}

/* Make all tables for a mapping: nothing more is promised for them. */
static void touch_each_table(uaddr_t at, uint64_t length)
{
    uint64_t promised = commit_used();

    for (uint64_t offset = 0; offset < length; offset += SPAN) {
        UNIT_OK(aspace_fault(&space, uaddr(at.v + offset), ARCH_ACCESS_WRITE));
    }
    UNIT_CHECK(space.table_count > 16);
    UNIT_EQUAL(commit_used(), promised);
}

/* What is promised for memory stands for the tables that show it without gaps. */
UNIT_TEST(page_tables_of_dense_memory_are_no_extra)
{
    const struct map_request request = {.length = 40ull << 20, .prot = ASPACE_READ | ASPACE_WRITE};
    struct machine_usage before;
    uaddr_t at;

    machine_start();
    before = machine_usage();
    mm_test_create(&space, 0);
    UNIT_OK(aspace_map(&space, &request, &at));
    touch_each_table(at, request.length);
    mm_test_destroy(&space);
    machine_check_usage(before);
}

/* So does what is promised for showing what others have: a touch asks for nothing more. */
UNIT_TEST(page_tables_of_shared_memory_are_promised_with_its_mapping)
{
    struct map_request request = {
        .length = 40ull << 20, .prot = ASPACE_READ | ASPACE_WRITE, .flags = ASPACE_SHARED};
    struct machine_usage before;
    uint64_t promised;
    uaddr_t at;

    machine_start();
    before = machine_usage();
    mm_test_create(&space, 0);
    UNIT_OK(aspace_make_shared(&space, request.length, &request.backing));
    promised = commit_used();
    UNIT_OK(aspace_map(&space, &request, &at));
    backing_put(request.backing);
    UNIT_CHECK(commit_used() >= promised + request.length / 512);
    touch_each_table(at, request.length);
    mm_test_destroy(&space);
    machine_check_usage(before);
}

/* Tables that came for nothing, as memory was promised, count when that is given back. */
UNIT_TEST(page_tables_count_when_the_memory_goes)
{
    const struct map_request memory = {.length = 40ull << 20, .prot = ASPACE_READ | ASPACE_WRITE};
    struct machine_usage before;
    uint64_t promised;
    uaddr_t at;

    machine_start();
    before = machine_usage();
    promised = commit_used();
    mm_test_create(&space, 0);
    test_file_create(&file, 1);
    UNIT_OK(aspace_map(&space, &memory, &at));
    for (unsigned count = 0; count < 40; count++) {
        UNIT_OK(show(count));
    }
    UNIT_CHECK(space.table_count >= 40 && space.tables_charged == 0);
    UNIT_OK(aspace_unmap(&space, at, memory.length));
    UNIT_CHECK(space.table_count >= 40);
    UNIT_EQUAL(space.tables_charged, space.table_count - 16);
    UNIT_CHECK(commit_used() >= promised + space.tables_charged * PAGE_SIZE);
    UNIT_OK(aspace_unmap(&space, uaddr(BASE), 40 * SPAN));
    UNIT_EQUAL(space.tables_charged, 0);
    mm_test_destroy(&space);
    UNIT_EQUAL(commit_used(), promised);
    test_file_destroy(&file);
    machine_check_usage(before);
}
