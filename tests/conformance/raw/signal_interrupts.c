// SPDX-License-Identifier: MIT
// Calls that wait, and signals that end or pause their waiting.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "logs.h"
#include "pipes.h"
#include "signals.h"

/* A thread that waits, and another one that sends it a signal. */
struct waiter {
    struct thread thread;
    uint64_t id; /* atomic; 0 until it runs */
    int64_t (*wait)(struct waiter *waiter);
    int64_t result;
    uint32_t word;
    bool done; /* atomic; `result` is there */
};

static void wait_in_thread(void *argument)
{
    struct waiter *waiter = argument;
    __atomic_store_n(&waiter->id, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
    waiter->result = waiter->wait(waiter);
    __atomic_store_n(&waiter->done, true, __ATOMIC_RELEASE);
}

static int64_t wait_futex(struct waiter *waiter)
{
    return coco_futex_wait(&waiter->word, 0, deadline_after(60 * SECONDS));
}

static int64_t wait_sleep(struct waiter *waiter)
{
    (void)waiter;
    return coco_sleep_until(deadline_after(60 * SECONDS));
}

static int64_t wait_process(struct waiter *waiter)
{
    struct coco_exit_status status;
    return coco_process_wait(waiter->word, deadline_after(60 * SECONDS), &status);
}

static int64_t wait_thread(struct waiter *waiter)
{
    return coco_thread_wait(waiter->word, deadline_after(60 * SECONDS));
}

static int64_t wait_log(struct waiter *waiter)
{
    static uint64_t records[COCO_LOG_RECORD_MAX / sizeof(uint64_t)];
    int64_t got;
    do { // others may write
        got = coco_log_read(waiter->word, records, sizeof(records), deadline_after(60 * SECONDS));
    } while (got > 0);
    return got;
}

static int64_t interrupt(struct waiter *waiter, uint32_t flags)
{
    uint32_t before = signals_caught.count;
    waiter->id = 0;
    waiter->result = 99;
    waiter->done = false;
    if (!EXPECT_OK(signals_catch(SIGNAL_ONE, flags, 0)) ||
        !EXPECT_OK(thread_start(&waiter->thread, wait_in_thread, waiter))) {
        return 0;
    }
    while (__atomic_load_n(&waiter->id, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_thread_yield();
    }
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    EXPECT_OK(coco_signal_send_thread(waiter->id, SIGNAL_ONE, 0, 0));
    EXPECT_TRUE(signals_await(before + 1));
    (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
    if ((flags & COCO_SIGNAL_RESTART) != 0 && waiter->wait == wait_futex) {
        EXPECT_TRUE(!__atomic_load_n(&waiter->done, __ATOMIC_ACQUIRE));
        while (coco_futex_wake(&waiter->word, 1) == 0) {
            (void)coco_thread_yield();
        }
    } else {
        /* the first may have come before the wait, when the waiter's processor was held up */
        while (!__atomic_load_n(&waiter->done, __ATOMIC_ACQUIRE)) {
            (void)coco_signal_send_thread(waiter->id, SIGNAL_ONE, 0, 0); // unless it has ended
            (void)coco_sleep_until(deadline_after(5 * MILLISECONDS));
        }
    }
    EXPECT_OK(thread_join(&waiter->thread));
    return waiter->result;
}

TEST(signal_action, interrupts_waiting, RULE("signal_action.6"), RULE("futex_wait.EINTR"),
     RULE("sleep_until.EINTR"))
{
    struct waiter waiter = {.wait = wait_futex};
    signals_reset();
    EXPECT_ERROR(interrupt(&waiter, 0), INTR);
    EXPECT_OK(interrupt(&waiter, COCO_SIGNAL_RESTART));
    waiter.wait = wait_sleep;
    EXPECT_ERROR(interrupt(&waiter, 0), INTR);
    EXPECT_ERROR(interrupt(&waiter, COCO_SIGNAL_RESTART), INTR);
    signals_reset();
}

TEST(signal_action, interrupts_waiting_for_others, RULE("process_wait.EINTR"),
     RULE("thread_wait.EINTR"))
{
    struct waiter waiter = {.wait = wait_process};
    struct waiter sleeper = {.wait = wait_futex};
    struct coco_exit_status status;
    signals_reset();
    int64_t process = child_spawn(&(struct child){.arguments = {"sleep", "20000"}});
    REQUIRE_TRUE(process > 0);
    waiter.word = (uint32_t)process;
    EXPECT_ERROR(interrupt(&waiter, 0), INTR);
    EXPECT_OK(coco_process_kill((coco_handle_t)process, 9));
    REQUIRE(child_wait(process, &status));
    REQUIRE_OK(thread_start(&sleeper.thread, wait_in_thread, &sleeper));
    waiter.wait = wait_thread;
    waiter.word = sleeper.thread.handle;
    EXPECT_ERROR(interrupt(&waiter, 0), INTR);
    while (coco_futex_wake(&sleeper.word, 1) == 0) {
        (void)coco_thread_yield();
    }
    EXPECT_OK(thread_join(&sleeper.thread));
    signals_reset();
}

static int64_t wait_read(struct waiter *waiter)
{
    uint8_t byte;
    return coco_read(waiter->word, &byte, 1);
}

static int64_t wait_write(struct waiter *waiter)
{
    static const uint8_t bytes[COCO_PIPE_BUF];
    int64_t result;
    do {
        result = coco_write(waiter->word, bytes, sizeof(bytes));
    } while (result > 0);
    return result;
}

static int64_t wait_poll(struct waiter *waiter)
{
    struct coco_poll poll = {.handle = waiter->word, .wanted = COCO_EVENT_READ};
    return coco_object_poll(&poll, 1, deadline_after(60 * SECONDS));
}

TEST(signal_action, interrupts_pipes, RULE("read.EINTR"), RULE("write.EINTR"),
     RULE("object_poll.EINTR"))
{
    struct pipe_pair pipe;
    struct waiter waiter = {.wait = wait_read};
    signals_reset();
    REQUIRE(pipe_make(&pipe, 0));
    waiter.word = pipe.reader;
    EXPECT_ERROR(interrupt(&waiter, 0), INTR);
    waiter.wait = wait_poll;
    EXPECT_ERROR(interrupt(&waiter, 0), INTR);
    EXPECT_ERROR(interrupt(&waiter, COCO_SIGNAL_RESTART), INTR);
    waiter.wait = wait_write;
    waiter.word = pipe.writer;
    EXPECT_ERROR(interrupt(&waiter, 0), INTR);
    pipe_close(&pipe);
    signals_reset();
}

TEST(signal_action, interrupts_reading_the_log, RULE("log_read.EINTR"))
{
    struct waiter waiter = {.wait = wait_log};
    if (!logs_available()) {
        SKIP("no SYSTEM handle");
    }
    waiter.word = log_reader_made();
    EXPECT_ERROR(interrupt(&waiter, 0), INTR);
    EXPECT_OK(coco_close(waiter.word));
    signals_reset();
}
