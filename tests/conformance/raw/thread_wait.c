// SPDX-License-Identifier: MIT
// Tests of `thread_wait`.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "memory.h"

static void exit_13(void *unused)
{
    (void)unused;
    coco_thread_exit(13, NULL);
}

TEST(thread_wait, result_is_exit_code, RULE("thread_wait.1"))
{
    struct thread thread;
    REQUIRE_OK(thread_start(&thread, exit_13, NULL));
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ(coco_thread_wait(thread.handle, COCO_FOREVER), 13);
    }
    EXPECT_EQ(coco_thread_wait(thread.handle, 0), 13);
    EXPECT_EQ(thread_join(&thread), 13);
}

static void wait_for_word(void *word)
{
    while (__atomic_load_n((uint32_t *)word, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_futex_wait(word, 0, COCO_FOREVER);
    }
}

TEST(thread_wait, deadline_passes, RULE("thread_wait.2"), RULE("thread_wait.ETIMEDOUT"))
{
    static uint32_t word;
    struct thread thread;
    word = 0;
    REQUIRE_OK(thread_start(&thread, wait_for_word, &word));
    EXPECT_ERROR(coco_thread_wait(thread.handle, 0), TIMEDOUT);
    uint64_t deadline = deadline_after(15 * MILLISECONDS);
    EXPECT_ERROR(coco_thread_wait(thread.handle, deadline), TIMEDOUT);
    EXPECT_TRUE(deadline_after(0) >= deadline);
    __atomic_store_n(&word, 1, __ATOMIC_RELEASE);
    EXPECT_TRUE(coco_futex_wake(&word, 1) >= 0);
    EXPECT_OK(thread_join(&thread));
}

struct self {
    uint32_t word;
    coco_handle_t handle;
    int64_t result;
};

static void wait_for_self(void *argument)
{
    struct self *self = argument;
    while (__atomic_load_n(&self->word, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_futex_wait(&self->word, 0, COCO_FOREVER);
    }
    self->result = coco_thread_wait(self->handle, COCO_FOREVER);
}

/* A thread that waits for itself would wait forever. */
TEST(thread_wait, own_thread_is_invalid, RULE("thread_wait.EINVAL"))
{
    struct thread thread;
    struct self self = {0};
    REQUIRE_OK(thread_start(&thread, wait_for_self, &self));
    self.handle = thread.handle;
    __atomic_store_n(&self.word, 1, __ATOMIC_RELEASE);
    EXPECT_TRUE(coco_futex_wake(&self.word, 1) >= 0);
    EXPECT_OK(thread_join(&thread));
    EXPECT_ERROR(self.result, INVAL);
}
