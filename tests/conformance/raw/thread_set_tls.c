// SPDX-License-Identifier: MIT
// Tests of `thread_set_tls`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"

static uint64_t read_tls_word(void)
{
    uint64_t word;
    __asm__ volatile("movq %%fs:0, %0" : "=r"(word));
    return word;
}

static int64_t set_tls(uint64_t base)
{
    return RAW(COCO_SYS_THREAD_SET_TLS, base);
}

TEST(thread_set_tls, base_is_used, RULE("thread_set_tls.1"))
{
    static uint64_t first[2] = {0x1111};
    static uint64_t second[2] = {0x2222};
    EXPECT_OK(set_tls((uintptr_t)first));
    EXPECT_EQ(read_tls_word(), 0x1111);
    EXPECT_OK(set_tls((uintptr_t)second));
    EXPECT_EQ(read_tls_word(), 0x2222);
    EXPECT_OK(set_tls(0));
}

TEST(thread_set_tls, kernel_space_is_refused, RULE("thread_set_tls.1"),
     RULE("thread_set_tls.EINVAL"))
{
    static uint64_t area[2] = {0x3333};
    EXPECT_OK(set_tls((uintptr_t)area));
    EXPECT_ERROR(set_tls(OUTSIDE_ADDRESS), INVAL);
    EXPECT_ERROR(set_tls(NONCANONICAL_ADDRESS), INVAL);
    EXPECT_ERROR(set_tls(KERNEL_ADDRESS), INVAL);
    EXPECT_ERROR(set_tls(UINT64_MAX), INVAL);
    EXPECT_EQ(read_tls_word(), 0x3333);
    EXPECT_OK(set_tls(0));
}

static void use_tls(void *area)
{
    uint64_t *words = area;
    EXPECT_OK(set_tls((uintptr_t)words));
    for (int i = 0; i < 2000; i++) {
        if (read_tls_word() != words[0]) {
            words[1] = 1;
        }
        (void)coco_thread_yield();
    }
}

/* Each thread keeps its own across switches. */
TEST(thread_set_tls, belongs_to_the_thread, RULE("thread_set_tls.1"))
{
    static uint64_t areas[4][2];
    struct thread threads[4];
    for (size_t i = 0; i < 4; i++) {
        areas[i][0] = 0x5000 + i;
        areas[i][1] = 0;
        REQUIRE_OK(thread_start(&threads[i], use_tls, areas[i]));
    }
    for (size_t i = 0; i < 4; i++) {
        EXPECT_OK(thread_join(&threads[i]));
        EXPECT_EQ(areas[i][1], 0);
    }
}
