// SPDX-License-Identifier: MIT
// Tests of `terminal_window_get`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "terminals.h"

TEST(terminal_window_get, tells_what_was_set, RULE("terminal_window_get.1"))
{
    struct pseudo pseudo;
    const struct coco_window set = {24, 80, 640, 480};
    struct coco_window window = {1, 1, 1, 1};
    REQUIRE(pseudo_open(&pseudo));
    EXPECT_OK(coco_terminal_window_get(pseudo.terminal, &window));
    EXPECT_TRUE(bytes_are(&window, 0, sizeof(window)));
    EXPECT_OK(coco_terminal_window_set(pseudo.master, &set));
    EXPECT_OK(coco_terminal_window_get(pseudo.terminal, &window));
    EXPECT_BYTES(&window, &set, sizeof(set));
    pseudo_close(&pseudo);
}
