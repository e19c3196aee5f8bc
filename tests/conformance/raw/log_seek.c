// SPDX-License-Identifier: MIT
// Tests of `log_seek`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "logs.h"

TEST(log_seek, to_a_record, RULE("log_seek.1"))
{
    struct log_seen seen;
    struct log_seen again;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    coco_handle_t log = log_made("seek");
    coco_handle_t reader = log_reader_made();
    EXPECT_EQ(coco_log_write(log, 6, "one", 3), 3);
    EXPECT_EQ(coco_log_write(log, 6, "two", 3), 3);
    REQUIRE(log_next(reader, "seek", &seen));
    REQUIRE(log_next(reader, "seek", &again));
    EXPECT_TRUE(strcmp(again.text, "two") == 0);
    EXPECT_EQ(coco_log_seek(reader, seen.record.sequence), seen.record.sequence);
    REQUIRE(log_next(reader, "seek", &again));
    EXPECT_TRUE(again.record.sequence == seen.record.sequence && strcmp(again.text, "one") == 0);
    int64_t end = coco_log_seek(reader, COCO_LOG_END);
    EXPECT_TRUE(end > (int64_t)seen.record.sequence);
    EXPECT_TRUE(!log_next(reader, "seek", &again));
    EXPECT_OK(coco_close(log));
    EXPECT_OK(coco_close(reader));
}
