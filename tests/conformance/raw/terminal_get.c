// SPDX-License-Identifier: MIT
// Tests of `terminal_get`, and of reading and writing at both ends of a terminal.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "signals.h"
#include "terminals.h"

TEST(terminal_get, tells_what_was_set, RULE("terminal_get.1"))
{
    struct pseudo pseudo;
    struct coco_terminal modes;
    struct coco_terminal seen;
    REQUIRE(pseudo_open(&pseudo));
    EXPECT_OK(coco_terminal_get(pseudo.terminal, &modes));
    EXPECT_TRUE((modes.local & COCO_TERMINAL_ICANON) != 0);
    modes.characters[COCO_TERMINAL_VERASE] = 8;
    modes.input_speed = 9600;
    EXPECT_OK(coco_terminal_set(pseudo.terminal, COCO_TERMINAL_NOW, &modes));
    EXPECT_OK(coco_terminal_get(pseudo.master, &seen));
    EXPECT_BYTES(&seen, &modes, sizeof(modes));
    pseudo_close(&pseudo);
}

TEST(terminal_get, fails_after_a_hang_up, RULE("terminal_get.2"), RULE("terminal_get.EIO"),
     RULE("terminal_set.EIO"), RULE("terminal_window_get.EIO"), RULE("terminal_window_set.EIO"),
     RULE("terminal_do.EIO"), RULE("terminal_control.EIO"), RULE("terminal_set_foreground.EIO"),
     RULE("terminal_info.1"), RULE("write.7"))
{
    struct pseudo pseudo;
    struct coco_terminal modes;
    struct coco_terminal_info info;
    struct coco_window window = {0};
    char byte;
    REQUIRE(pseudo_open(&pseudo));
    EXPECT_OK(coco_terminal_get(pseudo.terminal, &modes));
    EXPECT_OK(coco_close(pseudo.master));
    pseudo.master = COCO_HANDLE_NONE;
    EXPECT_ERROR(coco_terminal_get(pseudo.terminal, &modes), IO);
    EXPECT_ERROR(coco_terminal_set(pseudo.terminal, COCO_TERMINAL_NOW, &modes), IO);
    EXPECT_ERROR(coco_terminal_window_get(pseudo.terminal, &window), IO);
    EXPECT_ERROR(coco_terminal_window_set(pseudo.terminal, &window), IO);
    EXPECT_ERROR(coco_terminal_do(pseudo.terminal, COCO_TERMINAL_FLUSH_BOTH), IO);
    EXPECT_ERROR(coco_terminal_control(pseudo.terminal, 0), IO);
    EXPECT_ERROR(coco_terminal_set_foreground(pseudo.terminal, 1), IO);
    EXPECT_OK(coco_terminal_info(pseudo.terminal, &info));
    EXPECT_EQ(info.kind, COCO_TERMINAL_PSEUDO);
    EXPECT_EQ(coco_read(pseudo.terminal, &byte, 1), 0);
    EXPECT_ERROR(coco_write(pseudo.terminal, "x", 1), IO);
    struct coco_poll poll = {.handle = pseudo.terminal, .wanted = COCO_EVENT_READ};
    EXPECT_EQ(coco_object_poll(&poll, 1, 0), 1);
    EXPECT_EQ(poll.returned, COCO_EVENT_READ | COCO_EVENT_HANGUP);
    pseudo_close(&pseudo);
}

TEST(terminal_get, lines, RULE("read.7"), RULE("read.9"), RULE("write.7"))
{
    struct pseudo pseudo;
    char byte;
    struct coco_poll poll = {.wanted = COCO_EVENT_READ | COCO_EVENT_WRITE};
    REQUIRE(pseudo_open(&pseudo));
    poll.handle = pseudo.terminal;
    pseudo_type(&pseudo, "helo\177lo");
    EXPECT_EQ(coco_object_poll(&poll, 1, 0), 1);
    EXPECT_EQ(poll.returned, COCO_EVENT_WRITE);
    EXPECT_EQ(coco_file_status_flags(pseudo.terminal, 0, COCO_STATUS_NONBLOCK), 0);
    EXPECT_ERROR(coco_read(pseudo.terminal, &byte, 1), AGAIN);
    pseudo_type(&pseudo, "\rab\004\004");
    EXPECT_EQ(coco_object_poll(&poll, 1, 0), 1);
    EXPECT_EQ(poll.returned, COCO_EVENT_READ | COCO_EVENT_WRITE);
    pseudo_expect(pseudo.terminal, "hello\n");
    EXPECT_EQ(coco_read(pseudo.terminal, &byte, 0), 0);
    pseudo_expect(pseudo.terminal, "ab");
    EXPECT_EQ(coco_read(pseudo.terminal, &byte, 1), 0);
    EXPECT_ERROR(coco_read(pseudo.terminal, &byte, 1), AGAIN);
    EXPECT_EQ(coco_write(pseudo.terminal, "x\n", 2), 2);
    pseudo_expect(pseudo.master, "helo\b \blo\r\nabx\r\n");
    EXPECT_EQ(coco_file_status_flags(pseudo.master, 0, COCO_STATUS_NONBLOCK), 0);
    EXPECT_ERROR(coco_read(pseudo.master, &byte, 1), AGAIN);
    EXPECT_OK(coco_close(pseudo.terminal));
    pseudo.terminal = COCO_HANDLE_NONE;
    EXPECT_ERROR(coco_read(pseudo.master, &byte, 1), IO);
    pseudo_close(&pseudo);
}

TEST(terminal_get, min_and_time, RULE("read.7"), RULE("read.EIO"))
{
    struct pseudo pseudo;
    char bytes[8];
    REQUIRE(pseudo_open(&pseudo));
    pseudo_raw(&pseudo, 0, 0);
    EXPECT_EQ(coco_read(pseudo.terminal, bytes, 8), 0);
    pseudo_raw(&pseudo, 0, 1);
    uint64_t begin = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);
    EXPECT_EQ(coco_read(pseudo.terminal, bytes, 8), 0);
    EXPECT_TRUE((uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) - begin >= 100 * MILLISECONDS);
    pseudo_raw(&pseudo, 3, 1);
    pseudo_type(&pseudo, "ab");
    begin = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);
    pseudo_expect(pseudo.terminal, "ab");
    EXPECT_TRUE((uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) - begin >= 100 * MILLISECONDS);
    pseudo_raw(&pseudo, 3, 0);
    pseudo_type(&pseudo, "abcd");
    EXPECT_EQ(coco_read(pseudo.terminal, bytes, 2), 2);
    pseudo_type(&pseudo, "e");
    pseudo_expect(pseudo.terminal, "cde");
    pseudo_close(&pseudo);
}

/* A read that fails takes nothing. */
TEST(terminal_get, bad_memory, RULE("read.7"))
{
    struct pseudo pseudo;
    REQUIRE(pseudo_open(&pseudo));
    pseudo_type(&pseudo, "abc\n");
    EXPECT_ERROR(coco_read(pseudo.terminal, (void *)16, 8), FAULT);
    EXPECT_ERROR(coco_read(pseudo.master, (void *)16, 8), FAULT);
    EXPECT_ERROR(coco_write(pseudo.terminal, (void *)16, 8), FAULT);
    EXPECT_ERROR(coco_write(pseudo.master, (void *)16, 8), FAULT);
    pseudo_expect(pseudo.terminal, "abc\n");
    pseudo_expect(pseudo.master, "abc\r\n");
    pseudo_close(&pseudo);
}

static struct pseudo shared;
static int64_t outcome;

static void read_in_thread(void *unused)
{
    char bytes[8];
    (void)unused;
    outcome = coco_read(shared.terminal, bytes, 8);
}

TEST(terminal_get, readers_wait, RULE("read.7"))
{
    struct thread thread;
    REQUIRE(pseudo_open(&shared));
    REQUIRE_OK(thread_start(&thread, read_in_thread, NULL));
    (void)coco_sleep_until(deadline_after(20 * MILLISECONDS));
    pseudo_type(&shared, "ab");
    (void)coco_sleep_until(deadline_after(20 * MILLISECONDS));
    pseudo_type(&shared, "\n");
    EXPECT_OK(thread_join(&thread));
    EXPECT_EQ(outcome, 3);
    REQUIRE_OK(thread_start(&thread, read_in_thread, NULL));
    (void)coco_sleep_until(deadline_after(20 * MILLISECONDS));
    EXPECT_OK(coco_close(shared.master));
    shared.master = COCO_HANDLE_NONE;
    EXPECT_OK(thread_join(&thread));
    EXPECT_EQ(outcome, 0);
    pseudo_close(&shared);
}

/* What nobody takes fills up. */
TEST(terminal_get, room_is_bounded, RULE("write.7"))
{
    static char bytes[8192];
    struct pseudo pseudo;
    REQUIRE(pseudo_open(&pseudo));
    pseudo_raw(&pseudo, 1, 0);
    EXPECT_EQ(coco_file_status_flags(pseudo.terminal, 0, COCO_STATUS_NONBLOCK), 0);
    EXPECT_EQ(coco_file_status_flags(pseudo.master, 0, COCO_STATUS_NONBLOCK), 0);
    memset(bytes, 'x', sizeof(bytes));
    int64_t typed = coco_write(pseudo.master, bytes, sizeof(bytes));
    EXPECT_TRUE(typed > 0 && typed <= COCO_TERMINAL_INPUT_MAX);
    EXPECT_ERROR(coco_write(pseudo.master, bytes, 1), AGAIN);
    EXPECT_TRUE(coco_write(pseudo.terminal, bytes, sizeof(bytes)) > 0);
    EXPECT_ERROR(coco_write(pseudo.terminal, bytes, 1), AGAIN);
    EXPECT_EQ(coco_read(pseudo.terminal, bytes, sizeof(bytes)), typed);
    pseudo_close(&pseudo);
}
