// SPDX-License-Identifier: MIT
// Memory of a set length: what is promised, who may store, what a cut leaves.
#include "machine.h"
#include "mm_test.h"
#include "unit.h"
#include <mm/commit.h>
#include <mm/page.h>
#include <mm/sized_memory.h>
#include <mm/user_copy.h>

static struct aspace space;
static struct sized_memory *memory;
static uint64_t promised;

static struct machine_usage start(uint64_t pages)
{
    struct machine_usage before;

    machine_start();
    before = machine_usage();
    promised = commit_used();
    UNIT_OK(sized_memory_create(&quota_root, pages * PAGE_SIZE, &memory));
    UNIT_EQUAL(commit_used(), promised + pages * PAGE_SIZE);
    mm_test_create(&space, 0);
    return before;
}

static void finish(struct machine_usage before)
{
    mm_test_destroy(&space);
    sized_memory_put(memory);
    UNIT_EQUAL(commit_used(), promised);
    machine_check_usage(before);
}

static uint64_t map(bool write, uint64_t pages)
{
    struct map_request request = {
        .length = pages * PAGE_SIZE,
        .prot = write ? ASPACE_READ | ASPACE_WRITE : ASPACE_READ,
        .flags = ASPACE_SHARED | ASPACE_FILE | (write ? 0 : ASPACE_NO_WRITE),
    };
    uaddr_t at;

    UNIT_OK(sized_memory_backing(memory, write, false, &request.backing));
    UNIT_OK(aspace_map(&space, &request, &at));
    backing_put(request.backing);
    return at.v;
}

static uint32_t mappings(void)
{
    struct coco_memory_info info;

    sized_memory_info(memory, &info);
    return info.mappings;
}

UNIT_TEST(sized_memory_grows_and_is_cut)
{
    struct machine_usage before = start(2);
    uint64_t at = map(true, 900);
    uint8_t byte = 9;

    UNIT_EQUAL(user_copy_out(uaddr(at + 2 * PAGE_SIZE), &byte, 1), ERR_FAULT);
    UNIT_OK(sized_memory_resize(memory, 900 * PAGE_SIZE));
    for (uint64_t i = 0; i < 900; i++) {
        UNIT_OK(user_copy_out(uaddr(at + i * PAGE_SIZE), &byte, 1));
    }
    UNIT_EQUAL(sized_memory_resize(memory, 0), ERR_BUSY);
    UNIT_OK(aspace_unmap(&space, uaddr(at), 900 * PAGE_SIZE));
    UNIT_OK(sized_memory_resize(memory, 1));
    UNIT_OK(sized_memory_resize(memory, 2 * PAGE_SIZE));
    UNIT_EQUAL(commit_used(), promised + 2 * PAGE_SIZE);
    at = map(false, 2);
    UNIT_OK(user_copy_in(&byte, uaddr(at), 1));
    UNIT_EQUAL(byte, 9);
    UNIT_OK(user_copy_in(&byte, uaddr(at + PAGE_SIZE), 1));
    UNIT_EQUAL(byte, 0);
    UNIT_OK(aspace_unmap(&space, uaddr(at), 2 * PAGE_SIZE));
    finish(before);
}

static unsigned checks;

static void count_check(void)
{
    checks++;
}

UNIT_TEST(sized_memory_goes_in_steps)
{
    struct machine_usage before = start(1000);
    uint64_t at = map(true, 1000);

    for (uint64_t i = 0; i < 1000; i++) {
        UNIT_OK(user_zero(uaddr(at + i * PAGE_SIZE), 1));
    }
    sized_memory_put(memory);
    mm_test_on_check = count_check;
    aspace_clear(&space);
    mm_test_on_check = NULL;
    UNIT_CHECK(checks >= 1000 / 64 + 1000 / 256);
    mm_test_destroy(&space);
    UNIT_EQUAL(commit_used(), promised);
    machine_check_usage(before);
}

UNIT_TEST(sized_memory_counts_who_may_store)
{
    struct machine_usage before = start(4);
    struct backing *backing;
    uint32_t seals;
    uint64_t writer = map(true, 4);
    uint64_t reader = map(false, 4);

    UNIT_EQUAL(mappings(), 2);
    UNIT_EQUAL(sized_memory_seal(memory, COCO_MEMORY_SEAL_WRITE, &seals), ERR_BUSY);
    UNIT_OK(aspace_unmap(&space, uaddr(writer + PAGE_SIZE), PAGE_SIZE)); /* two parts now */
    UNIT_OK(aspace_unmap(&space, uaddr(writer), PAGE_SIZE));
    UNIT_EQUAL(sized_memory_seal(memory, COCO_MEMORY_SEAL_WRITE, &seals), ERR_BUSY);
    UNIT_EQUAL(sized_memory_backing(memory, false, true, &backing), ERR_PERM);
    UNIT_OK(aspace_unmap(&space, uaddr(writer), 4 * PAGE_SIZE));
    UNIT_OK(sized_memory_seal(memory, COCO_MEMORY_SEAL_WRITE, &seals));
    UNIT_EQUAL(seals, 0);
    UNIT_EQUAL(sized_memory_backing(memory, true, false, &backing), ERR_PERM);
    UNIT_OK(sized_memory_backing(memory, false, true, &backing));
    backing_put(backing);
    UNIT_OK(aspace_unmap(&space, uaddr(reader), 4 * PAGE_SIZE));
    UNIT_EQUAL(mappings(), 0);
    finish(before);
}

UNIT_TEST(sized_memory_outlives_its_owner)
{
    struct machine_usage before = start(2);
    uint64_t at = map(true, 2);
    uint8_t byte = 3;

    UNIT_OK(user_copy_out(uaddr(at), &byte, 1));
    sized_memory_put(memory);
    UNIT_OK(user_copy_out(uaddr(at + PAGE_SIZE), &byte, 1));
    UNIT_CHECK(commit_used() >= promised + 2 * PAGE_SIZE);
    mm_test_destroy(&space);
    UNIT_EQUAL(commit_used(), promised);
    machine_check_usage(before);
}
