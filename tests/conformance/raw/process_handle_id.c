// SPDX-License-Identifier: MIT
// Tests of `process_handle_id`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"
#include "scratch.h"

TEST(process_handle_id, is_the_childs_own, RULE("process_handle_id.1"))
{
    int64_t file = scratch_create("/raw/id", NULL, 0);
    REQUIRE_TRUE(file > 0);
    struct coco_spawn_handle handle = {(coco_handle_t)file, COCO_RIGHTS_SAME, COCO_ROLE_FD + 9, 0};
    int64_t process = child_spawn(
        &(struct child){.arguments = {"report_id"}, .handles = &handle, .handle_count = 1});
    REQUIRE_TRUE(process > 0);
    int64_t id = coco_process_handle_id((coco_handle_t)process);
    EXPECT_TRUE(id > 0 && id != coco_process_id());
    struct coco_exit_status status;
    EXPECT_OK(coco_process_wait((coco_handle_t)process, COCO_FOREVER, &status));
    EXPECT_EQ(coco_process_handle_id((coco_handle_t)process), id);
    REQUIRE(child_wait(process, &status));
    uint64_t own = 0;
    EXPECT_EQ(coco_file_pread((coco_handle_t)file, &own, sizeof(own), 0), 8);
    EXPECT_EQ(own, id);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink("/raw/id"));
}
