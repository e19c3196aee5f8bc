// SPDX-License-Identifier: MIT
// Tests of `terminal_unlock`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "terminals.h"

TEST(terminal_unlock, lets_the_terminal_be_opened, RULE("terminal_unlock.1"),
     RULE("terminal_unlock.EINVAL"), RULE("file_open_at.6"), RULE("file_open_at.EIO"),
     RULE("file_open.EIO"), RULE("file_seek.3"))
{
    struct coco_stat stat;
    int64_t master = coco_file_open_at(COCO_HANDLE_NONE, "/dev/ptmx",
                                       COCO_FILE_READ | COCO_FILE_WRITE | COCO_FILE_NONBLOCK, 0);
    REQUIRE_TRUE(master > 0);
    struct coco_terminal_info info;
    EXPECT_OK(coco_terminal_info((coco_handle_t)master, &info));
    char path[] = "/dev/pts/00";
    path[9] = (char)('0' + info.number / 10 % 10);
    path[10] = (char)('0' + info.number % 10);
    if (info.number < 10) {
        path[9] = path[10];
        path[10] = '\0';
    }
    EXPECT_ERROR(coco_file_open(path, COCO_FILE_READ, 0), IO);
    EXPECT_ERROR(pseudo_open_again((coco_handle_t)master, 0), IO);
    EXPECT_OK(coco_terminal_unlock((coco_handle_t)master));
    int64_t terminal = pseudo_open_again((coco_handle_t)master, COCO_FILE_NO_CONTROL);
    REQUIRE_TRUE(terminal > 0);
    EXPECT_ERROR(coco_terminal_unlock((coco_handle_t)terminal), INVAL);
    EXPECT_ERROR(coco_file_seek((coco_handle_t)terminal, 0, COCO_SEEK_SET), SPIPE);
    EXPECT_OK(coco_file_stat((coco_handle_t)terminal, &stat));
    EXPECT_EQ(stat.type, COCO_TYPE_DEVICE);
    uint32_t device = stat.device;
    uint64_t inode = stat.inode;
    EXPECT_OK(coco_file_stat_path(path, &stat));
    EXPECT_EQ(stat.device, device);
    EXPECT_EQ(stat.inode, inode);
    EXPECT_ERROR(coco_file_unlink(path, 0), BUSY);
    EXPECT_OK(coco_close((coco_handle_t)master));
    EXPECT_ERROR(coco_file_open(path, COCO_FILE_READ, 0), NOTFOUND);
    EXPECT_OK(coco_close((coco_handle_t)terminal));
}

TEST(terminal_unlock, there_are_so_many, RULE("file_open_at.6"), RULE("file_open_at.EAGAIN"),
     RULE("file_open.EAGAIN"))
{
    int64_t masters[COCO_TERMINAL_PSEUDO_MAX];
    for (size_t i = 0; i < COCO_TERMINAL_PSEUDO_MAX; i++) {
        masters[i] = coco_file_open("/dev/ptmx", COCO_FILE_READ, 0);
        EXPECT_TRUE(masters[i] > 0);
    }
    EXPECT_ERROR(coco_file_open("/dev/ptmx", COCO_FILE_READ, 0), AGAIN);
    EXPECT_ERROR(coco_file_open_at(COCO_HANDLE_NONE, "/dev/ptmx", COCO_FILE_READ, 0), AGAIN);
    for (size_t i = 0; i < COCO_TERMINAL_PSEUDO_MAX; i++) {
        EXPECT_OK(coco_close((coco_handle_t)masters[i]));
    }
}
