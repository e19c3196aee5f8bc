// SPDX-License-Identifier: MIT
// Tests of `pressure_level`; how levels follow what is taken is tested with `pressure_open`.
#include <coconut/coconut.h>
#include <harness/test.h>

TEST(pressure_level, at_rest, RULE("pressure_level.1"))
{
    for (uint32_t scope = COCO_PRESSURE_MACHINE; scope <= COCO_PRESSURE_OWN; scope++) {
        for (uint32_t level = COCO_PRESSURE_SOME; level <= COCO_PRESSURE_HIGH; level++) {
            int64_t watch = coco_pressure_open(scope, level);
            REQUIRE_TRUE(watch > 0);
            EXPECT_EQ(coco_pressure_level((coco_handle_t)watch), COCO_PRESSURE_NONE);
            EXPECT_OK(coco_close((coco_handle_t)watch));
        }
    }
}

TEST(pressure_level, rights)
{
    int64_t watch = coco_pressure_open(COCO_PRESSURE_OWN, COCO_PRESSURE_SOME);
    REQUIRE_TRUE(watch > 0);
    int64_t blind = coco_handle_duplicate((coco_handle_t)watch, COCO_RIGHT_WAIT);
    REQUIRE_TRUE(blind > 0);
    EXPECT_ERROR(coco_pressure_level((coco_handle_t)blind), WRONLY);
    EXPECT_ERROR(coco_pressure_level(COCO_HANDLE_LOG), NOTSUPP);
    EXPECT_OK(coco_close((coco_handle_t)watch));
    EXPECT_ERROR(coco_pressure_level((coco_handle_t)watch), NOTFOUND);
    EXPECT_OK(coco_close((coco_handle_t)blind));
}
