// SPDX-License-Identifier: MIT
// Quotas: what is taken counts all the way up, and a refusal leaves nothing.
#include "machine.h"
#include "unit.h"
#include <abi/types.h>
#include <mm/commit.h>
#include <mm/page.h>
#include <mm/quota.h>

UNIT_TEST(quota_takes_from_all_above)
{
    struct machine_usage before;
    struct quota *upper;
    struct quota *lower;
    uint64_t root = quota_used(&quota_root, QUOTA_THREADS);

    machine_start();
    before = machine_usage();
    UNIT_OK(quota_create(&quota_root, &upper));
    UNIT_OK(quota_create(upper, &lower));
    quota_set_limit(upper, QUOTA_THREADS, 3);
    UNIT_CHECK(quota_take(lower, QUOTA_THREADS, 2));
    UNIT_EQUAL(quota_used(upper, QUOTA_THREADS), 2);
    UNIT_EQUAL(quota_used(&quota_root, QUOTA_THREADS), root + 2);
    UNIT_CHECK(!quota_take(lower, QUOTA_THREADS, 2)); /* the upper one refuses */
    UNIT_EQUAL(quota_used(lower, QUOTA_THREADS), 2);
    UNIT_CHECK(quota_take(upper, QUOTA_THREADS, 1));
    UNIT_CHECK(!quota_take(lower, QUOTA_THREADS, 1));
    quota_set_limit(upper, QUOTA_THREADS, 1); /* below what is used */
    UNIT_CHECK(!quota_take(upper, QUOTA_THREADS, 1));
    UNIT_CHECK(!quota_take(upper, QUOTA_THREADS, UINT64_MAX));
    quota_return(upper, QUOTA_THREADS, 1);
    quota_return(lower, QUOTA_THREADS, 2);
    UNIT_EQUAL(quota_used(&quota_root, QUOTA_THREADS), root);
    quota_put(upper); /* `lower` keeps it */
    quota_put(lower);
    machine_check_usage(before);
}

UNIT_TEST(quota_depth_is_limited)
{
    struct machine_usage before;
    struct quota *quota = &quota_root;
    struct quota *next;
    unsigned depth = 0;

    machine_start();
    before = machine_usage();
    quota_get(quota);
    while (quota_create(quota, &next) == OK) {
        quota_put(quota);
        quota = next;
        depth++;
    }
    UNIT_EQUAL(depth, QUOTA_DEPTH_MAX - 1);
    quota_put(quota);
    machine_check_usage(before);
}

UNIT_TEST(commit_leaves_a_part_to_others)
{
    uint64_t limit;
    uint64_t used;

    machine_start();
    limit = quota_limit(&quota_root, QUOTA_MEMORY);
    used = commit_used();
    UNIT_CHECK(limit < page_total_count() * PAGE_SIZE);
    UNIT_CHECK(!commit_take(&quota_root, limit - used, 0)); /* all at once */
    UNIT_CHECK(commit_take(&quota_root, (limit - used) / 2, 0));
    UNIT_CHECK(!commit_take(&quota_root, limit - commit_used(), (limit - used) / 2));
    UNIT_CHECK(commit_take(&quota_root, PAGE_SIZE, 0));
    commit_return(&quota_root, PAGE_SIZE + (limit - used) / 2);
    UNIT_EQUAL(commit_used(), used);
    UNIT_CHECK(!commit_take(&quota_root, UINT64_MAX, 0));
    UNIT_CHECK(!commit_take(&quota_root, PAGE_SIZE, UINT64_MAX));
    UNIT_CHECK(commit_take(&quota_root, 0, UINT64_MAX));
}

static unsigned rises;

/// The most that was used at a time stays; what was refused above does not count.
UNIT_TEST(quota_most_memory)
{
    struct quota *upper;
    struct quota *lower;

    machine_start();
    UNIT_OK(quota_create(&quota_root, &upper));
    UNIT_OK(quota_create(upper, &lower));
    quota_set_limit(upper, QUOTA_MEMORY, 100);
    UNIT_EQUAL(quota_most(lower), 0);
    UNIT_CHECK(quota_take(lower, QUOTA_MEMORY, 60));
    UNIT_CHECK(quota_take(lower, QUOTA_THREADS, 500));
    quota_return(lower, QUOTA_MEMORY, 50);
    UNIT_EQUAL(quota_most(lower), 60);
    UNIT_CHECK(!quota_take(lower, QUOTA_MEMORY, 91));
    UNIT_EQUAL(quota_most(lower), 60);
    UNIT_EQUAL(quota_most(upper), 60);
    UNIT_CHECK(quota_take(upper, QUOTA_MEMORY, 60));
    UNIT_EQUAL(quota_most(upper), 70);
    quota_add(lower, QUOTA_MEMORY, 10); /* what stands for something else for a moment */
    quota_return(lower, QUOTA_MEMORY, 10);
    UNIT_EQUAL(quota_most(upper), 70);
    quota_move(upper, lower, QUOTA_MEMORY, 60);
    UNIT_EQUAL(quota_used(lower, QUOTA_MEMORY), 70);
    UNIT_EQUAL(quota_used(upper, QUOTA_MEMORY), 70);
    UNIT_EQUAL(quota_most(lower), 70);
    UNIT_EQUAL(quota_most(upper), 70);
    quota_return(lower, QUOTA_MEMORY, 70);
    quota_return(lower, QUOTA_THREADS, 500);
    UNIT_EQUAL(quota_most(lower), 70);
    quota_put(lower);
    quota_put(upper);
}

void quota_level_rose(void)
{
    rises++;
}

static void expect_level(const struct quota *quota, uint32_t level, unsigned rises_so_far)
{
    UNIT_EQUAL(quota_level(quota), level);
    UNIT_EQUAL(rises, rises_so_far);
}

/// Levels begin and end at different places, and only rises are told.
UNIT_TEST(quota_levels)
{
    struct quota *quota;

    machine_start();
    rises = 0;
    UNIT_OK(quota_create(&quota_root, &quota));
    quota_set_limit(quota, QUOTA_MEMORY, 1000);
    UNIT_CHECK(quota_take(quota, QUOTA_MEMORY, 800));
    expect_level(quota, COCO_PRESSURE_NONE, 0); // nobody watches
    quota_watch(quota);
    expect_level(quota, COCO_PRESSURE_SOME, 1);
    quota_return(quota, QUOTA_MEMORY, 100);
    expect_level(quota, COCO_PRESSURE_SOME, 1);
    quota_return(quota, QUOTA_MEMORY, 1);
    expect_level(quota, COCO_PRESSURE_NONE, 1);
    UNIT_CHECK(quota_take(quota, QUOTA_MEMORY, 201));
    expect_level(quota, COCO_PRESSURE_HIGH, 2);
    UNIT_EQUAL(quota_highest_level(quota), COCO_PRESSURE_HIGH);
    UNIT_EQUAL(quota_level(&quota_root), COCO_PRESSURE_NONE);
    quota_set_limit(quota, QUOTA_MEMORY, QUOTA_NONE);
    expect_level(quota, COCO_PRESSURE_NONE, 2);
    quota_set_limit(quota, QUOTA_MEMORY, 1200);
    expect_level(quota, COCO_PRESSURE_SOME, 3);
    quota_unwatch(quota);
    quota_return(quota, QUOTA_MEMORY, 900);
    quota_put(quota);
}
