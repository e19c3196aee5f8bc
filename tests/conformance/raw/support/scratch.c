// SPDX-License-Identifier: MIT
// Files of the raw tests.
#include "scratch.h"

#include <coconut/coconut.h>
#include <harness/test.h>

int64_t scratch_create(const char *path, const void *data, size_t len)
{
    int64_t handle =
        coco_open(path, COCO_OPEN_READ | COCO_OPEN_WRITE | COCO_OPEN_TRUNC, COCO_OPEN_CREATE);
    if (!EXPECT_TRUE(handle >= 0)) {
        return handle;
    }
    if (len != 0) {
        EXPECT_EQ(coco_write((coco_handle_t)handle, data, len), (int64_t)len);
        EXPECT_EQ(coco_seek((coco_handle_t)handle, 0, COCO_FS_SEEK_ABSOLUTE), 0);
    }
    return handle;
}

int64_t scratch_file(const char *path, const void *data, size_t len)
{
    int64_t handle = scratch_create(path, data, len);
    return handle < 0 ? handle : coco_close((coco_handle_t)handle);
}

void scratch_expect(const char *path, const void *data, size_t len)
{
    static uint8_t content[4097];
    int64_t handle = coco_open(path, COCO_OPEN_READ, 0);
    REQUIRE_TRUE(handle >= 0);
    int64_t got = coco_read((coco_handle_t)handle, content, sizeof(content));
    EXPECT_OK(coco_close((coco_handle_t)handle));
    REQUIRE_EQ(got, (int64_t)len);
    EXPECT_BYTES(content, data, len);
}

int64_t scratch_size(coco_handle_t handle)
{
    struct coco_stat stat;
    return EXPECT_OK(coco_file_stat(handle, &stat)) ? (int64_t)stat.size : -1;
}

coco_handle_t scratch_next_handle(void)
{
    int64_t handle = coco_opendir("/");
    EXPECT_TRUE(handle >= 0);
    EXPECT_OK(coco_close((coco_handle_t)handle));
    return (coco_handle_t)handle;
}

struct scratch_handles scratch_fill_handles(void)
{
    struct scratch_handles made = {.first = scratch_next_handle()};
    int64_t handle;
    while ((handle = coco_handle_duplicate(COCO_HANDLE_LOG, 0)) >= 0) {
        made.last = (coco_handle_t)handle;
    }
    EXPECT_ERROR(handle, MFILE);
    return made;
}

void scratch_close_handles(coco_handle_t first, coco_handle_t last)
{
    for (coco_handle_t open = first; open <= last; open++) {
        EXPECT_OK(coco_close(open));
    }
}
