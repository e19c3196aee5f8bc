// SPDX-License-Identifier: MIT
// Tests of `process_memory`.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "memory.h"

#define PAGES 300u
#define BLOCK (PAGES * PAGE)
#define LIMIT (2u << 20)

static struct coco_memory_usage memory_of(uint64_t id)
{
    struct coco_memory_usage usage = {~0ull, ~0ull, ~0ull, ~0ull, ~0ull};
    EXPECT_OK(coco_process_memory(id, &usage));
    return usage;
}

TEST(process_memory, itself, RULE("process_memory.1"), RULE("process_memory.2"),
     RULE("process_memory.3"))
{
    struct coco_memory_usage before = memory_of((uint64_t)coco_process_id());
    EXPECT_EQ(before.present % PAGE, 0);
    EXPECT_TRUE(before.present > 0 && before.present <= before.present_most);
    EXPECT_TRUE(before.promised > 0 && before.promised <= before.promised_most);

    uint8_t *pages = memory_pages(PAGES);
    REQUIRE_TRUE(pages != NULL);
    struct coco_memory_usage mapped = memory_of(0);
    EXPECT_TRUE(mapped.promised >= before.promised + BLOCK);
    EXPECT_TRUE(mapped.present < before.present + BLOCK);

    memset(pages, 1, BLOCK);
    struct coco_memory_usage touched = memory_of(0);
    EXPECT_TRUE(touched.present >= before.present + BLOCK);
    EXPECT_TRUE(touched.present_most >= touched.present);
    EXPECT_OK(memory_unmap(pages, BLOCK));

    struct coco_memory_usage after = memory_of(0);
    EXPECT_TRUE(after.present <= touched.present - BLOCK);
    EXPECT_TRUE(after.promised <= touched.promised - BLOCK);
    EXPECT_TRUE(after.present_most >= touched.present);
    EXPECT_TRUE(after.promised_most >= touched.promised);
}

static uint32_t touch(void *unused)
{
    (void)unused;
    uint8_t *pages = memory_pages(PAGES);
    if (pages == NULL) {
        return 1;
    }
    memset(pages, 1, BLOCK);
    return memory_unmap(pages, BLOCK) == 0 ? 0 : 1;
}

/* A copy that had a child itself, which had more. */
static uint32_t touch_in_child(void *unused)
{
    struct coco_child child;
    uint64_t id = fork_listed(touch, unused);
    int64_t ended = coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_ENDED,
                                            deadline_after(60 * SECONDS), &child);
    return ended == (int64_t)id ? child.status.code : 1;
}

TEST(process_memory, children, RULE("process_memory.2"), RULE("process_memory.4"))
{
    struct coco_child child;
    uint64_t deadline = deadline_after(60 * SECONDS);
    uint64_t id = fork_listed(touch_in_child, NULL);
    EXPECT_EQ(coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_ENDED | COCO_WAIT_KEEP, deadline,
                                      &child),
              id);
    EXPECT_EQ(child.status.code, 0);
    struct coco_memory_usage ended = memory_of(id);
    EXPECT_EQ(ended.present, 0);
    EXPECT_TRUE(ended.present_most > 0);
    EXPECT_TRUE(ended.children_most >= BLOCK && ended.children_most % PAGE == 0);
    EXPECT_TRUE(ended.children_most > ended.present_most);
    EXPECT_EQ(coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_ENDED, deadline, &child), id);
    EXPECT_TRUE(memory_of(0).children_most >= ended.children_most);
}

/* One with a limit of its own is counted alone, and never above it. */
TEST(process_memory, with_a_limit, RULE("process_memory.3"))
{
    static const struct coco_call_set all[] = {
        {0, 0, UINT64_MAX},          {1, 0, UINT64_MAX},          {0x80000001, 0, UINT64_MAX},
        {0x80000002, 0, UINT64_MAX}, {0x80000003, 0, UINT64_MAX}, {0x80000004, 0, UINT64_MAX},
    };
    struct coco_policy policy = child_policy(all, sizeof(all) / sizeof(all[0]));
    policy.memory = LIMIT;
    struct coco_exit_status status = {0};
    int64_t process = child_spawn_confined(&(struct child){.arguments = {"wait"}}, &policy);
    REQUIRE_TRUE(process >= 0);
    uint64_t id = (uint64_t)coco_process_handle_id((coco_handle_t)process);
    struct coco_memory_usage first = memory_of(id);
    EXPECT_TRUE(first.promised > 0 && first.promised <= first.promised_most);
    EXPECT_TRUE(first.promised_most <= LIMIT);
    EXPECT_OK(coco_process_kill((coco_handle_t)process, 9));
    REQUIRE(child_wait(process, &status));

    process = child_spawn_confined(&(struct child){.arguments = {"memory_fill"}}, &policy);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_CODE);
    EXPECT_EQ(status.code, 0);
}

/* A new program does not make it forget what the one before had. */
TEST(process_memory, new_program, RULE("process_memory.2"))
{
    const struct child child = {.arguments = {"memory_before_exec"}};
    struct coco_memory_usage usage = {0};
    REQUIRE(child_answer(&child, &usage, sizeof(usage)));
    EXPECT_TRUE(usage.present_most >= BLOCK && usage.present < BLOCK);
}

TEST(process_memory, unknown, RULE("process_memory.5"), RULE("process_memory.ESRCH"))
{
    struct coco_memory_usage usage;
    EXPECT_ERROR(coco_process_memory(UINT64_MAX, &usage), SRCH);
}

/* A child in a session of its own may not signal who started it. */
TEST(process_memory, who_may, RULE("process_memory.6"), RULE("process_memory.EPERM"))
{
    char number[24];
    int64_t result = 0;
    print_to(number, sizeof(number), "%u", (unsigned)coco_process_id());
    const struct child child = {.arguments = {"memory_of", number}};
    REQUIRE(child_answer(&child, &result, sizeof(result)));
    EXPECT_ERROR(result, PERM);
}
