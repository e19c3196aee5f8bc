// SPDX-License-Identifier: MIT
// Tests of `terminal_info`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "terminals.h"

TEST(terminal_info, tells, RULE("terminal_info.1"))
{
    struct pseudo pseudo;
    struct coco_terminal_info info;
    REQUIRE(pseudo_open(&pseudo));
    EXPECT_OK(coco_terminal_info(pseudo.terminal, &info));
    EXPECT_EQ(info.kind, COCO_TERMINAL_PSEUDO);
    EXPECT_TRUE(info.number < COCO_TERMINAL_PSEUDO_MAX);
    EXPECT_EQ(info.session, 0);
    EXPECT_EQ(info.foreground, 0);
    EXPECT_OK(coco_terminal_info(pseudo.master, &info));
    EXPECT_EQ(info.kind, COCO_TERMINAL_MASTER);
    pseudo_type(&pseudo, "ab\ncde\n");
    EXPECT_OK(coco_terminal_info(pseudo.terminal, &info));
    EXPECT_EQ(info.readable, 3);
    pseudo_close(&pseudo);
}
