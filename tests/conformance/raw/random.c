// SPDX-License-Identifier: MIT
// Tests of `random`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"

TEST(random, fills_whole_buffer, RULE("random.1"))
{
    static uint8_t buffer[10000 + 16];
    static uint8_t again[10000];
    static const size_t sizes[] = {0, 1, 7, 32, 255, 4096, 4097, 10000};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        memset(buffer, 0, sizeof(buffer));
        EXPECT_OK(coco_random(buffer + 8, sizes[i]));
        EXPECT_TRUE(bytes_are(buffer, 0, 8));
        EXPECT_TRUE(bytes_are(buffer + 8 + sizes[i], 0, 8));
        if (sizes[i] >= 32) {
            EXPECT_TRUE(!bytes_are(buffer + 8 + sizes[i] - 16, 0, 16));
            EXPECT_OK(coco_random(again, sizes[i]));
            EXPECT_TRUE(memcmp(buffer + 8, again, 32) != 0);
        }
    }
}

/* Not a proof of quality, but of a generator that is stuck or counts. */
TEST(random, bits_are_balanced, RULE("random.1"))
{
    static uint8_t buffer[16384];
    unsigned counts[256] = {0};
    int bits = 0;
    EXPECT_OK(coco_random(buffer, sizeof(buffer)));
    for (size_t i = 0; i < sizeof(buffer); i++) {
        counts[buffer[i]]++;
        bits += __builtin_popcount(buffer[i]);
    }
    EXPECT_TRUE(bits > 65536 - 1600 && bits < 65536 + 1600);
    for (size_t i = 0; i < 256; i++) {
        EXPECT_TRUE(counts[i] > 16 && counts[i] < 144);
    }
}

TEST(random, bad_memory, RULE("random.1"), RULE("random.range.buffer"), RULE("random.fault.buffer"))
{
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(edge != NULL);
    EXPECT_ERROR(coco_random(edge - 8, 16), FAULT);
    EXPECT_OK(coco_random(edge - 8, 8));
    memory_edge_free(edge, 1);
    EXPECT_ERROR(RAW(COCO_SYS_RANDOM, OUTSIDE_ADDRESS, 1), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_RANDOM, OUTSIDE_ADDRESS - 8, 16), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_RANDOM, 0x20000000, UINT64_MAX), INVAL);
}
