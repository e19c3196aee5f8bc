// SPDX-License-Identifier: MIT
// Tests of `file_path`.
#include <coconut/coconut.h>
#include <harness/string.h>
#include <harness/test.h>

static int64_t path_of(const char *path, char *text, size_t size)
{
    int64_t dir = coco_file_open(path, COCO_FILE_READ, 0);
    int64_t len = coco_file_path((coco_handle_t)dir, text, size);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    return len;
}

TEST(file_path, where_it_is_now, RULE("file_path.1"), RULE("file_path.2"),
     RULE("file_path.ENOTFOUND"))
{
    char text[32];
    EXPECT_EQ(path_of("/", text, sizeof(text)), 1);
    EXPECT_BYTES(text, "/", 1);
    EXPECT_OK(coco_mkdir("/raw/one"));
    EXPECT_EQ(path_of("/raw/../raw/./one//", text, sizeof(text)), 8);
    EXPECT_BYTES(text, "/raw/one", 8);
    int64_t dir = coco_file_open("/raw/one", COCO_FILE_READ, 0);
    EXPECT_OK(coco_file_rename("/raw/one", "/raw/other"));
    EXPECT_EQ(coco_file_path((coco_handle_t)dir, text, sizeof(text)), 10);
    EXPECT_BYTES(text, "/raw/other", 10);
    EXPECT_OK(coco_rmdir("/raw/other"));
    EXPECT_ERROR(coco_file_path((coco_handle_t)dir, text, sizeof(text)), NOTFOUND);
    EXPECT_OK(coco_close((coco_handle_t)dir));
}

TEST(file_path, room, RULE("file_path.3"), RULE("file_path.EOVERFLOW"))
{
    char text[8] = "-------";
    EXPECT_EQ(path_of("/raw", text, 4), 4);
    EXPECT_BYTES(text, "/raw---", 7);
    EXPECT_ERROR(path_of("/raw", text, 3), OVERFLOW);
    EXPECT_ERROR(path_of("/", text, 0), OVERFLOW);
}
