// SPDX-License-Identifier: MIT
// Tests of `mqueue_open`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "queues.h"
#include "scratch.h"

static int64_t open_with(uint32_t flags, uint32_t messages, uint32_t size)
{
    return coco_mqueue_open(QUEUE_PATH, flags, 0640, messages, size);
}

TEST(mqueue_open, makes_and_opens, RULE("mqueue_open.1"), RULE("mqueue_open.2"),
     RULE("mqueue_open.4"), RULE("mqueue_open.5"), RULE("file_stat.1"))
{
    const uint32_t common = COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER | COCO_RIGHT_WAIT;
    struct coco_stat stat;
    char text[8];
    coco_handle_t queue = queue_make(2, 8, COCO_MQUEUE_OPEN_NONBLOCK);
    int64_t info = coco_handle_info(queue);
    EXPECT_EQ((uint32_t)info, COCO_OBJECT_MQUEUE);
    EXPECT_EQ((uint64_t)info >> 32, common | COCO_RIGHT_READ | COCO_RIGHT_WRITE);
    EXPECT_EQ(coco_file_status_flags(queue, 0, 0), COCO_STATUS_NONBLOCK);
    EXPECT_OK(coco_file_stat(queue, &stat));
    EXPECT_EQ(stat.type, COCO_TYPE_MQUEUE);
    EXPECT_OK(coco_file_stat_path(QUEUE_PATH, &stat));
    EXPECT_EQ(stat.type, COCO_TYPE_MQUEUE);
    EXPECT_EQ(stat.permissions, 0600);
    int64_t reader = open_with(COCO_MQUEUE_OPEN_READ | COCO_MQUEUE_OPEN_CREATE, 99, 99);
    REQUIRE_TRUE(reader > 0);
    EXPECT_EQ((uint64_t)coco_handle_info((coco_handle_t)reader) >> 32, common | COCO_RIGHT_READ);
    EXPECT_EQ(coco_file_status_flags((coco_handle_t)reader, 0, 0), 0);
    EXPECT_OK(queue_send(queue, "abc", 5));
    /* The queue outlives its name and other handles. */
    EXPECT_OK(coco_file_unlink(QUEUE_PATH, 0));
    EXPECT_OK(coco_close(queue));
    EXPECT_ERROR(open_with(COCO_MQUEUE_OPEN_READ, 0, 0), NOTFOUND);
    EXPECT_EQ(coco_mqueue_receive((coco_handle_t)reader, text, 8, 0), 5ll << 32 | 3);
    EXPECT_OK(coco_close((coco_handle_t)reader));
}

TEST(mqueue_open, refusals, RULE("mqueue_open.1"), RULE("mqueue_open.2"), RULE("mqueue_open.3"),
     RULE("mqueue_open.EINVAL"), RULE("mqueue_open.EEXIST"), RULE("mqueue_open.ENOTFOUND"),
     RULE("mqueue_open.ENOTDIR"), RULE("mqueue_open.ENAMETOOLONG"))
{
    static char large[COCO_PATH_MAX + 1];
    const uint32_t create = COCO_MQUEUE_OPEN_READ | COCO_MQUEUE_OPEN_CREATE;
    memset(large, 'x', COCO_PATH_MAX);
    EXPECT_ERROR(open_with(COCO_MQUEUE_OPEN_CREATE, 1, 1), INVAL);
    EXPECT_ERROR(open_with(COCO_MQUEUE_OPEN_READ, 1, 1), NOTFOUND);
    EXPECT_ERROR(open_with(create, 0, 1), INVAL);
    EXPECT_ERROR(open_with(create, 1, 0), INVAL);
    EXPECT_ERROR(open_with(create, COCO_MQUEUE_MESSAGES_MAX + 1, 1), INVAL);
    EXPECT_ERROR(open_with(create, 1, COCO_MQUEUE_SIZE_MAX + 1), INVAL);
    EXPECT_ERROR(coco_mqueue_open(large, create, 0, 1, 1), NAMETOOLONG);
    EXPECT_OK(scratch_file(QUEUE_PATH, "x", 1));
    EXPECT_ERROR(coco_mqueue_open(QUEUE_PATH "/x", create, 0, 1, 1), NOTDIR);
    EXPECT_ERROR(open_with(create, 1, 1), INVAL);
    EXPECT_OK(coco_file_unlink(QUEUE_PATH, 0));
    coco_handle_t queue = queue_make(1, 1, 0);
    EXPECT_ERROR(open_with(create | COCO_MQUEUE_OPEN_EXCLUSIVE, 1, 1), EXIST);
    queue_remove(queue);
}

TEST(mqueue_open, full_table, RULE("mqueue_open.EMFILE"), RULE("mqueue_notify.EMFILE"))
{
    coco_handle_t queue = queue_make(1, 1, 0);
    struct scratch_handles full = scratch_fill_handles();
    EXPECT_ERROR(open_with(COCO_MQUEUE_OPEN_READ, 0, 0), MFILE);
    EXPECT_ERROR(coco_mqueue_notify(queue, COCO_MQUEUE_NOTIFY_HANDLE, 0, 0), MFILE);
    scratch_close_handles(full.first, full.last);
    EXPECT_OK(coco_mqueue_notify(queue, COCO_MQUEUE_NOTIFY_NOTHING, 0, 0)); /* nobody was left */
    queue_remove(queue);
}
