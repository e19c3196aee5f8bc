// SPDX-License-Identifier: MIT
// Tests of `file_lock` with COCO_FILE_LOCK_WAIT: who waits for a lock, and until when.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "locks.h"
#include "pipes.h"
#include "scratch.h"
#include "signals.h"

struct waiter {
    struct thread thread;
    coco_handle_t file;
    uint32_t owner;
    uint32_t kind;
    uint32_t stage; /* atomic: 1 before the call, 2 behind it */
    int64_t result;
};

static void wait_for_lock(void *argument)
{
    struct waiter *waiter = argument;
    struct coco_file_lock lock = {.kind = waiter->kind, .owner = waiter->owner};
    __atomic_store_n(&waiter->stage, 1, __ATOMIC_RELEASE);
    waiter->result = coco_file_lock(waiter->file, &lock, COCO_FILE_LOCK_WAIT);
    __atomic_store_n(&waiter->stage, 2, __ATOMIC_RELEASE);
}

static bool waiter_start(struct waiter *waiter)
{
    if (!EXPECT_OK(thread_start(&waiter->thread, wait_for_lock, waiter))) {
        return false;
    }
    while (__atomic_load_n(&waiter->stage, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS)); /* most likely it waits */
    return true;
}

TEST(file_lock, waits, RULE("file_lock.6"))
{
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    struct waiter waiter = {
        .file = pair.other, .owner = COCO_LOCK_DESCRIPTION, .kind = COCO_LOCK_EXCLUSIVE};
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_EXCLUSIVE, 100, 1));
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_SHARED, 200, 1));
    REQUIRE(waiter_start(&waiter));
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_NONE, 100, 1));
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    EXPECT_EQ(__atomic_load_n(&waiter.stage, __ATOMIC_ACQUIRE), 1);
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_NONE, 0, 0));
    EXPECT_OK(thread_join(&waiter.thread));
    EXPECT_OK(waiter.result);
    EXPECT_ERROR(locks_set(pair.one, COCO_LOCK_SHARED, 0, 1), AGAIN);
    locks_end(&pair);
}

/* Both hold the file together and want it alone: one gives it up while it waits. */
TEST(file_lock, whole_files_are_given_up, RULE("file_lock.6"))
{
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    struct waiter waiter = {
        .file = pair.other, .owner = COCO_LOCK_WHOLE, .kind = COCO_LOCK_EXCLUSIVE};
    EXPECT_OK(locks_whole(pair.one, COCO_LOCK_SHARED, 0));
    EXPECT_OK(locks_whole(pair.other, COCO_LOCK_SHARED, 0));
    REQUIRE(waiter_start(&waiter));
    EXPECT_OK(locks_whole(pair.one, COCO_LOCK_EXCLUSIVE, COCO_FILE_LOCK_WAIT));
    EXPECT_OK(locks_whole(pair.one, COCO_LOCK_NONE, 0));
    EXPECT_OK(thread_join(&waiter.thread));
    EXPECT_OK(waiter.result);
    locks_end(&pair);
}

static uint32_t wait_in_copy(void *file)
{
    struct coco_file_lock lock = {.length = 1, .kind = COCO_LOCK_EXCLUSIVE};
    (void)signals_catch(SIGNAL_ONE, 0, 0);
    return (uint32_t)-coco_file_lock(*(coco_handle_t *)file, &lock, COCO_FILE_LOCK_WAIT);
}

TEST(file_lock, signals_end_the_wait, RULE("file_lock.EINTR"))
{
    struct coco_exit_status status;
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    EXPECT_OK(locks_take_process(pair.one, 0));
    int64_t process = fork_child(wait_in_copy, &pair.one);
    REQUIRE_TRUE(process >= 0);
    uint64_t id = (uint64_t)coco_process_handle_id((coco_handle_t)process);
    for (int i = 0; i < 6000; i++) { /* the first may come before it waits */
        if (coco_process_wait((coco_handle_t)process, deadline_after(10 * MILLISECONDS), &status) ==
            0) {
            break;
        }
        (void)coco_signal_send_id(id, SIGNAL_ONE, 0, 0);
    }
    EXPECT_TRUE(child_wait(process, &status));
    EXPECT_TRUE(status.code == -COCO_EINTR || status.reason != COCO_EXIT_CODE);
    /* Who waits can be ended, too. */
    process = fork_child(wait_in_copy, &pair.one);
    REQUIRE_TRUE(process >= 0);
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    EXPECT_OK(coco_process_kill((coco_handle_t)process, COCO_SIGNAL_KILL));
    EXPECT_TRUE(child_wait(process, &status));
    locks_end(&pair);
}

struct deadlock {
    coco_handle_t file;
    coco_handle_t ready; /* written to when the first byte is held */
};

/* Holds the second byte and waits for the first. */
static uint32_t hold_and_wait(void *argument)
{
    const struct deadlock *test = argument;
    struct coco_file_lock lock = {.length = 1, .kind = COCO_LOCK_EXCLUSIVE};
    if (locks_take_process(test->file, 1) != 0 || coco_write(test->ready, "r", 1) != 1) {
        return 1;
    }
    return (uint32_t)-coco_file_lock(test->file, &lock, COCO_FILE_LOCK_WAIT);
}

TEST(file_lock, deadlocks, RULE("file_lock.6"), RULE("file_lock.EDEADLK"))
{
    struct coco_file_lock second = {.start = 1, .length = 1, .kind = COCO_LOCK_SHARED};
    struct coco_exit_status status;
    struct lock_pair pair;
    struct pipe_pair pipe;
    char byte;
    REQUIRE(locks_make(&pair));
    REQUIRE(pipe_make(&pipe, 0));
    struct deadlock test = {pair.one, pipe.writer};
    EXPECT_OK(locks_take_process(pair.one, 0));
    int64_t process = fork_child(hold_and_wait, &test);
    REQUIRE_TRUE(process >= 0);
    EXPECT_EQ(coco_read(pipe.reader, &byte, 1), 1);
    /* Whoever comes second is refused; the other one gets what it waits for then. */
    int64_t result = coco_file_lock(pair.one, &second, COCO_FILE_LOCK_WAIT);
    EXPECT_TRUE(result == COCO_EDEADLK || result == 0);
    struct coco_file_lock none = {.owner = COCO_LOCK_PROCESS};
    EXPECT_OK(coco_file_lock(pair.one, &none, 0));
    EXPECT_TRUE(child_wait(process, &status));
    EXPECT_EQ(status.code, result == 0 ? -COCO_EDEADLK : 0);
    pipe_close(&pipe);
    locks_end(&pair);
}
