// SPDX-License-Identifier: MIT
// Tests of `process_limit`, and of what COCO_LIMIT_TASKS does to the calls that make processes.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "memory.h"
#include "scratch.h"
#include "signals.h"

#define NESTED 20u

static int64_t get(uint32_t item, struct coco_limit *limit)
{
    return coco_process_limit(item, NULL, limit);
}

static int64_t set(uint32_t item, uint64_t current, uint64_t maximum)
{
    const struct coco_limit limit = {current, maximum};
    return coco_process_limit(item, &limit, NULL);
}

static uint32_t change(void *argument)
{
    uint32_t item = *(uint32_t *)argument;
    struct coco_limit first;
    struct coco_limit now;

    if (get(item, &first) != 0 || first.current > first.maximum) {
        return 1;
    }
    if (set(item, 100, 200) != 0 || get(item, &now) != 0 || now.current != 100 ||
        now.maximum != 200) {
        return 2;
    }
    struct coco_limit wanted = {200, 200};
    if (coco_process_limit(item, &wanted, &now) != 0 || now.current != 100) {
        return 3;
    }
    wanted = (struct coco_limit){50, 201};
    if (coco_process_limit(item, &wanted, &now) != COCO_EPERM || now.current != 200) {
        return 4; /* what was is told all the same */
    }
    if (set(item, 151, 150) != COCO_EINVAL || get(item, &now) != 0 || now.maximum != 200) {
        return 5;
    }
    return 0;
}

TEST(process_limit, changes, RULE("process_limit.1"), RULE("process_limit.2"),
     RULE("process_limit.7"), RULE("process_limit.EPERM"), RULE("process_limit.EINVAL"))
{
    for (uint32_t item = 0; item < COCO_LIMIT_COUNT; item++) {
        EXPECT_EQ(fork_run(change, &item), 0);
    }
}

static uint32_t look_at_descriptors(void *unused)
{
    struct coco_limit now;
    (void)unused;
    return get(COCO_LIMIT_DESCRIPTORS, &now) == 0 && now.current == 77 && now.maximum == 88 ? 0 : 1;
}

static uint32_t hand_on(void *unused)
{
    (void)unused;
    return set(COCO_LIMIT_DESCRIPTORS, 77, 88) == 0 ? fork_run(look_at_descriptors, NULL) : 2;
}

TEST(process_limit, copies_get_them, RULE("process_limit.3"))
{
    EXPECT_EQ(fork_run(hand_on, NULL), 0);
}

static uint32_t limit_memory(void *unused)
{
    (void)unused;
    uint64_t most = 64 * 1024 * 1024;
    if (set(COCO_LIMIT_MEMORY, most, most) != 0 ||
        coco_query(COCO_QUERY_MEM_LIMIT) != (int64_t)most) {
        return 1;
    }
    if (memory_map(COCO_HANDLE_NONE, 0, 0, most, READ_WRITE | ANONYMOUS) != COCO_ENOMEM) {
        return 2;
    }
    return memory_map(COCO_HANDLE_NONE, 0, 0, most / 2, READ_WRITE | ANONYMOUS) > 0 ? 0 : 3;
}

TEST(process_limit, memory, RULE("process_limit.4"))
{
    EXPECT_EQ(fork_run(limit_memory, NULL), 0);
}

/* Memory to be shared is promised whatever access there is, private memory once there is one. */
static uint32_t limit_shared_memory(void *unused)
{
    (void)unused;
    const uint64_t most = 64 * 1024 * 1024;
    const uint64_t half = most / 2;
    if (set(COCO_LIMIT_MEMORY, most, most) != 0 ||
        memory_map(COCO_HANDLE_NONE, 0, 0, most, ANONYMOUS) < 0) {
        return 1;
    }
    if (memory_map(COCO_HANDLE_NONE, 0, 0, most, COCO_MMAP_ANONYMOUS) != COCO_ENOMEM) {
        return 2;
    }
    int64_t shared = memory_map(COCO_HANDLE_NONE, 0, 0, half, COCO_MMAP_ANONYMOUS);
    if (shared < 0 ||
        memory_map(COCO_HANDLE_NONE, 0, 0, half, COCO_MMAP_ANONYMOUS) != COCO_ENOMEM) {
        return 3;
    }
    /* It counts once, and until it is gone. */
    if (memory_protect((const void *)shared, half, READ_WRITE) != 0 ||
        memory_protect((const void *)shared, half, 0) != 0 ||
        coco_mresize((const void *)shared, most) != COCO_ENOMEM ||
        memory_map(COCO_HANDLE_NONE, 0, 0, half, READ_WRITE | ANONYMOUS) != COCO_ENOMEM) {
        return 4;
    }
    if (memory_unmap((const void *)shared, half) != 0) {
        return 5;
    }
    return memory_map(COCO_HANDLE_NONE, 0, 0, half, READ_WRITE | ANONYMOUS) > 0 ? 0 : 6;
}

TEST(process_limit, shared_memory, RULE("process_limit.4"), RULE("mmap.16"))
{
    EXPECT_EQ(fork_run(limit_shared_memory, NULL), 0);
}

static uint32_t end_at_once(void *unused)
{
    (void)unused;
    return 3;
}

static uint32_t limit_tasks(void *unused)
{
    (void)unused;
    if (set(COCO_LIMIT_TASKS, 2, 4) != 0) {
        return 1;
    }
    int64_t one = fork_child(end_at_once, NULL);
    struct coco_exit_status status;
    if (one < 0 || coco_process_wait((coco_handle_t)one, COCO_FOREVER, &status) != 0) {
        return 2;
    }
    /* It has ended, but a handle names it. */
    if (fork_child(end_at_once, NULL) != COCO_EAGAIN) {
        return 3;
    }
    if (child_spawn(&(struct child){.arguments = {"exit", "1"}}) != COCO_EAGAIN) {
        return 4;
    }
    if (set(COCO_LIMIT_TASKS, 3, 4) != 0) { /* up to the maximum */
        return 5;
    }
    int64_t two = fork_child(end_at_once, NULL);
    if (two < 0 || coco_process_wait((coco_handle_t)two, COCO_FOREVER, &status) != 0) {
        return 6;
    }
    (void)coco_close((coco_handle_t)one);
    (void)coco_close((coco_handle_t)two);
    return fork_run(end_at_once, NULL) == 3 ? 0 : 7;
}

TEST(process_limit, tasks, RULE("process_limit.5"), RULE("process_fork.8"),
     RULE("process_fork.EAGAIN"), RULE("process_spawn.11"), RULE("process_spawn.EAGAIN"))
{
    EXPECT_EQ(fork_run(limit_tasks, NULL), 0);
    EXPECT_EQ(fork_run(end_at_once, NULL), 3); /* this process is not limited */
}

/* The stack of a program that is started: its child tells how much is left of it. */
static uint32_t limit_stack(void *unused)
{
    (void)unused;
    struct coco_exit_status status;
    if (set(COCO_LIMIT_STACK, 64 * 1024, 1 << 20) != 0) {
        return 1;
    }
    int64_t process = child_spawn(&(struct child){.arguments = {"use_stack", "48"}});
    if (process < 0 || !child_wait(process, &status) || status.reason != COCO_EXIT_CODE ||
        status.code != 0) {
        return 2;
    }
    process = child_spawn(&(struct child){.arguments = {"use_stack", "80"}});
    if (process < 0 || !child_wait(process, &status) || status.reason != COCO_EXIT_EXCEPTION) {
        return 3;
    }
    return 0;
}

TEST(process_limit, stack, RULE("process_limit.6"))
{
    EXPECT_EQ(fork_run(limit_stack, NULL), 0);
}

/* In a copy, whose processor time begins at 0. */
static uint32_t catch_time_limit(void *unused)
{
    (void)unused;
    signals_reset();
    if (signals_catch(COCO_SIGNAL_CPU, 0, 0) != 0 || set(COCO_LIMIT_CPU, 0, 60) != 0) {
        return 1;
    }
    while (__atomic_load_n(&signals_caught.count, __ATOMIC_ACQUIRE) < 2) {
        /* The maximum ends it otherwise. */
    }
    /* The first comes at once, the second after a second. */
    return coco_clock_get(COCO_CLOCK_PROCESS) >= (int64_t)SECONDS ? 0 : 2;
}

static uint32_t exceed_time(void *argument)
{
    const struct coco_limit *limit = argument;
    if (limit->current == 0 && limit->maximum == 1 && signals_set(COCO_SIGNAL_CPU, 1) != 0) {
        return 1;
    }
    if (set(COCO_LIMIT_CPU, limit->current, limit->maximum) != 0) {
        return 2;
    }
    while (coco_clock_get(COCO_CLOCK_PROCESS) < (int64_t)(10 * SECONDS)) {
    }
    return 3;
}

static void expect_end_by(struct coco_limit limit, uint32_t signal)
{
    struct coco_exit_status status;
    int64_t process = fork_child(exceed_time, &limit);
    REQUIRE_TRUE(process >= 0);
    REQUIRE(child_wait(process, &status));
    EXPECT_EQ(status.reason, COCO_EXIT_KILLED);
    EXPECT_EQ(status.code, signal);
}

TEST(process_limit, processor_time, RULE("process_limit.11"))
{
    EXPECT_EQ(fork_run(catch_time_limit, NULL), 0);
    expect_end_by((struct coco_limit){0, COCO_LIMIT_NONE}, COCO_SIGNAL_CPU);
    expect_end_by((struct coco_limit){0, 1}, COCO_SIGNAL_KILL); /* it ignores the other */
}

TEST(process_limit, arguments, RULE("process_limit.8"), RULE("process_limit.EFAULT"))
{
    struct coco_limit before;
    struct coco_limit after;
    EXPECT_OK(get(COCO_LIMIT_DESCRIPTORS, &before));
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_LIMIT, COCO_LIMIT_COUNT, 0, 0), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_LIMIT, UINT32_MAX, 0, 0), INVAL);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_LIMIT, COCO_LIMIT_TASKS, 0x8000, 0), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_LIMIT, COCO_LIMIT_TASKS, 0, 0x8000), FAULT);
    EXPECT_ERROR(RAW(COCO_SYS_PROCESS_LIMIT, COCO_LIMIT_TASKS, KERNEL_ADDRESS, 0), INVAL);
    EXPECT_OK(RAW(COCO_SYS_PROCESS_LIMIT, COCO_LIMIT_TASKS, 0, 0));
    EXPECT_OK(get(COCO_LIMIT_DESCRIPTORS, &after));
    EXPECT_EQ(before.current, after.current);
}

/* Each copy limits itself and makes the next; the result is the depth that was reached. */
static uint32_t nest(void *argument)
{
    uint32_t depth = *(uint32_t *)argument + 1;
    int64_t result = set(COCO_LIMIT_TASKS, 100, 100);

    if (result != 0 || depth == NESTED) {
        return result == COCO_EAGAIN ? depth : 100;
    }
    *(uint32_t *)argument = depth;
    int64_t process = fork_child(nest, argument);
    struct coco_exit_status status;
    return process >= 0 && child_wait(process, &status) && status.reason == COCO_EXIT_CODE
               ? status.code
               : 101;
}

TEST(process_limit, nesting, RULE("process_limit.9"), RULE("process_limit.EAGAIN"))
{
    uint32_t depth = 0;
    uint32_t reached = fork_run(nest, &depth);
    EXPECT_TRUE(reached > 12 && reached <= 16);
}

static uint32_t limit_file_size(void *argument)
{
    coco_handle_t file = *(coco_handle_t *)argument;
    (void)signals_catch(COCO_SIGNAL_FILE_SIZE, 0, 0);
    if (set(COCO_LIMIT_FILE_SIZE, 10, 20) != 0) {
        return 1;
    }
    if (coco_write(file, "012345678901", 12) != 10 || signals_caught.count != 0) {
        return 2; /* no further than the limit */
    }
    if (coco_write(file, "x", 1) != COCO_EFBIG || signals_caught.count != 1) {
        return 3;
    }
    if (coco_file_pwrite(file, "y", 1, 10) != COCO_EFBIG || signals_caught.count != 2 ||
        coco_file_pwrite(file, "yz", 2, 9) != 1) {
        return 4;
    }
    if (coco_file_resize(file, 11) != COCO_EFBIG || coco_file_allocate(file, 5, 6) != COCO_EFBIG ||
        signals_caught.count != 4) {
        return 5;
    }
    if (coco_file_resize(file, 5) != 0 || coco_file_resize(file, 10) != 0 ||
        coco_write(file, "", 0) != 0) {
        return 6;
    }
    return signals_caught.count == 4 ? 0 : 7;
}

TEST(process_limit, sizes_of_files, RULE("process_limit.10"))
{
    int64_t file = scratch_create("/raw/data", NULL, 0);
    REQUIRE_TRUE(file > 0);
    coco_handle_t handle = (coco_handle_t)file;
    EXPECT_EQ(fork_run(limit_file_size, &handle), 0);
    EXPECT_EQ(scratch_size(handle), 10);
    EXPECT_OK(coco_close(handle));
    EXPECT_OK(coco_unlink("/raw/data"));
}
