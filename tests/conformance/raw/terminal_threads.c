// SPDX-License-Identifier: MIT
// A terminal that threads use at the same time, at both ends. Nothing that is typed or written is
// lost, and whoever waits is woken.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "terminals.h"

#define LINES 2000u
#define LINE_LEN 6u
#define ROUNDS 200u

static struct pseudo pair;
static bool over; /* atomic */

/* Five digits and a newline. */
static void make_line(char *line, uint32_t number)
{
    for (int i = LINE_LEN - 2; i >= 0; i--) {
        line[i] = (char)('0' + number % 10);
        number /= 10;
    }
    line[LINE_LEN - 1] = '\n';
}

static void type_lines(void *unused)
{
    (void)unused;
    for (uint32_t i = 0; i < LINES; i++) {
        char line[LINE_LEN];
        make_line(line, i);
        EXPECT_EQ(coco_write(pair.master, line, LINE_LEN), LINE_LEN);
    }
}

/* Lines that were read go back as they are. */
static void answer_lines(void *unused)
{
    (void)unused;
    for (uint32_t i = 0; i < LINES; i++) {
        char line[LINE_LEN + 2];
        char expected[LINE_LEN];
        make_line(expected, i);
        EXPECT_EQ(coco_read(pair.terminal, line, sizeof(line)), LINE_LEN);
        EXPECT_BYTES(line, expected, LINE_LEN);
        EXPECT_EQ(coco_write(pair.terminal, line, LINE_LEN), LINE_LEN);
    }
}

static void disturb(void *unused)
{
    struct coco_terminal modes;
    struct coco_terminal_info info;
    struct coco_window window = {0};
    (void)unused;
    while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
        struct coco_poll poll = {.handle = pair.terminal, .wanted = COCO_EVENT_READ};
        EXPECT_OK(coco_terminal_get(pair.terminal, &modes));
        EXPECT_OK(coco_terminal_set(pair.terminal, COCO_TERMINAL_NOW, &modes));
        EXPECT_OK(coco_terminal_info(pair.master, &info));
        window.rows++;
        EXPECT_OK(coco_terminal_window_set(pair.terminal, &window));
        EXPECT_TRUE(coco_object_poll(&poll, 1, 0) >= 0);
        (void)coco_thread_yield();
    }
}

TEST(terminal_threads, nothing_is_lost, RULE("read.7"), RULE("write.7"))
{
    struct thread threads[3];
    void (*const bodies[])(void *) = {type_lines, answer_lines, disturb};
    uint64_t total = 0;
    REQUIRE(pseudo_open(&pair));
    pseudo_local(&pair, COCO_TERMINAL_ECHO, 0);
    __atomic_store_n(&over, false, __ATOMIC_RELEASE);
    for (int i = 0; i < 3; i++) {
        EXPECT_OK(thread_start(&threads[i], bodies[i], NULL));
    }
    while (total < (uint64_t)LINES * (LINE_LEN + 1)) { /* each newline has become two bytes */
        char bytes[512];
        int64_t got = coco_read(pair.master, bytes, sizeof(bytes));
        if (!EXPECT_TRUE(got > 0)) {
            break;
        }
        total += (uint64_t)got;
    }
    EXPECT_EQ(total, (uint64_t)LINES * (LINE_LEN + 1));
    __atomic_store_n(&over, true, __ATOMIC_RELEASE);
    for (int i = 0; i < 3; i++) {
        EXPECT_OK(thread_join(&threads[i]));
    }
    pseudo_close(&pair);
}

static void read_to_the_end(void *unused)
{
    char bytes[64];
    (void)unused;
    while (coco_read(pair.terminal, bytes, sizeof(bytes)) > 0) {
    }
}

/* The master goes while others open, read and write. */
TEST(terminal_threads, hang_up_at_any_time, RULE("terminal_control.3"))
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        struct thread thread;
        REQUIRE(pseudo_open(&pair));
        REQUIRE_OK(thread_start(&thread, read_to_the_end, NULL));
        pseudo_type(&pair, "line\n");
        for (uint32_t j = i % 8; j > 0; j--) {
            (void)coco_thread_yield();
        }
        EXPECT_OK(coco_close(pair.master));
        pair.master = COCO_HANDLE_NONE;
        EXPECT_ERROR(coco_write(pair.terminal, "x", 1), IO);
        EXPECT_OK(thread_join(&thread));
        pseudo_close(&pair);
    }
}
