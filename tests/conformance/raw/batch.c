// SPDX-License-Identifier: MIT
// Tests of `batch`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "memory.h"
#include "signals.h"

#define MARK 0xfedcba9876543210ull

static struct coco_batch_call calls[COCO_BATCH_MAX + 1];
static struct coco_batch_result results[COCO_BATCH_MAX + 1];

static void prepare(void)
{
    memset(calls, 0, sizeof(calls));
    memset(results, 0xee, sizeof(results));
    for (uint32_t i = 0; i <= COCO_BATCH_MAX; i++) {
        calls[i].number = COCO_SYS_THREAD_ID;
        calls[i].user_data = MARK + i;
    }
}

TEST(batch, in_order, RULE("batch.1"), RULE("batch.5"))
{
    static const uint32_t counts[] = {0, 1, 2, 16, 17, COCO_BATCH_MAX};
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        prepare();
        EXPECT_EQ(coco_batch(calls, counts[i], results, 0), counts[i]);
        for (uint32_t k = 0; k < counts[i]; k++) {
            EXPECT_EQ(results[k].result, coco_thread_id());
            EXPECT_EQ(results[k].user_data, MARK + k);
        }
        EXPECT_EQ(results[counts[i]].user_data, 0xeeeeeeeeeeeeeeeeull);
    }
}

/* Later calls find what earlier ones did, but not in their records: a file is made, written, read.
 */
TEST(batch, one_after_the_other, RULE("batch.1"), RULE("batch.5"))
{
    static const char path[] = "/raw/batched";
    static char back[6];
    coco_handle_t file = (coco_handle_t)coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHTS_SAME);
    EXPECT_OK(coco_close(file)); /* the number of the next handle */
    prepare();
    calls[0].number = COCO_SYS_OPEN;
    calls[0].arguments[0] = (uintptr_t)path;
    calls[0].arguments[1] = COCO_OPEN_READ | COCO_OPEN_WRITE;
    calls[0].arguments[2] = COCO_OPEN_CREATE;
    calls[1].number = COCO_SYS_WRITE;
    calls[2].number = COCO_SYS_SEEK;
    calls[3].number = COCO_SYS_READ;
    calls[1].arguments[0] = calls[2].arguments[0] = calls[3].arguments[0] = file;
    calls[1].arguments[1] = (uintptr_t)"batch!";
    calls[3].arguments[1] = (uintptr_t)back;
    calls[1].arguments[2] = calls[3].arguments[2] = 6;
    calls[4].number = COCO_SYS_CLOSE;
    calls[4].arguments[0] = file;
    calls[5].number = COCO_SYS_UNLINK;
    calls[5].arguments[0] = (uintptr_t)path;
    EXPECT_EQ(coco_batch(calls, 6, results, COCO_BATCH_STOP), 6);
    EXPECT_EQ(results[0].result, file);
    EXPECT_EQ(results[1].result, 6);
    EXPECT_EQ(results[2].result, 0);
    EXPECT_EQ(results[3].result, 6);
    EXPECT_OK(results[4].result);
    EXPECT_OK(results[5].result);
    EXPECT_BYTES(back, "batch!", 6);
}

TEST(batch, stop_on_error, RULE("batch.2"), RULE("batch.1"))
{
    prepare();
    calls[1].number = COCO_SYS_QUERY;
    calls[1].arguments[0] = 0xffff;
    EXPECT_EQ(coco_batch(calls, 3, results, COCO_BATCH_STOP), 2);
    EXPECT_ERROR(results[1].result, NOTFOUND);
    EXPECT_EQ(results[1].user_data, MARK + 1);
    EXPECT_EQ(results[2].result, 0);
    EXPECT_EQ(results[2].user_data, 0);
    EXPECT_EQ(coco_batch(calls, 3, results, 0), 3);
    EXPECT_ERROR(results[1].result, NOTFOUND);
    EXPECT_EQ(results[2].user_data, MARK + 2);
}

/* A signal waits when the batch begins: the call that would sleep is interrupted, none follows. */
TEST(batch, interrupted, RULE("batch.2"))
{
    prepare();
    REQUIRE_OK(signals_catch(SIGNAL_ONE, 0, 0));
    (void)coco_signal_mask(COCO_SIGNAL_BLOCK, SIGNAL_BIT(SIGNAL_ONE));
    EXPECT_OK(signals_raise(SIGNAL_ONE));
    calls[0].number = COCO_SYS_SIGNAL_SUSPEND;
    calls[0].arguments[0] = 0;
    EXPECT_EQ(coco_batch(calls, 2, results, 0), 1);
    EXPECT_ERROR(results[0].result, INTR);
    EXPECT_EQ(results[1].user_data, 0);
    EXPECT_EQ(signals_caught.count, 1);
    signals_reset();
}

TEST(batch, calls_that_are_refused, RULE("batch.3"))
{
    static const uint64_t numbers[] = {COCO_SYS_BATCH,        COCO_SYS_EXIT,
                                       COCO_SYS_THREAD_EXIT,  COCO_SYS_PROCESS_EXIT,
                                       COCO_SYS_PROCESS_EXEC, COCO_SYS_SIGNAL_RETURN};
    const uint32_t count = sizeof(numbers) / sizeof(numbers[0]);
    prepare();
    for (uint32_t i = 0; i < count; i++) {
        calls[i].number = numbers[i];
    }
    calls[count].reserved = 1;
    calls[count + 1].number = COCO_SYS_THREAD_ID + 0x100000;
    calls[count + 2].number = UINT64_MAX;
    EXPECT_EQ(coco_batch(calls, count + 3, results, 0), count + 3);
    for (uint32_t i = 0; i < count; i++) {
        EXPECT_ERROR(results[i].result, NOTSUPP);
        EXPECT_EQ(results[i].user_data, MARK + i);
    }
    EXPECT_ERROR(results[count].result, INVAL);
    EXPECT_ERROR(results[count + 1].result, NOSYS);
    EXPECT_ERROR(results[count + 2].result, NOSYS);
}

TEST(batch, too_many, RULE("batch.4"), RULE("batch.EINVAL"))
{
    prepare();
    EXPECT_ERROR(coco_batch(calls, COCO_BATCH_MAX + 1, results, 0), INVAL);
    EXPECT_EQ(results[0].user_data, 0xeeeeeeeeeeeeeeeeull);
}

/* The result of the first call would be a file. */
TEST(batch, results_that_cannot_be_written, RULE("batch.6"), RULE("batch.EFAULT"))
{
    static const char path[] = "/raw/batched";
    uint8_t *edge = memory_edge(1);
    REQUIRE_TRUE(edge != NULL);
    prepare();
    calls[0].number = COCO_SYS_MKDIR;
    calls[0].arguments[0] = (uintptr_t)path;
    EXPECT_ERROR(coco_batch(calls, 2, edge - sizeof(results[0]), 0), FAULT);
    EXPECT_ERROR(coco_batch(calls, 2, (void *)OUTSIDE_ADDRESS, 0), INVAL);
    EXPECT_ERROR(coco_rmdir(path), NOTFOUND);
    EXPECT_EQ(coco_batch(calls, 1, edge - sizeof(results[0]), 0), 1);
    EXPECT_OK(coco_rmdir(path));
    memory_edge_free(edge, 1);
}
