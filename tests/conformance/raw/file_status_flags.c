// SPDX-License-Identifier: MIT
// Tests of `file_status_flags`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "pipes.h"
#include "scratch.h"

TEST(file_status_flags, result_is_before, RULE("file_status_flags.1"))
{
    struct pipe_pair pipe;
    REQUIRE(pipe_make(&pipe, 0));
    EXPECT_EQ(coco_file_status_flags(pipe.reader, 0, COCO_STATUS_NONBLOCK), 0);
    EXPECT_EQ(coco_file_status_flags(pipe.reader, 0, 0), COCO_STATUS_NONBLOCK);
    EXPECT_EQ(coco_file_status_flags(pipe.writer, 0, 0), 0);
    EXPECT_EQ(coco_file_status_flags(pipe.reader, COCO_STATUS_NONBLOCK, COCO_STATUS_NONBLOCK),
              COCO_STATUS_NONBLOCK);
    EXPECT_EQ(coco_file_status_flags(pipe.reader, COCO_STATUS_NONBLOCK, 0), COCO_STATUS_NONBLOCK);
    EXPECT_EQ(coco_file_status_flags(pipe.reader, 0, 0), 0);
    pipe_close(&pipe);
}

TEST(file_status_flags, belong_to_the_object, RULE("file_status_flags.2"))
{
    struct pipe_pair pipe;
    char text[4];
    REQUIRE(pipe_make(&pipe, 0));
    int64_t copy = coco_handle_duplicate(pipe.reader, COCO_RIGHTS_SAME);
    REQUIRE_TRUE(copy > 0);
    EXPECT_EQ(coco_file_status_flags((coco_handle_t)copy, 0, COCO_STATUS_NONBLOCK), 0);
    EXPECT_ERROR(coco_read(pipe.reader, text, 4), AGAIN);
    EXPECT_OK(coco_close((coco_handle_t)copy));
    EXPECT_ERROR(coco_read(pipe.reader, text, 4), AGAIN);
    pipe_close(&pipe);
}

TEST(file_status_flags, append_comes_and_goes, RULE("file_status_flags.3"))
{
    EXPECT_OK(scratch_file("/raw/data", "0123", 4));
    int64_t file =
        coco_file_open("/raw/data", COCO_FILE_READ | COCO_FILE_WRITE | COCO_FILE_APPEND, 0);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_EQ(coco_file_status_flags(handle, COCO_STATUS_APPEND, 0), COCO_STATUS_APPEND);
    EXPECT_EQ(coco_write(handle, "ab", 2), 2);
    EXPECT_EQ(coco_file_status_flags(handle, 0, COCO_STATUS_APPEND), 0);
    EXPECT_EQ(coco_write(handle, "cd", 2), 2);
    EXPECT_OK(coco_close(handle));
    scratch_expect("/raw/data", "ab23cd", 6);
    EXPECT_OK(coco_unlink("/raw/data"));
}
