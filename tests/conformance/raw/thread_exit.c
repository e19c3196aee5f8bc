// SPDX-License-Identifier: MIT
// Tests of `thread_exit`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "memory.h"

static void exit_with(void *code)
{
    coco_thread_exit((uint32_t)(uintptr_t)code, NULL);
}

static void expect_code(uint64_t code, int64_t expected)
{
    struct thread thread;
    REQUIRE_OK(thread_start(&thread, exit_with, (void *)code));
    EXPECT_EQ(thread_join(&thread), expected);
}

TEST(thread_exit, code_has_16_bits, RULE("thread_exit.1"))
{
    expect_code(0, 0);
    expect_code(65535, 65535);
    expect_code(65536, 0);
    expect_code(0xffffffff, 65535);
}

TEST(thread_exit, last_thread_ends_process, RULE("thread_exit.1"))
{
    child_expect_code("thread_exit", "41", 41);
}

struct joined {
    uint32_t word;
    uint8_t *stack;
};

static void exit_clearing(void *argument)
{
    struct joined *joined = argument;
    coco_thread_exit(5, &joined->word);
}

/* The joiner waits for the word only and takes the stack away at once; were the word written while
   the thread still runs on it, the thread would fault and the process end. */
TEST(thread_exit, word_is_cleared_last, RULE("thread_exit.2"))
{
    for (int i = 0; i < 200; i++) {
        struct thread thread;
        struct joined joined = {.word = 1};
        REQUIRE_OK(thread_start(&thread, exit_clearing, &joined));
        while (__atomic_load_n(&joined.word, __ATOMIC_ACQUIRE) != 0) {
            int64_t result = coco_futex_wait(&joined.word, 1, deadline_after(60 * SECONDS));
            REQUIRE_TRUE(result == 0 || result == COCO_EAGAIN);
        }
        REQUIRE_OK(memory_unmap(thread.stack, THREAD_STACK_SIZE));
        EXPECT_EQ(coco_thread_wait(thread.handle, COCO_FOREVER), 5);
        EXPECT_OK(coco_close(thread.handle));
    }
}

static void exit_bad_word(void *address)
{
    coco_thread_exit(6, address);
}

TEST(thread_exit, bad_word_is_passed_over, RULE("thread_exit.3"))
{
    static const uint64_t bad[] = {UNMAPPED_ADDRESS,     OUTSIDE_ADDRESS, KERNEL_ADDRESS,
                                   NONCANONICAL_ADDRESS, UINT64_MAX,      3};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct thread thread;
        REQUIRE_OK(thread_start(&thread, exit_bad_word, (void *)bad[i]));
        EXPECT_EQ(thread_join(&thread), 6);
    }
    static const uint32_t constant = 9;
    struct thread thread;
    REQUIRE_OK(thread_start(&thread, exit_bad_word, (void *)(uintptr_t)&constant));
    EXPECT_EQ(thread_join(&thread), 6);
    EXPECT_EQ(*(const volatile uint32_t *)&constant, 9);
}
