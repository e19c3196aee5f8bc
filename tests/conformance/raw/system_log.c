// SPDX-License-Identifier: MIT
// Tests of `system_log`, and of what is written to a process's log.
#include <coconut/coconut.h>
#include <harness/counters.h>
#include <harness/entry.h>
#include <harness/print.h>
#include <harness/test.h>

#include "logs.h"
#include "memory.h"
#include "scratch.h"

static char text[65536 + 4096];

static int64_t read_log(void)
{
    return coco_system_log(entry_handle(COCO_ROLE_SYSTEM), text, sizeof(text), 0);
}

static void write_log(const char *line)
{
    EXPECT_EQ(coco_write(COCO_HANDLE_LOG, line, strlen(line)), (int64_t)strlen(line));
}

TEST(system_log, holds_what_was_written, RULE("system_log.1"))
{
    if (!counters_available()) {
        SKIP("no SYSTEM handle");
    }
    char line[80];
    print_to(line, sizeof(line), "marker %lx", (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC));
    write_log(line);
    write_log("\n");
    int64_t len = read_log();
    REQUIRE_TRUE(len > 0);
    EXPECT_TRUE(log_text_count(text, len, line) != 0);
    EXPECT_TRUE(log_text_count(text, len, "] marker ") != 0);
}

/* Without a line end the text waits for the rest of its line. */
TEST(system_log, lines_are_collected, RULE("system_log.1"))
{
    if (!counters_available()) {
        SKIP("no SYSTEM handle");
    }
    char line[80];
    print_to(line, sizeof(line), "whole %lx", (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC));
    for (size_t i = 0; i < strlen(line); i++) {
        EXPECT_EQ(coco_write(COCO_HANDLE_LOG, line + i, 1), 1);
    }
    int64_t len = read_log();
    EXPECT_TRUE(log_text_count(text, len, line) == 0);
    write_log("\n");
    len = read_log();
    EXPECT_TRUE(log_text_count(text, len, line) != 0);
}

TEST(system_log, from_skips, RULE("system_log.1"))
{
    if (!counters_available()) {
        SKIP("no SYSTEM handle");
    }
    int64_t len = read_log();
    REQUIRE_TRUE(len > 0);
    EXPECT_EQ(coco_system_log(entry_handle(COCO_ROLE_SYSTEM), text, sizeof(text), UINT64_MAX), 0);
    EXPECT_EQ(coco_system_log(entry_handle(COCO_ROLE_SYSTEM), text, 0, 0), 0);
}

/* Upstream's place for the log of all tasks. */
TEST(system_log, is_a_file_too, RULE("system_log.1"))
{
    char line[80];
    print_to(line, sizeof(line), "file %lx", (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC));
    write_log(line);
    write_log("\n");
    int64_t file = coco_open("/Log/logfile", COCO_OPEN_READ, 0);
    REQUIRE_TRUE(file > 0);
    int64_t total = 0;
    int64_t got;
    while ((got = coco_read((coco_handle_t)file, text + total, sizeof(text) - (size_t)total)) > 0) {
        total += got;
    }
    EXPECT_OK(got);
    EXPECT_TRUE(log_text_count(text, total, line) != 0);
    EXPECT_OK(coco_close((coco_handle_t)file));
}

/* A line may not be made so long that it pushes others out in one go, nor lose bytes: it is cut
   into lines. */
TEST(system_log, long_lines, RULE("system_log.1"))
{
    static char line[1000];
    if (!counters_available()) {
        SKIP("no SYSTEM handle");
    }
    memset(line, 'L', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\n';
    EXPECT_EQ(coco_write(COCO_HANDLE_LOG, line, sizeof(line)), (int64_t)sizeof(line));
    int64_t len = read_log();
    size_t longest = 0;
    size_t run = 0;
    for (int64_t i = 0; i < len; i++) {
        run = text[i] == 'L' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    EXPECT_TRUE(longest > 100 && longest <= 224);
}
