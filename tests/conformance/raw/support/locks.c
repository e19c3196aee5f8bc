// SPDX-License-Identifier: MIT
#include "locks.h"

#include <coconut/coconut.h>
#include <harness/test.h>

#define LOCK_PATH "/raw/locked"

bool locks_make(struct lock_pair *pair)
{
    const uint32_t both = COCO_FILE_READ | COCO_FILE_WRITE;
    int64_t one = coco_file_open(LOCK_PATH, both | COCO_FILE_CREATE, 0600);
    int64_t other = coco_file_open(LOCK_PATH, both, 0);
    *pair = (struct lock_pair){(coco_handle_t)one, (coco_handle_t)other};
    return EXPECT_TRUE(one > 0 && other > 0);
}

void locks_end(struct lock_pair *pair)
{
    EXPECT_OK(coco_close(pair->one));
    EXPECT_OK(coco_close(pair->other)); /* also of COCO_HANDLE_NONE */
    EXPECT_OK(coco_unlink(LOCK_PATH));
}

int64_t locks_set(coco_handle_t file, uint32_t kind, uint64_t start, uint64_t length)
{
    const struct coco_file_lock lock = {
        .start = start, .length = length, .kind = kind, .owner = COCO_LOCK_DESCRIPTION};
    return coco_file_lock(file, &lock, 0);
}

int64_t locks_take_process(coco_handle_t file, uint64_t start)
{
    struct coco_file_lock lock = {
        .start = start, .length = 1, .kind = COCO_LOCK_EXCLUSIVE, .owner = COCO_LOCK_PROCESS};
    return coco_file_lock(file, &lock, 0);
}

int64_t locks_whole(coco_handle_t file, uint32_t kind, uint32_t flags)
{
    const struct coco_file_lock lock = {.kind = kind, .owner = COCO_LOCK_WHOLE};
    return coco_file_lock(file, &lock, flags);
}

void locks_expect(coco_handle_t file, uint64_t start, uint32_t kind, uint64_t found_start,
                  uint64_t found_length)
{
    struct coco_file_lock lock = {
        .start = start, .kind = COCO_LOCK_EXCLUSIVE, .owner = COCO_LOCK_DESCRIPTION};
    EXPECT_OK(coco_file_lock_query(file, &lock));
    EXPECT_EQ(lock.kind, kind);
    EXPECT_EQ(lock.process, 0);
    if (kind != COCO_LOCK_NONE) {
        EXPECT_EQ(lock.start, found_start);
        EXPECT_EQ(lock.length, found_length);
    }
}
