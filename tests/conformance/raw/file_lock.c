// SPDX-License-Identifier: MIT
// Tests of `file_lock`. Two open files are two owners in one process; copies of the process are
// others.
#include <coconut/coconut.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "fork.h"
#include "locks.h"
#include "pipes.h"
#include "scratch.h"
#include "signals.h"

TEST(file_lock, what_agrees, RULE("file_lock.1"), RULE("file_lock.6"), RULE("file_lock.EAGAIN"))
{
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_SHARED, 0, 10));
    EXPECT_OK(locks_set(pair.other, COCO_LOCK_SHARED, 5, 10));
    EXPECT_ERROR(locks_set(pair.one, COCO_LOCK_EXCLUSIVE, 0, 6), AGAIN);
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_EXCLUSIVE, 0, 5));
    EXPECT_ERROR(locks_set(pair.other, COCO_LOCK_SHARED, 4, 1), AGAIN);
    EXPECT_ERROR(locks_set(pair.other, COCO_LOCK_EXCLUSIVE, 4, 1), AGAIN);
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_NONE, 0, 0));
    EXPECT_OK(locks_set(pair.other, COCO_LOCK_EXCLUSIVE, 0, 0));
    EXPECT_ERROR(locks_set(pair.one, COCO_LOCK_SHARED, INT64_MAX, 1), AGAIN);
    /* They bind those only who ask. */
    EXPECT_EQ(coco_file_pwrite(pair.one, "x", 1, 0), 1);
    locks_end(&pair);
}

TEST(file_lock, ranges_are_cut_and_joined, RULE("file_lock.1"))
{
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_EXCLUSIVE, 10, 30));
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_SHARED, 20, 10));
    locks_expect(pair.other, 0, COCO_LOCK_EXCLUSIVE, 10, 10);
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_NONE, 10, 10));
    locks_expect(pair.other, 0, COCO_LOCK_SHARED, 20, 10);
    locks_expect(pair.other, 30, COCO_LOCK_EXCLUSIVE, 30, 10);
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_NONE, 25, 1));
    locks_expect(pair.other, 0, COCO_LOCK_SHARED, 20, 5);
    locks_expect(pair.other, 25, COCO_LOCK_SHARED, 26, 4);
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_EXCLUSIVE, 20, 10));
    locks_expect(pair.other, 0, COCO_LOCK_EXCLUSIVE, 20, 20);
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_NONE, 0, 0));
    locks_expect(pair.other, 0, COCO_LOCK_NONE, 0, 0);
    locks_end(&pair);
}

/* --- processes
 * ---------------------------------------------------------------------------------------------- */

/* In a copy: 0 if the first byte can be had. */
static uint32_t try_in_copy(void *file)
{
    return (uint32_t)-locks_take_process(*(coco_handle_t *)file, 0);
}

TEST(file_lock, copies_and_handles, RULE("file_lock.2"))
{
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    EXPECT_EQ(fork_run(try_in_copy, &pair.one), 0); /* whose end released it */
    EXPECT_OK(locks_take_process(pair.one, 0));
    EXPECT_OK(locks_take_process(pair.other, 0)); /* one owner */
    EXPECT_EQ(fork_run(try_in_copy, &pair.one), -COCO_EAGAIN);
    int64_t copy = coco_handle_duplicate(pair.one, COCO_RIGHTS_SAME);
    REQUIRE_TRUE(copy > 0);
    EXPECT_OK(coco_close((coco_handle_t)copy));
    EXPECT_EQ(fork_run(try_in_copy, &pair.one), 0);
    EXPECT_OK(locks_take_process(pair.one, 0));
    EXPECT_OK(coco_close(pair.other));
    EXPECT_EQ(fork_run(try_in_copy, &pair.one), 0);
    pair.other = COCO_HANDLE_NONE;
    locks_end(&pair);
}

struct exec_case {
    coco_handle_t files[2];
    coco_handle_t writer;
    bool both;
    uint32_t flags; /* of the first file's handle */
};

/* Locks and becomes a program that writes into the pipe and waits. */
static uint32_t lock_and_become(void *argument)
{
    static const char words[] = "child\0answer_and_wait";
    const struct exec_case *test = argument;
    struct coco_spawn_handle handles[] = {
        {test->writer, COCO_RIGHTS_SAME, COCO_ROLE_FD + 9, 0},
        {test->files[0], COCO_RIGHTS_SAME, COCO_ROLE_FD + 3, test->flags},
        {test->files[1], COCO_RIGHTS_SAME, COCO_ROLE_FD + 4, 0},
    };
    struct coco_spawn request = {
        .size = sizeof(request),
        .path = (uintptr_t)CHILD_PROGRAM,
        .arguments = (uintptr_t)words,
        .arguments_len = sizeof(words),
        .argument_count = 2,
        .handles = (uintptr_t)handles,
        .handle_count = test->both ? 3 : 2,
    };
    if (locks_take_process(test->files[0], 0) != 0) {
        return 1;
    }
    return (uint32_t)-coco_process_exec(&request);
}

static void expect_after_exec(struct exec_case *test, int64_t expected)
{
    struct coco_exit_status status;
    struct pipe_pair pipe;
    char byte;
    REQUIRE(pipe_make(&pipe, 0));
    test->writer = pipe.writer;
    int64_t process = fork_child(lock_and_become, test);
    REQUIRE_TRUE(process >= 0);
    pipe_close_end(&pipe.writer);
    EXPECT_EQ(coco_read(pipe.reader, &byte, 1), 1);
    EXPECT_EQ(locks_take_process(test->files[0], 0), expected);
    EXPECT_OK(coco_process_kill((coco_handle_t)process, COCO_SIGNAL_KILL));
    EXPECT_TRUE(child_wait(process, &status));
    EXPECT_OK(locks_take_process(test->files[0], 0)); /* its end released it */
    struct coco_file_lock none = {.owner = COCO_LOCK_PROCESS};
    EXPECT_OK(coco_file_lock(test->files[0], &none, 0));
    pipe_close(&pipe);
}

TEST(file_lock, new_programs, RULE("file_lock.2"))
{
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    struct exec_case test = {.files = {pair.one, pair.other}, .both = true};
    expect_after_exec(&test, COCO_EAGAIN);
    test.both = false; /* the second opening is not handed on: as if it was closed */
    expect_after_exec(&test, 0);
    locks_end(&pair);
}

/* Handles to one opening, of which one is closed; and one whose descriptors were shared. */
TEST(file_lock, new_programs_with_copies, RULE("process_exec.7"))
{
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    EXPECT_OK(coco_close(pair.other));
    struct exec_case test = {.files = {pair.one}};
    expect_after_exec(&test, COCO_EAGAIN);
    test.flags = COCO_SPAWN_HANDLE_UNLOCK;
    expect_after_exec(&test, 0);
    test.flags = 0;
    int64_t copy = coco_handle_duplicate(pair.one, COCO_RIGHTS_SAME);
    REQUIRE_TRUE(copy >= 0);
    expect_after_exec(&test, 0);
    test.files[1] = (coco_handle_t)copy;
    test.both = true;
    expect_after_exec(&test, COCO_EAGAIN);
    pair.other = (coco_handle_t)copy;
    locks_end(&pair);
}

static uint32_t unlock_in_copy(void *file)
{
    return (uint32_t)-locks_set(*(coco_handle_t *)file, COCO_LOCK_NONE, 0, 0);
}

TEST(file_lock, belongs_to_the_opening, RULE("file_lock.3"))
{
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_EXCLUSIVE, 0, 1));
    EXPECT_EQ(fork_run(unlock_in_copy, &pair.one), 0);
    EXPECT_OK(locks_set(pair.other, COCO_LOCK_EXCLUSIVE, 0, 1));
    EXPECT_OK(locks_whole(pair.other, COCO_LOCK_EXCLUSIVE, 0));
    int64_t copy = coco_handle_duplicate(pair.other, COCO_RIGHTS_SAME);
    REQUIRE_TRUE(copy > 0);
    EXPECT_OK(coco_close(pair.other));
    EXPECT_ERROR(locks_set(pair.one, COCO_LOCK_EXCLUSIVE, 0, 1), AGAIN);
    EXPECT_ERROR(locks_whole(pair.one, COCO_LOCK_SHARED, 0), AGAIN);
    EXPECT_OK(coco_close((coco_handle_t)copy));
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_EXCLUSIVE, 0, 1));
    EXPECT_OK(locks_whole(pair.one, COCO_LOCK_SHARED, 0));
    pair.other = COCO_HANDLE_NONE;
    locks_end(&pair);
}

TEST(file_lock, whole_files, RULE("file_lock.4"), RULE("file_lock.5"))
{
    struct lock_pair pair;
    struct coco_file_lock part = {.length = 1, .kind = COCO_LOCK_SHARED, .owner = COCO_LOCK_WHOLE};
    REQUIRE(locks_make(&pair));
    EXPECT_ERROR(coco_file_lock(pair.one, &part, 0), INVAL);
    EXPECT_OK(locks_whole(pair.one, COCO_LOCK_EXCLUSIVE, 0));
    EXPECT_OK(locks_set(pair.other, COCO_LOCK_EXCLUSIVE, 0, 0));
    EXPECT_ERROR(locks_whole(pair.other, COCO_LOCK_SHARED, 0), AGAIN);
    EXPECT_OK(locks_whole(pair.one, COCO_LOCK_SHARED, 0));
    EXPECT_OK(locks_whole(pair.other, COCO_LOCK_SHARED, 0));
    locks_end(&pair);
    int64_t dir = coco_file_open("/raw", COCO_FILE_READ, 0);
    REQUIRE_TRUE(dir > 0);
    EXPECT_OK(locks_whole((coco_handle_t)dir, COCO_LOCK_EXCLUSIVE, 0));
    EXPECT_ERROR(locks_set((coco_handle_t)dir, COCO_LOCK_SHARED, 0, 1), NOTSUPP);
    EXPECT_OK(coco_close((coco_handle_t)dir));
}

TEST(file_lock, rights, RULE("file_lock.5"), RULE("file_lock.EWRONLY"), RULE("file_lock.ERDONLY"),
     RULE("file_lock.ENOTSUPP"))
{
    EXPECT_OK(scratch_file("/raw/rights", "abc", 3));
    int64_t reads = coco_file_open("/raw/rights", COCO_FILE_READ, 0);
    int64_t writes = coco_file_open("/raw/rights", COCO_FILE_WRITE, 0);
    REQUIRE_TRUE(reads > 0 && writes > 0);
    EXPECT_OK(locks_set((coco_handle_t)reads, COCO_LOCK_SHARED, 0, 1));
    EXPECT_ERROR(locks_set((coco_handle_t)reads, COCO_LOCK_EXCLUSIVE, 0, 1), RDONLY);
    EXPECT_ERROR(locks_set((coco_handle_t)writes, COCO_LOCK_SHARED, 5, 1), WRONLY);
    EXPECT_OK(locks_set((coco_handle_t)writes, COCO_LOCK_EXCLUSIVE, 5, 1));
    EXPECT_OK(locks_whole((coco_handle_t)reads, COCO_LOCK_EXCLUSIVE, 0));
    EXPECT_OK(locks_set((coco_handle_t)reads, COCO_LOCK_NONE, 0, 0));
    EXPECT_OK(coco_close((coco_handle_t)reads));
    EXPECT_OK(coco_close((coco_handle_t)writes));
    EXPECT_OK(coco_unlink("/raw/rights"));
}

TEST(file_lock, arguments, RULE("file_lock.7"), RULE("file_lock.EINVAL"))
{
    static const struct coco_file_lock wrong[] = {
        {.start = 1ull << 63, .length = 1}, {.start = 1, .length = 1ull << 63},
        {.start = 2, .length = UINT64_MAX}, {.kind = COCO_LOCK_EXCLUSIVE + 1},
        {.owner = COCO_LOCK_WHOLE + 1},     {.process = 1},
    };
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        EXPECT_ERROR(coco_file_lock(pair.one, &wrong[i], 0), INVAL);
    }
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_SHARED, 0, 1ull << 63));
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_SHARED, INT64_MAX, 1));
    locks_end(&pair);
}

TEST(file_lock, limit, RULE("file_lock.8"), RULE("file_lock.ENOLCK"))
{
    struct lock_pair pair;
    REQUIRE(locks_make(&pair));
    for (uint64_t i = 0; i < COCO_LOCK_MAX; i++) {
        EXPECT_OK(locks_set(pair.one, COCO_LOCK_SHARED, 2 * i, 1));
    }
    EXPECT_ERROR(locks_set(pair.one, COCO_LOCK_SHARED, 2ull * COCO_LOCK_MAX, 1), NOLCK);
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_SHARED, 1, 1)); /* joins two */
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_SHARED, 2ull * COCO_LOCK_MAX, 1));
    EXPECT_ERROR(locks_set(pair.one, COCO_LOCK_NONE, 1, 1), NOLCK); /* one more than there are */
    EXPECT_OK(locks_set(pair.one, COCO_LOCK_NONE, 0, 0));
    locks_end(&pair);
}
