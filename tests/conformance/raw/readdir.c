// SPDX-License-Identifier: MIT
// Tests of `readdir`, upstream's.
#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"

static struct coco_dirent entries[8];

static void name_of(char *path, size_t size, unsigned number)
{
    print_to(path, size, "/raw/d/file%u", number);
}

static void make_files(unsigned count)
{
    char path[32];
    EXPECT_OK(coco_mkdir("/raw/d"));
    for (unsigned i = 0; i < count; i++) {
        name_of(path, sizeof(path), i);
        EXPECT_OK(scratch_file(path, "0123456789", i % 10));
    }
}

static void remove_files(unsigned count)
{
    char path[32];
    for (unsigned i = 0; i < count; i++) {
        name_of(path, sizeof(path), i);
        EXPECT_OK(coco_unlink(path));
    }
    EXPECT_OK(coco_rmdir("/raw/d"));
}

TEST(readdir, counts_entries, RULE("readdir.1"))
{
    enum { COUNT = 150 };
    bool seen[COUNT] = {false};
    make_files(COUNT);
    int64_t dir = coco_opendir("/raw/d");
    REQUIRE_TRUE(dir > 0);
    int64_t total = 0;
    int64_t got;
    while ((got = coco_readdir((coco_handle_t)dir, entries, 7)) > 0) {
        for (int64_t i = 0; i < got; i++) {
            uint64_t number = COUNT;
            EXPECT_EQ(strncmp(entries[i].name, "file", 4), 0);
            EXPECT_TRUE(string_to_u64(entries[i].name + 4, &number) && number < COUNT);
            REQUIRE_TRUE(number < COUNT && !seen[number]);
            seen[number] = true;
            EXPECT_EQ(entries[i].size, number % 10);
            EXPECT_EQ(entries[i].type, COCO_TYPE_FILE);
        }
        total += got;
    }
    EXPECT_EQ(got, 0);
    EXPECT_EQ(total, COUNT);
    EXPECT_EQ(coco_readdir((coco_handle_t)dir, entries, 7), 0);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    remove_files(COUNT);
}

/* No byte of the kernel's memory shows in names, padding or unused entries. */
TEST(readdir, entries_are_clean, RULE("readdir.1"))
{
    make_files(2);
    int64_t dir = coco_opendir("/raw/d");
    REQUIRE_TRUE(dir > 0);
    memset(entries, 0x77, sizeof(entries));
    EXPECT_EQ(coco_readdir((coco_handle_t)dir, entries, 8), 2);
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(entries[i].name);
        EXPECT_TRUE(bytes_are(entries[i].name + len, 0, sizeof(entries[i].name) - len));
        EXPECT_TRUE(bytes_are(entries[i].position, 0, sizeof(entries[i].position)));
    }
    EXPECT_TRUE(bytes_are(&entries[2], 0x77, sizeof(entries) - 2 * sizeof(entries[0])));
    EXPECT_OK(coco_close((coco_handle_t)dir));
    remove_files(2);
}

TEST(readdir, long_name_fits, RULE("readdir.1"))
{
    char path[300] = "/raw/";
    memset(path + 5, 'n', COCO_NAME_MAX);
    path[5 + COCO_NAME_MAX] = '\0';
    EXPECT_OK(coco_mkdir("/raw/d"));
    EXPECT_OK(coco_mkdir(path));
    int64_t dir = coco_opendir("/raw");
    REQUIRE_TRUE(dir > 0);
    bool found = false;
    while (coco_readdir((coco_handle_t)dir, entries, 1) == 1) {
        found = found || (strlen(entries[0].name) == COCO_NAME_MAX && entries[0].size == 0 &&
                          entries[0].type == COCO_TYPE_DIR);
    }
    EXPECT_TRUE(found);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_OK(coco_rmdir(path));
    EXPECT_OK(coco_rmdir("/raw/d"));
}

/* Upstream's calls make longer names; they are shown cut at the border of a character. */
TEST(readdir, longer_names_are_cut, RULE("readdir.1"))
{
    static char path[320] = "/raw/d/";
    EXPECT_OK(coco_mkdir("/raw/d"));
    memset(path + 7, 'a', COCO_NAME_MAX - 1);
    memcpy(path + 7 + COCO_NAME_MAX - 1, "\xc3\xa4tail", 7);
    EXPECT_OK(scratch_file(path, "x", 1));
    int64_t dir = coco_opendir("/raw/d");
    REQUIRE_TRUE(dir > 0);
    EXPECT_EQ(coco_readdir((coco_handle_t)dir, entries, 8), 1);
    EXPECT_EQ(strlen(entries[0].name), COCO_NAME_MAX - 1);
    EXPECT_BYTES(entries[0].name, path + 7, COCO_NAME_MAX - 1);
    EXPECT_EQ(entries[0].size, 1);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_OK(coco_unlink(path));
    EXPECT_OK(coco_rmdir("/raw/d"));
}

/* The entries before the missing one are lost with it: their positions are consumed. */
TEST(readdir, vanished_name_is_notfound, RULE("readdir.2"), RULE("readdir.ENOTFOUND"))
{
    make_files(3);
    int64_t dir = coco_opendir("/raw/d");
    REQUIRE_TRUE(dir > 0);
    EXPECT_OK(coco_unlink("/raw/d/file0"));
    EXPECT_OK(coco_unlink("/raw/d/file1"));
    EXPECT_OK(coco_unlink("/raw/d/file2"));
    EXPECT_ERROR(coco_readdir((coco_handle_t)dir, entries, 8), NOTFOUND);
    EXPECT_ERROR(coco_readdir((coco_handle_t)dir, entries, 8), NOTFOUND);
    EXPECT_ERROR(coco_readdir((coco_handle_t)dir, entries, 8), NOTFOUND);
    EXPECT_EQ(coco_readdir((coco_handle_t)dir, entries, 8), 0);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    EXPECT_OK(coco_rmdir("/raw/d"));
}

TEST(readdir, array_size_may_not_overflow, RULE("readdir.EINVAL"), RULE("readdir.range.entries"))
{
    int64_t dir = coco_opendir("/");
    REQUIRE_TRUE(dir > 0);
    EXPECT_ERROR(RAW(COCO_SYS_READDIR, dir, (uintptr_t)entries, UINT64_MAX), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_READDIR, dir, (uintptr_t)entries, UINT64_MAX / 272 + 1), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_READDIR, dir, (uintptr_t)entries, 1ull << 60), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_READDIR, dir, OUTSIDE_ADDRESS, 1), INVAL);
    EXPECT_EQ(RAW(COCO_SYS_READDIR, dir, (uintptr_t)entries, 0), 0);
    EXPECT_TRUE(coco_readdir((coco_handle_t)dir, entries, 1) == 1);
    EXPECT_OK(coco_close((coco_handle_t)dir));
}

TEST(readdir, fault, RULE("readdir.fault.entries"))
{
    make_files(3);
    int64_t dir = coco_opendir("/raw/d");
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(dir > 0 && edge != NULL);
    EXPECT_ERROR(coco_readdir((coco_handle_t)dir, (struct coco_dirent *)(void *)(edge - 272), 2),
                 FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_READDIR, dir, UNMAPPED_ADDRESS, 1), FAULT);
    memory_edge_free(edge, 1);
    EXPECT_OK(coco_close((coco_handle_t)dir));
    remove_files(3);
}
