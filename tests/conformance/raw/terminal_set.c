// SPDX-License-Identifier: MIT
// Tests of `terminal_set`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "fork.h"
#include "signals.h"
#include "terminals.h"

TEST(terminal_set, refuses, RULE("terminal_set.1"), RULE("terminal_set.EINVAL"))
{
    struct pseudo pseudo;
    struct coco_terminal modes;
    REQUIRE(pseudo_open(&pseudo));
    EXPECT_OK(coco_terminal_get(pseudo.terminal, &modes));
    EXPECT_ERROR(coco_terminal_set(pseudo.terminal, COCO_TERMINAL_FLUSH + 1, &modes), INVAL);
    uint32_t *words[] = {&modes.input, &modes.output, &modes.control, &modes.local};
    for (int i = 0; i < 4; i++) {
        *words[i] ^= 0x80000000;
        EXPECT_ERROR(coco_terminal_set(pseudo.terminal, COCO_TERMINAL_NOW, &modes), INVAL);
        *words[i] ^= 0x80000000;
    }
    EXPECT_OK(coco_terminal_set(pseudo.terminal, COCO_TERMINAL_NOW, &modes));
    pseudo_close(&pseudo);
}

TEST(terminal_set, flushes, RULE("terminal_set.1"))
{
    struct pseudo pseudo;
    struct coco_terminal modes;
    REQUIRE(pseudo_open(&pseudo));
    EXPECT_OK(coco_terminal_get(pseudo.terminal, &modes));
    pseudo_type(&pseudo, "one\n");
    EXPECT_OK(coco_terminal_set(pseudo.terminal, COCO_TERMINAL_DRAIN, &modes));
    pseudo_expect(pseudo.terminal, "one\n");
    pseudo_type(&pseudo, "two\n");
    EXPECT_OK(coco_terminal_set(pseudo.terminal, COCO_TERMINAL_FLUSH, &modes));
    pseudo_type(&pseudo, "three\n");
    pseudo_expect(pseudo.terminal, "three\n");
    pseudo_close(&pseudo);
}

TEST(terminal_set, keeps_input, RULE("terminal_set.2"))
{
    struct pseudo pseudo;
    REQUIRE(pseudo_open(&pseudo));
    pseudo_type(&pseudo, "a\n\004b");
    pseudo_raw(&pseudo, 1, 0);
    pseudo_expect(pseudo.terminal, "a\nb");
    pseudo_type(&pseudo, "c\nd");
    pseudo_local(&pseudo, 0, COCO_TERMINAL_ICANON);
    pseudo_expect(pseudo.terminal, "c\nd");
    pseudo_close(&pseudo);
}

static struct pseudo own;
static struct coco_terminal own_modes;

static void wait_for_output(void *result)
{
    *(int64_t *)result = coco_terminal_set(own.terminal, COCO_TERMINAL_DRAIN, &own_modes);
}

TEST(terminal_set, signals_end_the_waiting, RULE("terminal_set.EINTR"), RULE("terminal_set.1"))
{
    struct thread thread;
    int64_t result = 1;
    signals_reset();
    EXPECT_OK(signals_catch(SIGNAL_ONE, 0, 0));
    REQUIRE(pseudo_open(&own));
    EXPECT_OK(coco_terminal_get(own.terminal, &own_modes));
    EXPECT_OK(coco_terminal_do(own.terminal, COCO_TERMINAL_OUTPUT_OFF));
    EXPECT_EQ(coco_write(own.terminal, "x", 1), 1);
    REQUIRE_OK(thread_start(&thread, wait_for_output, &result));
    signals_interrupt(SIGNAL_ONE, &thread);
    EXPECT_ERROR(result, INTR);
    EXPECT_OK(coco_terminal_do(own.terminal, COCO_TERMINAL_OUTPUT_ON));
    EXPECT_OK(coco_terminal_set(own.terminal, COCO_TERMINAL_DRAIN, &own_modes));
    signals_reset();
    pseudo_close(&own);
}

/* In a copy: a session of its own with the terminal, the copy's copy in the background. */
static uint32_t in_background(void *unused)
{
    struct coco_window window = {1, 2, 3, 4};
    (void)unused;
    (void)coco_process_set_group(0, 0);
    (void)signals_catch(COCO_SIGNAL_TERMINAL_OUT, 0, 0);
    (void)signals_catch(COCO_SIGNAL_TERMINAL_IN, 0, 0);
    char byte;
    if (coco_terminal_set(own.terminal, COCO_TERMINAL_NOW, &own_modes) != COCO_EINTR ||
        coco_terminal_window_set(own.terminal, &window) != COCO_EINTR ||
        coco_terminal_do(own.terminal, COCO_TERMINAL_BREAK) != COCO_EINTR ||
        coco_terminal_set_foreground(own.terminal, (uint64_t)coco_process_group_id(0)) !=
            COCO_EINTR ||
        signals_caught.count != 4 || signals_caught.info[0].signal != COCO_SIGNAL_TERMINAL_OUT) {
        return 1;
    }
    if (coco_read(own.terminal, &byte, 1) != COCO_EINTR || signals_caught.count != 5 ||
        signals_caught.info[4].signal != COCO_SIGNAL_TERMINAL_IN) {
        return 2;
    }
    if (coco_write(own.terminal, "x", 1) != 1) {
        return 3; /* without TOSTOP */
    }
    own_modes.local |= COCO_TERMINAL_TOSTOP;
    (void)coco_signal_mask(COCO_SIGNAL_BLOCK, SIGNAL_BIT(COCO_SIGNAL_TERMINAL_OUT) |
                                                  SIGNAL_BIT(COCO_SIGNAL_TERMINAL_IN));
    if (coco_terminal_set(own.terminal, COCO_TERMINAL_NOW, &own_modes) != 0 ||
        coco_write(own.terminal, "y", 1) != 1 || coco_read(own.terminal, &byte, 1) != COCO_EIO) {
        return 4; /* blocked: output goes on, input does not */
    }
    (void)coco_signal_mask(COCO_SIGNAL_SET, 0);
    if (coco_write(own.terminal, "z", 1) != COCO_EINTR) {
        return 5;
    }
    return 10;
}

static uint32_t orphan(void *unused)
{
    (void)unused;
    char byte;
    /* The starter ends: nobody of the session can continue this group. */
    for (int i = 0; i < 60000 && coco_process_parent_id() != 1; i++) {
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    bool refused = coco_read(own.terminal, &byte, 1) == COCO_EIO &&
                   coco_write(own.terminal, "z", 1) == COCO_EIO &&
                   coco_terminal_do(own.terminal, COCO_TERMINAL_BREAK) == COCO_EIO;
    (void)coco_write(own.master, refused ? "k" : "n", 1);
    return 0;
}

static uint32_t start_orphan(void *unused)
{
    (void)unused;
    (void)coco_process_set_group(0, 0);
    return fork_child(orphan, NULL) > 0 ? 10 : 1;
}

static uint32_t run_listed(uint32_t (*body)(void *))
{
    struct coco_child child;
    uint64_t id = fork_listed(body, NULL);
    return (uint64_t)coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_ENDED,
                                             deadline_after(60 * SECONDS), &child) == id
               ? child.status.code
               : 90;
}

static uint32_t lead_session(void *unused)
{
    char byte;
    (void)unused;
    if (coco_process_new_session() < 0 || !pseudo_open(&own) ||
        coco_terminal_control(own.terminal, 0) != 0 ||
        coco_terminal_get(own.terminal, &own_modes) != 0) {
        return 80;
    }
    uint32_t code = run_listed(in_background);
    if (code != 10) {
        return code;
    }
    own_modes.local &= ~(COCO_TERMINAL_ICANON | COCO_TERMINAL_ECHO);
    own_modes.local |= COCO_TERMINAL_TOSTOP;
    if (coco_terminal_set(own.terminal, COCO_TERMINAL_FLUSH, &own_modes) != 0 ||
        run_listed(start_orphan) != 10) {
        return 81;
    }
    /* What it has found out it types. */
    return coco_read(own.terminal, &byte, 1) == 1 && byte == 'k' ? 10 : 82;
}

TEST(terminal_set, in_the_background, RULE("terminal_set.3"), RULE("read.8"), RULE("write.8"),
     RULE("terminal_window_set.EINTR"), RULE("terminal_do.EINTR"),
     RULE("terminal_set_foreground.EINTR"))
{
    EXPECT_EQ(fork_run(lead_session, NULL), 10);
}
