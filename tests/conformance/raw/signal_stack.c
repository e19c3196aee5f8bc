// SPDX-License-Identifier: MIT
// Tests of `signal_stack`; its use is tested with `signal_action`.
#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/test.h>

#include "memory.h"

TEST(signal_stack, range, RULE("signal_stack.1"), RULE("signal_stack.EINVAL"))
{
    EXPECT_ERROR(RAW(COCO_SYS_SIGNAL_STACK, KERNEL_ADDRESS, PAGE), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_SIGNAL_STACK, COCO_USER_END - PAGE, 2 * PAGE), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_SIGNAL_STACK, PAGE, UINT64_MAX), INVAL);
    EXPECT_OK(RAW(COCO_SYS_SIGNAL_STACK, KERNEL_ADDRESS, 0));
    EXPECT_OK(RAW(COCO_SYS_SIGNAL_STACK, PAGE, PAGE)); /* whether it is there shows at its use */
    EXPECT_OK(RAW(COCO_SYS_SIGNAL_STACK, 0, 0));
}
