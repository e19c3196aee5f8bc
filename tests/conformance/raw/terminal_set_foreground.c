// SPDX-License-Identifier: MIT
// Tests of `terminal_set_foreground`. In copies,
// which can begin sessions.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "fork.h"
#include "sessions.h"
#include "signals.h"
#include "terminals.h"

static struct pseudo first;

static uint32_t foreground(void *unused)
{
    struct coco_terminal_info info;
    struct coco_child child;
    (void)unused;
    FAIL_UNLESS(coco_process_new_session() > 0 && pseudo_open(&first) &&
                coco_terminal_control(first.terminal, 0) == 0);
    uint64_t id = session_start_group();
    FAIL_UNLESS(coco_terminal_set_foreground(first.terminal, id + 1000000) == COCO_EPERM);
    FAIL_UNLESS(coco_terminal_set_foreground(first.terminal, id) == 0);
    FAIL_UNLESS(coco_terminal_info(first.terminal, &info) == 0 && info.foreground == id);
    FAIL_UNLESS(coco_write(first.master, "\032", 1) == 1); /* SUSP */
    FAIL_UNLESS((uint64_t)coco_process_wait_child(COCO_CHILD_ID, id, COCO_WAIT_STOPPED,
                                                  deadline_after(60 * SECONDS), &child) == id);
    FAIL_UNLESS(child.status.code == COCO_SIGNAL_TERMINAL_STOP);
    FAIL_UNLESS(coco_signal_send_id(id, COCO_SIGNAL_CONTINUE, 0, 0) == 0);
    FAIL_UNLESS(coco_write(first.master, "\003", 1) == 1); /* INTR */
    FAIL_UNLESS(session_wait(id) == 1000 + COCO_SIGNAL_INTERRUPT);
    id = session_start_group();
    (void)coco_signal_mask(COCO_SIGNAL_BLOCK, SIGNAL_BIT(COCO_SIGNAL_TERMINAL_OUT));
    FAIL_UNLESS(coco_terminal_set_foreground(first.terminal, id) == 0);
    FAIL_UNLESS(coco_write(first.master, "\034", 1) == 1); /* QUIT */
    FAIL_UNLESS(session_wait(id) == 1000 + COCO_SIGNAL_QUIT);
    return 10;
}

TEST(terminal_set_foreground, gets_the_signals, RULE("terminal_set_foreground.1"),
     RULE("terminal_set_foreground.2"), RULE("terminal_set_foreground.EPERM"))
{
    EXPECT_EQ(fork_run(foreground, NULL), 10);
}
