// SPDX-License-Identifier: MIT
// Text of paths, for every call that takes one: no end, bad UTF-8, the two ways to treat "." and
// "..".
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"
#include "world.h"

#define PRIVATE_CLASS(call) (((call)->number >> 63) != 0)

/* Calls every call that takes a path with this one in each place, and expects an error. */
static void expect_everywhere(const char *path, const char *what, int64_t upstream, int64_t posix)
{
    struct world world;
    REQUIRE(world_make(&world));
    for (size_t i = 0; i < COCO_CALL_COUNT; i++) {
        const struct coco_call_info *call = &coco_calls[i];
        for (size_t j = 0; j < call->argument_count; j++) {
            if (call->arguments[j].kind != COCO_ARGUMENT_PATH) {
                continue;
            }
            struct call_registers registers;
            world_good_registers(&world, call, &registers);
            registers.value[call->arguments[j].first_register] = (uintptr_t)path;
            world_expect(call, what, world_call(call, &registers),
                         PRIVATE_CLASS(call) ? posix : upstream);
        }
    }
    world_remove(&world);
}

TEST(paths, without_end, RULE("*.fault.*"))
{
    uint8_t *pages = memory_pages(2);
    REQUIRE_TRUE(pages != NULL);
    memset(pages, 'a', 2 * PAGE);
    expect_everywhere((const char *)pages, "path without NUL", COCO_EINVAL, COCO_ENAMETOOLONG);
    EXPECT_OK(memory_unmap(pages, 2 * PAGE));
}

TEST(paths, cut_by_unmapped_page, RULE("*.fault.*"))
{
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(edge != NULL);
    memcpy(edge - 3, "raw", 3);
    expect_everywhere((const char *)edge - 3, "path that runs into a hole", COCO_EFAULT,
                      COCO_EFAULT);
    memory_edge_free(edge, 1);
}

/* Overlong, surrogate, too large, cut short, stray: none may reach the file system. */
TEST(paths, bad_utf8, RULE("open.EINVAL"))
{
    static const char *const bad[] = {
        "/\x80",         "/\xff",         "/\xc0\xaf",         "/\xc1\xbf",
        "/\xe0\x80\x80", "/\xed\xa0\x80", "/\xf4\x90\x80\x80", "/\xf5\x80\x80\x80",
        "/\xc3",         "/\xe2\x82",     "/\xf0\x9f\x98",     "/a\xc3(b"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect_everywhere(bad[i], "bad UTF-8", COCO_EINVAL, COCO_EINVAL);
    }
}

TEST(paths, good_utf8, RULE("open.1"))
{
    static const char *const good[] = {"/raw/\xc3\xa4",         "/raw/\xe2\x82\xac",
                                       "/raw/\xf0\x9f\x98\x80", "/raw/\xf4\x8f\xbf\xbf",
                                       "/raw/\xef\xbf\xbd",     "/raw/ space\t"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        EXPECT_OK(scratch_file(good[i], "x", 1));
        scratch_expect(good[i], "x", 1);
        EXPECT_OK(coco_unlink(good[i]));
    }
}

TEST(paths, posix_dots, RULE("file_open.8"))
{
    struct coco_stat stat;
    struct coco_stat root;
    EXPECT_OK(coco_mkdir("/raw/d"));
    EXPECT_OK(scratch_file("/raw/name", "x", 1));
    EXPECT_OK(coco_file_stat_path("/", &root));
    EXPECT_OK(coco_file_stat_path("/raw/./name", &stat));
    EXPECT_OK(coco_file_stat_path("/raw/d/../name", &stat));
    EXPECT_OK(coco_file_stat_path("raw/d/../../raw//name", &stat));
    EXPECT_EQ(stat.type, COCO_TYPE_FILE);
    EXPECT_OK(coco_file_stat_path("..", &stat));
    EXPECT_EQ(stat.inode, root.inode);
    EXPECT_OK(coco_file_stat_path("/../../..", &stat));
    EXPECT_EQ(stat.inode, root.inode);
    EXPECT_OK(coco_file_stat_path("/../raw/name", &stat));
    EXPECT_ERROR(coco_file_stat_path("/raw/missing/../name", &stat), NOTFOUND);
    EXPECT_ERROR(coco_file_stat_path("/raw/name/..", &stat), NOTDIR);
    EXPECT_ERROR(coco_file_stat_path("/raw/name/", &stat), NOTDIR);
    EXPECT_OK(coco_unlink("/raw/name"));
    EXPECT_OK(coco_rmdir("/raw/d"));
}

TEST(paths, log_file_is_protected, RULE("file_open.9"), RULE("file_open.ERDONLY"), RULE("open.4"),
     RULE("file_rename.4"), RULE("file_rename.EBUSY"), RULE("file_unlink.3"))
{
    EXPECT_OK(scratch_file("/raw/name", "x", 1));
    EXPECT_EQ(coco_write(COCO_HANDLE_LOG, "a line\n", 7), 7);
    int64_t log = coco_file_open("/Log/logfile", COCO_FILE_READ, 0);
    REQUIRE_TRUE(log > 0);
    char text[16];
    EXPECT_TRUE(coco_read((coco_handle_t)log, text, sizeof(text)) > 0);
    EXPECT_OK(coco_close((coco_handle_t)log));
    EXPECT_ERROR(coco_file_open("/Log/logfile", COCO_FILE_WRITE, 0), RDONLY);
    EXPECT_ERROR(coco_file_open("/Log/logfile", COCO_FILE_READ | COCO_FILE_WRITE, 0), RDONLY);
    EXPECT_ERROR(coco_open("/Log/logfile", COCO_OPEN_WRITE, 0), RDONLY);
    EXPECT_ERROR(coco_file_rename("/Log/logfile", "/raw/log"), BUSY);
    EXPECT_ERROR(coco_file_rename("/Log", "/raw/log"), BUSY);
    EXPECT_ERROR(coco_file_rename("/raw/name", "/Log/logfile"), BUSY);
    EXPECT_ERROR(coco_file_unlink("/Log/logfile", 0), BUSY);
    EXPECT_ERROR(coco_file_unlink("/raw/.", COCO_UNLINK_DIRECTORY), INVAL);
    EXPECT_ERROR(coco_file_unlink("/raw/..", COCO_UNLINK_DIRECTORY), INVAL);
    EXPECT_OK(coco_unlink("/raw/name"));
}
