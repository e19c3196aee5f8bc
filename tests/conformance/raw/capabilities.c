// SPDX-License-Identifier: MIT
// Tests of `capabilities`, upstream's, on the native platform.
#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/test.h>

TEST(capabilities, count, RULE("capabilities.1"))
{
    EXPECT_EQ(coco_capabilities(0), 2);
}

TEST(capabilities, no_vm_can_be_opened, RULE("capabilities.2"))
{
    EXPECT_EQ(coco_capabilities(1), 0);
}

TEST(capabilities, platform_is_native, RULE("capabilities.3"))
{
    EXPECT_EQ(coco_capabilities(2) & 7, 0);
}

TEST(capabilities, others_are_notfound, RULE("capabilities.4"), RULE("capabilities.ENOTFOUND"))
{
    EXPECT_ERROR(coco_capabilities(3), NOTFOUND);
    EXPECT_ERROR(coco_capabilities(0x7fffffff), NOTFOUND);
    EXPECT_ERROR(coco_capabilities(UINT32_MAX), NOTFOUND);
    EXPECT_ERROR(RAW(COCO_SYS_CAPABILITIES, UINT64_MAX), NOTFOUND);
}
