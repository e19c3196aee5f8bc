// SPDX-License-Identifier: MIT
// Tests of `log_reader_create`.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/test.h>

#include "logs.h"

TEST(log_reader_create, begins_at_the_oldest, RULE("log_reader_create.1"))
{
    uint64_t buffer[COCO_LOG_RECORD_MAX / sizeof(uint64_t)];
    struct coco_log_record record;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    coco_handle_t log = log_made("first");
    EXPECT_EQ(coco_log_write(log, 6, "x", 1), 1);
    int64_t reader = coco_log_reader_create(entry_handle(COCO_ROLE_SYSTEM));
    REQUIRE_TRUE(reader > 0);
    EXPECT_EQ((uint64_t)coco_handle_info((coco_handle_t)reader) >> 32,
              COCO_OBJECT_LOG_READER_RIGHTS);
    REQUIRE_TRUE(coco_log_read((coco_handle_t)reader, buffer, sizeof(buffer), 0) > 0);
    memcpy(&record, buffer, sizeof(record));
    uint64_t first = record.sequence;
    EXPECT_EQ(record.lost, 0);
    EXPECT_TRUE((uint64_t)coco_log_seek((coco_handle_t)reader, COCO_LOG_END) > first);
    EXPECT_OK(coco_log_seek((coco_handle_t)reader, 0));
    REQUIRE_TRUE(coco_log_read((coco_handle_t)reader, buffer, sizeof(buffer), 0) > 0);
    memcpy(&record, buffer, sizeof(record));
    EXPECT_TRUE(record.sequence >= first && record.lost == record.sequence);
    EXPECT_OK(coco_close((coco_handle_t)reader));
    EXPECT_OK(coco_close(log));
}

TEST(log_reader_create, can_be_waited_for, RULE("log_reader_create.2"))
{
    struct log_seen seen;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    coco_handle_t log = log_made("poll");
    coco_handle_t reader = log_reader_made();
    while (log_poll(reader) != 0) {
        (void)log_next(reader, "poll", &seen); // others may write
    }
    EXPECT_EQ(coco_log_write(log, 6, "x", 1), 1);
    EXPECT_EQ(log_poll(reader), COCO_EVENT_READ);
    EXPECT_TRUE(log_next(reader, "poll", &seen));
    EXPECT_OK(coco_close(log));
    EXPECT_OK(coco_close(reader));
}
