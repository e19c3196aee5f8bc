// SPDX-License-Identifier: MIT
// Tests of `file_fifo_at`, and of opening what it makes.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "scratch.h"
#include "signals.h"

#define FIFO "/raw/fifo"
#define READ COCO_FILE_READ
#define WRITE COCO_FILE_WRITE

static void make(void)
{
    EXPECT_OK(coco_file_fifo_at(COCO_HANDLE_NONE, FIFO, 0642));
}

static int64_t open_both(void)
{
    return coco_file_open_at(COCO_HANDLE_NONE, FIFO, READ | WRITE | COCO_FILE_NONBLOCK, 0);
}

TEST(file_fifo_at, makes_a_name, RULE("file_fifo_at.1"), RULE("file_fifo_at.3"))
{
    struct coco_stat by_path;
    struct coco_stat by_end;
    struct coco_attributes attributes = {.wanted = COCO_ATTRIBUTE_PERMISSIONS, .permissions = 0604};
    make();
    EXPECT_OK(coco_file_stat_path(FIFO, &by_path));
    EXPECT_EQ(by_path.type, COCO_TYPE_PIPE);
    EXPECT_EQ(by_path.permissions, 0642);
    EXPECT_EQ(by_path.links, 1);
    EXPECT_EQ(by_path.size, 0);
    int64_t end = open_both();
    REQUIRE_TRUE(end > 0);
    EXPECT_EQ((uint32_t)coco_handle_info((coco_handle_t)end), COCO_OBJECT_PIPE);
    EXPECT_OK(coco_file_set_attributes((coco_handle_t)end, &attributes));
    EXPECT_EQ(coco_write((coco_handle_t)end, "abc", 3), 3);
    EXPECT_OK(coco_file_stat((coco_handle_t)end, &by_end));
    EXPECT_EQ(by_end.inode, by_path.inode);
    EXPECT_EQ(by_end.permissions, 0604);
    EXPECT_EQ(by_end.size, 3);
    EXPECT_OK(coco_file_unlink(FIFO, 0));
    EXPECT_OK(coco_file_stat((coco_handle_t)end, &by_end));
    EXPECT_EQ(by_end.links, 0);
    EXPECT_OK(coco_close((coco_handle_t)end));
}

TEST(file_fifo_at, relative, RULE("file_fifo_at.1"), RULE("file_fifo_at.ENOTFOUND"),
     RULE("file_fifo_at.EEXIST"), RULE("file_fifo_at.ENOTDIR"), RULE("file_fifo_at.ENAMETOOLONG"),
     RULE("file_fifo_at.EINVAL"))
{
    static char name[COCO_NAME_MAX + 2];
    int64_t dir = coco_file_open("/raw", READ, 0);
    memset(name, 'n', COCO_NAME_MAX + 1);
    REQUIRE_TRUE(dir > 0);
    EXPECT_OK(coco_file_fifo_at((coco_handle_t)dir, "fifo", 0600));
    EXPECT_ERROR(coco_file_fifo_at((coco_handle_t)dir, "fifo", 0600), EXIST);
    EXPECT_ERROR(coco_file_fifo_at((coco_handle_t)dir, ".", 0600), EXIST);
    EXPECT_ERROR(coco_file_fifo_at((coco_handle_t)dir, "", 0600), NOTFOUND);
    EXPECT_ERROR(coco_file_fifo_at((coco_handle_t)dir, "none/x", 0600), NOTFOUND);
    EXPECT_ERROR(coco_file_fifo_at((coco_handle_t)dir, "x/", 0600), NOTFOUND);
    EXPECT_ERROR(coco_file_fifo_at((coco_handle_t)dir, "fifo/x", 0600), NOTDIR);
    EXPECT_ERROR(coco_file_fifo_at((coco_handle_t)dir, name, 0600), NAMETOOLONG);
    EXPECT_ERROR(coco_file_fifo_at((coco_handle_t)dir, "\xff", 0600), INVAL);
    EXPECT_OK(coco_file_unlink(FIFO, 0));
    EXPECT_OK(coco_close((coco_handle_t)dir));
}

/* Upstream's calls know no such thing. */
TEST(file_fifo_at, is_no_file, RULE("open.6"), RULE("file_open.5"), RULE("file_set_attributes.3"))
{
    struct coco_attributes attributes = {0};
    make();
    EXPECT_ERROR(coco_open(FIFO, COCO_OPEN_READ, 0), NOTFOUND);
    EXPECT_ERROR(coco_open(FIFO, COCO_OPEN_READ, COCO_OPEN_CREATE), EXIST);
    EXPECT_ERROR(coco_opendir(FIFO), NOTFOUND);
    EXPECT_ERROR(coco_file_open(FIFO, READ | COCO_FILE_DIRECTORY, 0), NOTDIR);
    int64_t end = open_both();
    char text[4];
    EXPECT_ERROR(coco_file_pread((coco_handle_t)end, text, 4, 0), NOTSUPP);
    EXPECT_ERROR(coco_file_seek((coco_handle_t)end, 0, COCO_SEEK_SET), SPIPE);
    EXPECT_OK(coco_close((coco_handle_t)end));
    EXPECT_OK(coco_unlink(FIFO));
    int64_t pipe = coco_pipe_create(0);
    EXPECT_ERROR(coco_file_set_attributes((coco_handle_t)pipe, &attributes), NOTSUPP);
    EXPECT_OK(coco_close((coco_handle_t)pipe));
    EXPECT_OK(coco_close((coco_handle_t)(pipe >> 32)));
}

TEST(file_fifo_at, forgets_what_nobody_read, RULE("file_fifo_at.2"))
{
    char text[8];
    make();
    int64_t first = open_both();
    int64_t second = open_both();
    REQUIRE_TRUE(first > 0 && second > 0);
    EXPECT_EQ(coco_write((coco_handle_t)first, "hello", 5), 5);
    EXPECT_EQ(coco_read((coco_handle_t)second, text, 2), 2);
    EXPECT_OK(coco_close((coco_handle_t)first));
    EXPECT_OK(coco_close((coco_handle_t)second));
    first = open_both();
    EXPECT_ERROR(coco_read((coco_handle_t)first, text, 8), AGAIN);
    EXPECT_OK(coco_close((coco_handle_t)first));
    EXPECT_OK(coco_file_unlink(FIFO, 0));
}

/* A thread that opens, and waits for the other side. */
struct opener {
    struct thread thread;
    uint32_t flags;
    uint64_t id; /* atomic; 0 until it runs */
    bool old_call;
    int64_t result;
};

static void open_in_thread(void *argument)
{
    struct opener *opener = argument;
    __atomic_store_n(&opener->id, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
    int64_t result = opener->old_call ? coco_file_open(FIFO, opener->flags, 0)
                                      : coco_file_open_at(COCO_HANDLE_NONE, FIFO, opener->flags, 0);
    __atomic_store_n(&opener->result, result, __ATOMIC_RELEASE);
}

static bool start(struct opener *opener)
{
    opener->id = 0;
    opener->result = -1000000;
    if (!EXPECT_OK(thread_start(&opener->thread, open_in_thread, opener))) {
        return false;
    }
    while (__atomic_load_n(&opener->id, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    EXPECT_EQ(__atomic_load_n(&opener->result, __ATOMIC_ACQUIRE), -1000000);
    return true;
}

static void meet(uint32_t waiting, uint32_t coming)
{
    struct opener opener = {.flags = waiting, .old_call = waiting == READ};
    REQUIRE_TRUE(start(&opener));
    int64_t other = coco_file_open(FIFO, coming, 0);
    EXPECT_OK(thread_join(&opener.thread));
    REQUIRE_TRUE(other > 0 && opener.result > 0);
    coco_handle_t reader = (coco_handle_t)(waiting == READ ? opener.result : other);
    coco_handle_t writer = (coco_handle_t)(waiting == READ ? other : opener.result);
    char text[4];
    EXPECT_EQ(coco_write(writer, "ab", 2), 2);
    EXPECT_OK(coco_close(writer));
    EXPECT_EQ(coco_read(reader, text, 4), 2);
    EXPECT_EQ(coco_read(reader, text, 4), 0);
    EXPECT_OK(coco_close(reader));
}

TEST(file_fifo_at, both_sides_meet, RULE("file_open.11"))
{
    make();
    meet(READ, WRITE);
    meet(WRITE, READ);
    int64_t both = coco_file_open(FIFO, READ | WRITE | COCO_FILE_TRUNCATE | COCO_FILE_APPEND, 0);
    EXPECT_TRUE(both > 0); /* and has not waited */
    EXPECT_OK(coco_close((coco_handle_t)both));
    EXPECT_OK(coco_file_unlink(FIFO, 0));
}

TEST(file_fifo_at, signals_end_the_waiting, RULE("file_open.EINTR"), RULE("file_open_at.EINTR"))
{
    make();
    for (unsigned i = 0; i < 4; i++) {
        struct opener opener = {.flags = i % 2 == 0 ? READ : WRITE, .old_call = i < 2};
        signals_reset();
        EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
        REQUIRE_TRUE(start(&opener));
        signals_interrupt(SIGNAL_ONE, &opener.thread);
        EXPECT_ERROR(opener.result, INTR);
    }
    signals_reset();
    /* Nobody counts as a reader any more. */
    EXPECT_ERROR(coco_file_open_at(COCO_HANDLE_NONE, FIFO, WRITE | COCO_FILE_NONBLOCK, 0), NXIO);
    EXPECT_OK(coco_file_unlink(FIFO, 0));
}
