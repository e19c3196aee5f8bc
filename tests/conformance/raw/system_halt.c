// SPDX-License-Identifier: MIT
// Tests of `system_halt`: who may not. That it ends the machine is proved by the image test with
// halt/halt.c.
#include <coconut/coconut.h>
#include <harness/counters.h>
#include <harness/entry.h>
#include <harness/test.h>

TEST(system_halt, needs_manage, RULE("system_halt.right.system.MANAGE"))
{
    if (!counters_available()) {
        SKIP("no SYSTEM handle");
    }
    int64_t weak = coco_handle_duplicate(entry_handle(COCO_ROLE_SYSTEM), COCO_RIGHT_READ);
    REQUIRE_TRUE(weak > 0);
    EXPECT_ERROR(coco_system_halt((coco_handle_t)weak, 0), PERM);
    EXPECT_OK(coco_close((coco_handle_t)weak));
    EXPECT_ERROR(coco_system_halt(COCO_HANDLE_LOG, 0), NOTSUPP);
}
