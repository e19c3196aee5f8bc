// SPDX-License-Identifier: MIT
// Tests of `file_open`: POSIX meaning.
#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/test.h>

#include "memory.h"
#include "scratch.h"

#define NAME "/raw/name"
#define BOTH (COCO_FILE_READ | COCO_FILE_WRITE)

static int64_t open_close(const char *path, uint32_t flags)
{
    int64_t handle = coco_file_open(path, flags, 0644);
    if (handle < 0) {
        return handle;
    }
    return coco_close((coco_handle_t)handle);
}

TEST(file_open, access_must_be_given, RULE("file_open.1"), RULE("file_open.EINVAL"))
{
    EXPECT_OK(scratch_file(NAME, "x", 1));
    EXPECT_ERROR(open_close(NAME, 0), INVAL);
    EXPECT_ERROR(open_close(NAME, COCO_FILE_APPEND), INVAL);
    EXPECT_ERROR(open_close("/raw", COCO_FILE_DIRECTORY), INVAL);
    EXPECT_ERROR(open_close("/raw/new", COCO_FILE_CREATE), INVAL);
    EXPECT_ERROR(open_close("/raw/new", COCO_FILE_READ), NOTFOUND);
    EXPECT_OK(open_close(NAME, COCO_FILE_READ));
    EXPECT_OK(open_close(NAME, COCO_FILE_WRITE));
    EXPECT_OK(open_close(NAME, BOTH));
    EXPECT_OK(coco_unlink(NAME));
}

TEST(file_open, create, RULE("file_open.2"))
{
    EXPECT_ERROR(open_close(NAME, BOTH), NOTFOUND);
    EXPECT_OK(open_close(NAME, COCO_FILE_READ | COCO_FILE_CREATE));
    EXPECT_OK(scratch_file(NAME, "kept", 4));
    EXPECT_OK(open_close(NAME, BOTH | COCO_FILE_CREATE));
    scratch_expect(NAME, "kept", 4);
    EXPECT_OK(coco_unlink(NAME));
}

TEST(file_open, exclusive, RULE("file_open.2"), RULE("file_open.EEXIST"))
{
    EXPECT_OK(open_close(NAME, BOTH | COCO_FILE_CREATE | COCO_FILE_EXCLUSIVE));
    EXPECT_ERROR(open_close(NAME, BOTH | COCO_FILE_CREATE | COCO_FILE_EXCLUSIVE), EXIST);
    EXPECT_ERROR(open_close("/raw", COCO_FILE_READ | COCO_FILE_CREATE | COCO_FILE_EXCLUSIVE),
                 EXIST);
    EXPECT_OK(coco_unlink(NAME));
}

/* Unlike upstream's open, what was created is only what was asked for. */
TEST(file_open, created_has_asked_rights, RULE("file_open.2"))
{
    int64_t handle = coco_file_open(NAME, COCO_FILE_READ | COCO_FILE_CREATE, 0600);
    REQUIRE_TRUE(handle > 0);
    EXPECT_ERROR(coco_write((coco_handle_t)handle, "x", 1), RDONLY);
    EXPECT_OK(coco_close((coco_handle_t)handle));
    EXPECT_OK(coco_unlink(NAME));
}

TEST(file_open, truncate, RULE("file_open.3"), RULE("file_open.EINVAL"))
{
    EXPECT_OK(scratch_file(NAME, "content", 7));
    EXPECT_ERROR(open_close(NAME, COCO_FILE_READ | COCO_FILE_TRUNCATE), INVAL);
    scratch_expect(NAME, "content", 7);
    EXPECT_OK(open_close(NAME, COCO_FILE_WRITE | COCO_FILE_TRUNCATE));
    scratch_expect(NAME, "", 0);
    EXPECT_OK(coco_unlink(NAME));
}

TEST(file_open, append_is_sticky, RULE("file_open.4"))
{
    EXPECT_OK(scratch_file(NAME, "abc", 3));
    int64_t handle = coco_file_open(NAME, BOTH | COCO_FILE_APPEND, 0);
    int64_t other = coco_file_open(NAME, COCO_FILE_WRITE, 0);
    REQUIRE_TRUE(handle > 0 && other > 0);
    EXPECT_EQ(coco_write((coco_handle_t)handle, "d", 1), 1);
    EXPECT_EQ(coco_file_seek((coco_handle_t)handle, 0, COCO_SEEK_SET), 0);
    EXPECT_EQ(coco_write((coco_handle_t)handle, "e", 1), 1);
    EXPECT_EQ(coco_write((coco_handle_t)other, "ABCDEF", 6), 6);
    EXPECT_EQ(coco_write((coco_handle_t)handle, "g", 1), 1);
    EXPECT_EQ(coco_file_seek((coco_handle_t)handle, 0, COCO_SEEK_CURRENT), 7);
    EXPECT_OK(coco_close((coco_handle_t)other));
    EXPECT_OK(coco_close((coco_handle_t)handle));
    scratch_expect(NAME, "ABCDEFg", 7);
    EXPECT_OK(coco_unlink(NAME));
}

TEST(file_open, kinds, RULE("file_open.5"), RULE("file_open.EISDIR"), RULE("file_open.ENOTDIR"))
{
    EXPECT_OK(scratch_file(NAME, "x", 1));
    EXPECT_ERROR(open_close("/raw", COCO_FILE_WRITE), ISDIR);
    EXPECT_ERROR(open_close("/raw", BOTH), ISDIR);
    EXPECT_ERROR(open_close("/", BOTH), ISDIR);
    EXPECT_OK(open_close("/raw", COCO_FILE_READ));
    EXPECT_OK(open_close("/", COCO_FILE_READ | COCO_FILE_DIRECTORY));
    EXPECT_ERROR(open_close(NAME, COCO_FILE_READ | COCO_FILE_DIRECTORY), NOTDIR);
    EXPECT_ERROR(open_close(NAME "/below", COCO_FILE_READ), NOTDIR);
    EXPECT_ERROR(open_close(NAME "/below", BOTH | COCO_FILE_CREATE), NOTDIR);
    EXPECT_OK(coco_unlink(NAME));
}

TEST(file_open, directory_handle, RULE("file_open.6"))
{
    static struct coco_dirent entry;
    struct coco_stat stat;
    int64_t dir = coco_file_open("/raw", COCO_FILE_READ, 0);
    REQUIRE_TRUE(dir > 0);
    EXPECT_EQ(coco_readdir((coco_handle_t)dir, &entry, 1), 1);
    EXPECT_OK(coco_file_stat((coco_handle_t)dir, &stat));
    EXPECT_EQ(stat.type, COCO_TYPE_DIR);
    char c;
    EXPECT_ERROR(coco_read((coco_handle_t)dir, &c, 1), NOTSUPP);
    EXPECT_OK(coco_close((coco_handle_t)dir));
}

TEST(file_open, permissions_are_kept, RULE("file_open.7"))
{
    struct coco_stat stat;
    static const uint32_t modes[] = {0644, 0600, 0755, 0, 0777};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        int64_t handle = coco_file_open(NAME, BOTH | COCO_FILE_CREATE, modes[i]);
        REQUIRE_TRUE(handle > 0);
        EXPECT_OK(coco_file_stat((coco_handle_t)handle, &stat));
        EXPECT_EQ(stat.permissions, modes[i]);
        EXPECT_OK(coco_close((coco_handle_t)handle));
        EXPECT_OK(coco_unlink(NAME));
    }
}

TEST(file_open, missing, RULE("file_open.ENOTFOUND"))
{
    EXPECT_ERROR(open_close("/raw/missing", COCO_FILE_READ), NOTFOUND);
    EXPECT_ERROR(open_close("/missing/name", BOTH | COCO_FILE_CREATE), NOTFOUND);
    EXPECT_ERROR(open_close("", COCO_FILE_READ), NOTFOUND);
}

TEST(file_open, long_names, RULE("file_open.ENAMETOOLONG"))
{
    static char path[COCO_PATH_MAX + 8];
    memset(path, 'n', sizeof(path));
    memcpy(path, "/raw/", 5);
    path[5 + COCO_NAME_MAX] = '\0';
    EXPECT_OK(open_close(path, BOTH | COCO_FILE_CREATE));
    EXPECT_OK(coco_file_unlink(path, 0));
    path[5 + COCO_NAME_MAX] = 'n';
    path[5 + COCO_NAME_MAX + 1] = '\0';
    EXPECT_ERROR(open_close(path, BOTH | COCO_FILE_CREATE), NAMETOOLONG);
    EXPECT_ERROR(open_close(path, COCO_FILE_READ), NAMETOOLONG);
}

/* A path may fill its limit; one byte more and no NUL is found. */
TEST(file_open, long_paths, RULE("file_open.ENAMETOOLONG"))
{
    static char path[COCO_PATH_MAX + 8];
    EXPECT_OK(scratch_file(NAME, "x", 1));
    memset(path, '/', sizeof(path));
    memcpy(path + COCO_PATH_MAX - 9, "raw/name", 9);
    EXPECT_OK(open_close(path, COCO_FILE_READ));
    memset(path, '/', sizeof(path));
    memcpy(path + COCO_PATH_MAX - 8, "raw/name", 9);
    EXPECT_ERROR(open_close(path, COCO_FILE_READ), NAMETOOLONG);
    EXPECT_OK(coco_unlink(NAME));
}

static int64_t open_device(const char *path)
{
    return coco_file_open(path, COCO_FILE_READ | COCO_FILE_WRITE | COCO_FILE_TRUNCATE, 0);
}

TEST(file_open, devices, RULE("file_open.10"))
{
    static uint8_t bytes[3000];
    static uint8_t other[3000];
    struct coco_stat stat;
    int64_t null = open_device("/dev/null");
    int64_t zero = open_device("/dev/zero");
    int64_t full = open_device("/dev/full");
    int64_t random = open_device("/dev/urandom");
    REQUIRE_TRUE(null > 0 && zero > 0 && full > 0 && random > 0);
    EXPECT_EQ(coco_read((coco_handle_t)null, bytes, 10), 0);
    EXPECT_EQ(coco_write((coco_handle_t)null, bytes, 10), 10);
    /* Nothing of it is looked at. */
    EXPECT_EQ(RAW(COCO_SYS_WRITE, null, UNMAPPED_ADDRESS, 10), 10);
    memset(bytes, 7, sizeof(bytes));
    EXPECT_EQ(coco_read((coco_handle_t)zero, bytes, sizeof(bytes)), (int64_t)sizeof(bytes));
    EXPECT_TRUE(bytes_are(bytes, 0, sizeof(bytes)));
    EXPECT_ERROR(RAW(COCO_SYS_READ, zero, UNMAPPED_ADDRESS, 1), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_READ, zero, KERNEL_ADDRESS, 1), INVAL);
    EXPECT_ERROR(coco_write((coco_handle_t)full, bytes, 1), NOSPC);
    EXPECT_EQ(coco_write((coco_handle_t)full, bytes, 0), 0);
    EXPECT_EQ(coco_read((coco_handle_t)full, bytes, 4), 4);
    EXPECT_EQ(coco_read((coco_handle_t)random, bytes, sizeof(bytes)), (int64_t)sizeof(bytes));
    EXPECT_EQ(coco_read((coco_handle_t)random, other, sizeof(other)), (int64_t)sizeof(other));
    EXPECT_TRUE(memcmp(bytes, other, 16) != 0);
    EXPECT_OK(coco_file_stat((coco_handle_t)full, &stat));
    EXPECT_EQ(stat.type, COCO_TYPE_DEVICE);
    EXPECT_TRUE(stat.device != 0 && stat.size == 0);
    EXPECT_OK(coco_close((coco_handle_t)random));
    EXPECT_OK(coco_close((coco_handle_t)full));
    EXPECT_OK(coco_close((coco_handle_t)zero));
    EXPECT_OK(coco_close((coco_handle_t)null));
    EXPECT_ERROR(coco_file_unlink("/dev/null", 0), BUSY);
    EXPECT_ERROR(coco_file_open("/dev/null/x", COCO_FILE_READ, 0), NOTDIR);
    EXPECT_ERROR(coco_file_rename("/dev", "/raw/dev"), BUSY);
}
