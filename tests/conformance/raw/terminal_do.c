// SPDX-License-Identifier: MIT
// Tests of `terminal_do`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "terminals.h"

TEST(terminal_do, refuses, RULE("terminal_do.1"), RULE("terminal_do.EINVAL"))
{
    struct pseudo pseudo;
    REQUIRE(pseudo_open(&pseudo));
    EXPECT_ERROR(coco_terminal_do(pseudo.terminal, COCO_TERMINAL_BREAK + 1), INVAL);
    EXPECT_OK(coco_terminal_do(pseudo.terminal, COCO_TERMINAL_BREAK));
    pseudo_close(&pseudo);
}

static void expect_counts(const struct pseudo *pseudo, uint32_t readable, uint32_t unsent)
{
    struct coco_terminal_info info;
    EXPECT_OK(coco_terminal_info(pseudo->terminal, &info));
    EXPECT_EQ(info.readable, readable);
    EXPECT_EQ(info.unsent, unsent);
    EXPECT_OK(coco_terminal_info(pseudo->master, &info));
    EXPECT_EQ(info.readable, unsent);
}

static void fill(const struct pseudo *pseudo)
{
    pseudo_type(pseudo, "abc");
    EXPECT_EQ(coco_write(pseudo->terminal, "xy", 2), 2);
    expect_counts(pseudo, 3, 2);
}

TEST(terminal_do, flushes, RULE("terminal_do.2"), RULE("terminal_info.1"))
{
    struct pseudo pseudo;
    REQUIRE(pseudo_open(&pseudo));
    pseudo_raw(&pseudo, 1, 0);
    fill(&pseudo);
    EXPECT_OK(coco_terminal_do(pseudo.terminal, COCO_TERMINAL_FLUSH_INPUT));
    expect_counts(&pseudo, 0, 2);
    EXPECT_OK(coco_terminal_do(pseudo.terminal, COCO_TERMINAL_FLUSH_OUTPUT));
    fill(&pseudo);
    EXPECT_OK(coco_terminal_do(pseudo.terminal, COCO_TERMINAL_FLUSH_OUTPUT));
    expect_counts(&pseudo, 3, 0);
    EXPECT_OK(coco_terminal_do(pseudo.terminal, COCO_TERMINAL_FLUSH_BOTH));
    fill(&pseudo);
    EXPECT_OK(coco_terminal_do(pseudo.master, COCO_TERMINAL_FLUSH_INPUT));
    expect_counts(&pseudo, 3, 0);
    EXPECT_OK(coco_terminal_do(pseudo.master, COCO_TERMINAL_FLUSH_OUTPUT));
    expect_counts(&pseudo, 0, 0);
    pseudo_close(&pseudo);
}

static struct pseudo held;
static int64_t waited;

static void wait_in_thread(void *unused)
{
    (void)unused;
    int64_t result = coco_terminal_do(held.terminal, COCO_TERMINAL_WAIT);
    __atomic_store_n(&waited, result, __ATOMIC_RELEASE);
}

TEST(terminal_do, holds_output, RULE("terminal_do.3"), RULE("terminal_do.4"), RULE("terminal_do.5"))
{
    struct thread thread;
    char byte;
    REQUIRE(pseudo_open(&held));
    EXPECT_EQ(coco_file_status_flags(held.master, 0, COCO_STATUS_NONBLOCK), 0);
    EXPECT_OK(coco_terminal_do(held.terminal, COCO_TERMINAL_OUTPUT_OFF));
    EXPECT_OK(coco_terminal_do(held.terminal, COCO_TERMINAL_WAIT)); /* there is none */
    EXPECT_EQ(coco_write(held.terminal, "x", 1), 1);
    EXPECT_ERROR(coco_read(held.master, &byte, 1), AGAIN);
    waited = 1;
    REQUIRE_OK(thread_start(&thread, wait_in_thread, NULL));
    (void)coco_sleep_until(deadline_after(20 * MILLISECONDS));
    EXPECT_EQ(__atomic_load_n(&waited, __ATOMIC_ACQUIRE), 1);
    EXPECT_OK(coco_terminal_do(held.terminal, COCO_TERMINAL_OUTPUT_ON));
    EXPECT_OK(thread_join(&thread));
    EXPECT_EQ(waited, 0);
    pseudo_expect(held.master, "x");
    EXPECT_OK(coco_terminal_do(held.terminal, COCO_TERMINAL_INPUT_OFF));
    EXPECT_OK(coco_terminal_do(held.terminal, COCO_TERMINAL_INPUT_ON));
    pseudo_expect(held.master, "\023\021");
    pseudo_close(&held);
}
