// SPDX-License-Identifier: MIT
// Behaviours of children that are under a policy. The exit code is the number of the check that
// failed, 0 if all is as it should be. `process_id` and the class of processes are allowed to them,
// `query` and channels are not.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/string.h>
#include <harness/thread.h>

#define PRIVATE_ANYTHING ((0x80000005ull << 32) | 63u)
#define PUBLIC_ANYTHING 63u

/* The same within a batch of calls. */
static int look_in_batch(void)
{
    const struct coco_batch_call calls[] = {{.number = COCO_SYS_PROCESS_ID},
                                            {.number = COCO_SYS_QUERY},
                                            {.number = COCO_SYS_CHANNEL_CREATE}};
    struct coco_batch_result results[3];
    NEED(40, coco_batch(calls, 3, results, 0) == 3);
    NEED(41, results[0].result > 0);
    NEED(42, results[1].result == COCO_EDENIED && results[2].result == COCO_EDENIED);
    return 0;
}

/* What the policy leaves, and what not; the same however often it is tried. */
static int look_confined(void)
{
    for (int i = 0; i < 3; i++) {
        NEED(1, coco_process_id() > 0);
        NEED(2, coco_query(COCO_QUERY_ABI_LEVEL) == COCO_EDENIED);
        NEED(3, coco_query(UINT32_MAX) == COCO_EDENIED); // before any other refusal
        NEED(4, coco_channel_create() == COCO_EDENIED);
        NEED(5, coco_channel_call(77, NULL, 0, NULL, 0) == COCO_EDENIED);
        NEED(6, RAW(PRIVATE_ANYTHING) == COCO_ENOSYS);
        NEED(7, RAW(PUBLIC_ANYTHING) == COCO_EINVAL);
        NEED(8, RAW(UINT64_MAX) == COCO_ENOSYS);
        NEED(9, look_in_batch() == 0);
    }
    return 0;
}

BEHAVIOUR(confined)
{
    return look_confined();
}

static const char look_again[] = "child\0confined";

static const struct coco_spawn again = AGAIN(look_again);

static int end_of(int64_t process)
{
    struct coco_exit_status status;
    NEED(20, process >= 0);
    NEED(21, coco_process_wait((coco_handle_t)process, COCO_FOREVER, &status) == 0);
    NEED(22, status.reason == COCO_EXIT_CODE);
    return (int)status.code;
}

/* A copy, a started program, one with a policy that would allow all, and a new program. */
static void look_in_copy(void *unused)
{
    (void)unused;
    coco_process_exit((uint32_t)look_confined());
}

static uint8_t copy_stack[8192] __attribute__((aligned(16)));

BEHAVIOUR(confined_heirs)
{
    static const struct coco_call_set all[] = {{0x80000000, 0, UINT64_MAX},
                                               {0x80000001, 0, UINT64_MAX},
                                               {0x80000005, 0, UINT64_MAX},
                                               {0, 0, UINT64_MAX}};
    const struct coco_policy wide = {.size = sizeof(wide),
                                     .call_count = 4,
                                     .calls = (uintptr_t)all,
                                     .memory = COCO_LIMIT_NONE,
                                     .tasks = COCO_LIMIT_NONE,
                                     .handles = COCO_HANDLE_MAX};
    const uint64_t top = (uint64_t)(uintptr_t)(copy_stack + sizeof(copy_stack)) - 8;
    NEED(30, end_of(coco_process_fork((void *)look_in_copy, (void *)top, 0, NULL, 0)) == 0);
    NEED(31, end_of(coco_process_spawn(&again)) == 0);
    NEED(32, end_of(coco_process_spawn_confined(&again, &wide)) == 0);
    NEED(33, coco_process_exec(&again) == 0); // not reached
    return 34;
}

static void do_nothing(void *unused)
{
    (void)unused;
}

/* Its policy allows one thread and 32 MiB. */
BEHAVIOUR(confined_budget)
{
    static struct thread thread;
    struct coco_limit limit;
    NEED(1, thread_start(&thread, do_nothing, NULL) == COCO_EAGAIN);
    NEED(2, coco_process_spawn(&again) == COCO_EAGAIN);
    NEED(3, coco_process_limit(COCO_LIMIT_TASKS, NULL, &limit) == 0 && limit.maximum == 1);
    NEED(4, coco_process_limit(COCO_LIMIT_MEMORY, NULL, &limit) == 0);
    NEED(5, limit.current == 32 << 20 && limit.maximum == 32 << 20);
    NEED(6, RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, 33 << 20,
                COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS | COCO_MMAP_PRIVATE) ==
                COCO_ENOMEM);
    limit = (struct coco_limit){1 << 30, 1 << 30};
    NEED(7, coco_process_limit(COCO_LIMIT_MEMORY, &limit, NULL) == COCO_EPERM);
    return 0;
}

/* Numbers of handles end at 8. */
BEHAVIOUR(confined_handles)
{
    int64_t got = 0;
    uint32_t count = 1; // the log
    NEED(1, coco_query(COCO_QUERY_HANDLE_LIMIT) == 8);
    while ((got = coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHTS_SAME)) >= 0) {
        NEED(2, got < 8);
        count++;
    }
    NEED(3, got == COCO_EMFILE && count == 8);
    NEED(4, coco_close(7) == 0 && coco_handle_duplicate(0, COCO_RIGHTS_SAME) == 7);
    NEED(5, coco_file_open("/raw/child", COCO_FILE_READ, 0) == COCO_EMFILE);
    return 0;
}

/* Its "/" is a directory that holds the file `inside`. */
BEHAVIOUR(confined_root)
{
    NEED(1, coco_file_open("/raw/child", COCO_FILE_READ, 0) == COCO_ENOTFOUND);
    NEED(2, coco_file_open("/../raw/child", COCO_FILE_READ, 0) == COCO_ENOTFOUND);
    NEED(3, coco_file_open("/inside", COCO_FILE_READ, 0) >= 0);
    NEED(4, coco_exec("/raw/minimal", "/", 0) == COCO_ENOTFOUND);
    NEED(5, coco_process_spawn(&again) == COCO_ENOTFOUND);
    NEED(6, coco_open("/dev/null", COCO_OPEN_READ, 0) == COCO_ENOTFOUND);
    return 0;
}
