// SPDX-License-Identifier: MIT
// Tests of `log_read`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "logs.h"
#include "memory.h"
#include "signals.h"

static uint64_t buffer[4096];

TEST(log_read, several_records, RULE("log_read.1"))
{
    const size_t one = sizeof(struct coco_log_record) + 8;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    coco_handle_t log = log_made("r");
    coco_handle_t reader = log_reader_made();
    for (unsigned i = 0; i < 8; i++) {
        EXPECT_EQ(coco_log_write(log, i, "text", 4), 4);
    }
    EXPECT_EQ(coco_log_read(reader, buffer, 5 * one - 1, 0), 4 * one);
    const char *at = (const char *)buffer;
    struct coco_log_record record;
    uint64_t sequence = 0;
    uint64_t time = 0;
    for (unsigned i = 0; i < 8; i++) {
        if (i == 4) {
            EXPECT_EQ(coco_log_read(reader, buffer, sizeof(buffer), 0), 4 * one);
            at = (const char *)buffer;
        }
        memcpy(&record, at, sizeof(record));
        EXPECT_EQ(record.priority, i);
        EXPECT_EQ(record.text_len, 4);
        EXPECT_EQ(record.lost, 0);
        EXPECT_TRUE(memcmp(at + sizeof(record), "text\0\0\0", 8) == 0);
        EXPECT_TRUE(i == 0 || (record.sequence == sequence + 1 && record.time >= time));
        sequence = record.sequence;
        time = record.time;
        at += one;
    }
    EXPECT_OK(coco_close(log));
    EXPECT_OK(coco_close(reader));
}

TEST(log_read, lost, RULE("log_read.2"))
{
    static char text[224];
    struct log_seen seen;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    coco_handle_t log = log_made("lost");
    coco_handle_t reader = log_reader_made();
    memset(text, 'l', sizeof(text));
    for (unsigned i = 0; i < 400; i++) { // more bytes than the ring has
        EXPECT_EQ(coco_log_write(log, 6, text, sizeof(text)), sizeof(text));
    }
    uint64_t lost = 0;
    uint64_t got = 0;
    while (log_next(reader, "lost", &seen)) {
        lost += seen.record.lost;
        got++;
    }
    EXPECT_EQ(lost + got, 400);
    EXPECT_TRUE(lost > 0 && got > 200);
    for (unsigned i = 0; i < 3000; i++) { // more records than it has
        EXPECT_EQ(coco_log_write(log, 6, "s", 1), 1);
    }
    lost = got = 0;
    while (log_next(reader, "lost", &seen)) {
        lost += seen.record.lost;
        got++;
    }
    EXPECT_EQ(lost + got, 3000);
    EXPECT_TRUE(lost > 0 && got > 500);
    EXPECT_OK(coco_close(log));
    EXPECT_OK(coco_close(reader));
}

struct late_writer {
    coco_handle_t log;
    struct thread thread;
};

static void write_late(void *argument)
{
    struct late_writer *writer = argument;
    (void)coco_sleep_until(deadline_after(20 * MILLISECONDS));
    (void)coco_log_write(writer->log, 6, "late", 4);
}

TEST(log_read, waits, RULE("log_read.3"), RULE("log_read.ETIMEDOUT"))
{
    struct late_writer writer;
    struct coco_log_record record;
    int64_t got;
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    writer.log = log_made("late");
    coco_handle_t reader = log_reader_made();
    do { // until nobody writes
        got = coco_log_read(reader, buffer, sizeof(buffer), 0);
    } while (got > 0);
    EXPECT_ERROR(got, TIMEDOUT);
    do {
        got = coco_log_read(reader, buffer, sizeof(buffer), deadline_after(5 * MILLISECONDS));
    } while (got > 0);
    EXPECT_ERROR(got, TIMEDOUT);
    for (unsigned i = 0; i < 3; i++) {
        REQUIRE(EXPECT_OK(thread_start(&writer.thread, write_late, &writer)));
        do {
            got = coco_log_read(reader, buffer, sizeof(buffer), COCO_FOREVER);
            memcpy(&record, buffer, sizeof(record));
        } while (got > 0 && strcmp(record.label, "late") != 0);
        EXPECT_TRUE(got > 0);
        EXPECT_OK(thread_join(&writer.thread));
    }
    EXPECT_OK(coco_close(writer.log));
    EXPECT_OK(coco_close(reader));
}

TEST(log_read, small_buffer, RULE("log_read.4"), RULE("log_read.EINVAL"))
{
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    coco_handle_t reader = log_reader_made();
    EXPECT_ERROR(coco_log_read(reader, buffer, COCO_LOG_RECORD_MAX - 1, 0), INVAL);
    EXPECT_ERROR(coco_log_read(reader, buffer, 0, 0), INVAL);
    EXPECT_OK(coco_close(reader));
}
