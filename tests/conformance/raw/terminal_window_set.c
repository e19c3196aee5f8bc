// SPDX-License-Identifier: MIT
// Tests of `terminal_window_set`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "fork.h"
#include "signals.h"
#include "terminals.h"

static uint32_t change(void *unused)
{
    struct pseudo pseudo;
    const struct coco_window window = {24, 80, 0, 0};
    (void)unused;
    if (coco_process_new_session() < 0 || !pseudo_open(&pseudo) ||
        coco_terminal_control(pseudo.terminal, 0) != 0) {
        return 1;
    }
    (void)signals_catch(COCO_SIGNAL_WINDOW, 0, 0);
    if (coco_terminal_window_set(pseudo.master, &window) != 0 || !signals_await(1) ||
        signals_caught.info[0].signal != COCO_SIGNAL_WINDOW) {
        return 2;
    }
    if (coco_terminal_window_set(pseudo.master, &window) != 0) {
        return 3;
    }
    (void)coco_sleep_until(deadline_after(10 * MILLISECONDS));
    return signals_caught.count == 1 ? 10 : 4; /* it was the same */
}

TEST(terminal_window_set, tells_the_foreground, RULE("terminal_window_set.1"))
{
    signals_reset();
    EXPECT_EQ(fork_run(change, NULL), 10);
}
