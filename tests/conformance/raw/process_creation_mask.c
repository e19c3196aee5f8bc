// SPDX-License-Identifier: MIT
// Tests of `process_creation_mask`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"
#include "fork.h"

static uint32_t tell_mask(void *unused)
{
    (void)unused;
    return (uint32_t)coco_process_creation_mask(077);
}

TEST(process_creation_mask, is_exchanged, RULE("process_creation_mask.1"))
{
    int64_t before = coco_process_creation_mask(UINT32_MAX);
    EXPECT_EQ(coco_process_creation_mask(027), before);
    EXPECT_EQ(coco_process_creation_mask(0xfffffe00 | 011), 027);
    EXPECT_EQ(coco_process_creation_mask(UINT32_MAX), 011);
    EXPECT_EQ(coco_process_creation_mask((uint32_t)before), 011);
}

TEST(process_creation_mask, is_inherited, RULE("process_creation_mask.2"))
{
    int64_t before = coco_process_creation_mask(0123);
    child_expect_code("report_mask", NULL, 0123);
    EXPECT_EQ(fork_run(tell_mask, NULL), 0123);
    EXPECT_EQ(coco_process_creation_mask((uint32_t)before), 0123);
    struct coco_exit_status status;
    REQUIRE(child_run(&(struct child){.arguments = {"exec_become", "report_mask"}}, &status));
    EXPECT_EQ(status.code, before);
}
