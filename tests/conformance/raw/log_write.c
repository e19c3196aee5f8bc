// SPDX-License-Identifier: MIT
// Tests of `log_write`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "logs.h"
#include "memory.h"

static void expect_next(coco_handle_t reader, uint32_t priority, const char *text)
{
    struct log_seen seen = {.text = "nothing"};
    EXPECT_TRUE(log_next(reader, "w", &seen));
    EXPECT_EQ(seen.record.priority, priority);
    EXPECT_TRUE(strcmp(seen.text, text) == 0);
}

TEST(log_write, lines_and_priorities, RULE("log_write.1"), RULE("log_write.2"),
     RULE("log_write.EINVAL"))
{
    static char long_line[225 + 1];
    struct log_seen seen;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    coco_handle_t log = log_made("w");
    coco_handle_t reader = log_reader_made();
    EXPECT_EQ(coco_write(log, "begun", 5), 5);
    EXPECT_EQ(coco_log_write(log, 3, "one\ntwo\n\nthree", 14), 14);
    expect_next(reader, 3, "one");
    expect_next(reader, 3, "two");
    expect_next(reader, 3, "");
    expect_next(reader, 3, "three");
    EXPECT_TRUE(!log_next(reader, "w", &seen));
    EXPECT_EQ(coco_write(log, ", ended\n", 8), 8);
    expect_next(reader, 1 * 8 + 6, "begun, ended");
    EXPECT_EQ(coco_log_write(log, COCO_LOG_PRIORITY_MAX, "x", 1), 1);
    expect_next(reader, COCO_LOG_PRIORITY_MAX, "x");
    EXPECT_EQ(coco_log_write(log, 0, "", 0), 0);
    EXPECT_ERROR(coco_log_write(log, COCO_LOG_PRIORITY_MAX + 1, "x", 1), INVAL);
    memset(long_line, 'l', 225);
    EXPECT_EQ(coco_log_write(log, 7, long_line, 225), 225);
    REQUIRE(log_next(reader, "w", &seen));
    EXPECT_EQ(seen.record.text_len, 224);
    expect_next(reader, 7, "l");
    EXPECT_TRUE(!log_next(reader, "w", &seen));
    EXPECT_OK(coco_close(log));
    EXPECT_OK(coco_close(reader));
}

TEST(log_write, harmless, RULE("log_write.3"))
{
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    coco_handle_t log = log_made("w");
    coco_handle_t reader = log_reader_made();
    EXPECT_EQ(coco_log_write(log, 6, "a\x1b[2J\r\0\tb\x7f", 10), 10);
    expect_next(reader, 6, "a?[2J??\tb?");
    EXPECT_EQ(coco_log_write(log, 6, "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", 11), 11);
    expect_next(reader, 6, "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
    EXPECT_EQ(coco_log_write(log, 6, "\x9b \xc2\x9b \xc2 \xff\xfe \xed\xa0\x80", 13), 13);
    expect_next(reader, 6, "? ?? ? ?? ???");
    EXPECT_OK(coco_close(log));
    EXPECT_OK(coco_close(reader));
}

TEST(log_write, length, RULE("log_write.4"), RULE("log_write.ETOOBIG"))
{
    static char text[COCO_LOG_WRITE_MAX + 1];
    struct log_seen seen;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    coco_handle_t log = log_made("w");
    coco_handle_t reader = log_reader_made();
    memset(text, 't', sizeof(text));
    EXPECT_ERROR(coco_log_write(log, 6, text, sizeof(text)), TOOBIG);
    EXPECT_TRUE(!log_next(reader, "w", &seen));
    EXPECT_EQ(coco_log_write(log, 6, text, COCO_LOG_WRITE_MAX), COCO_LOG_WRITE_MAX);
    size_t total = 0;
    while (log_next(reader, "w", &seen)) {
        total += seen.record.text_len;
    }
    EXPECT_EQ(total, COCO_LOG_WRITE_MAX);
    EXPECT_OK(coco_close(log));
    EXPECT_OK(coco_close(reader));
}
