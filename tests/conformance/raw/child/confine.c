// SPDX-License-Identifier: MIT
// Behaviours that confine themselves. The exit code is the number of the check that failed.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/thread.h>
#include <stdbool.h>

#define BIT(number) (1ull << ((number) & 63u))

/* What each of them needs to go on, and `process_id`. */
static const struct coco_call_set few[] = {
    {COCO_CLASS_PROCESS, 0,
     BIT(COCO_SYS_PROCESS_ID) | BIT(COCO_SYS_PROCESS_EXIT) | BIT(COCO_SYS_PROCESS_WAIT) |
         BIT(COCO_SYS_PROCESS_SPAWN) | BIT(COCO_SYS_PROCESS_SPAWN_CONFINED) |
         BIT(COCO_SYS_PROCESS_CONFINE)},
    {COCO_CLASS_THREAD, 0, UINT64_MAX},
    {0, 0, UINT64_MAX},
};
static const struct coco_call_set queries = {COCO_CLASS_SYSTEM, 0, BIT(COCO_SYS_QUERY)};

static int code_of(int64_t process)
{
    struct coco_exit_status status = {.code = 99};
    if (process < 0) {
        return 98;
    }
    (void)coco_process_wait((coco_handle_t)process, COCO_FOREVER, &status);
    (void)coco_close((coco_handle_t)process);
    return status.reason == COCO_EXIT_CODE ? (int)status.code : 97;
}

static int start(const struct coco_spawn *spawn, const struct coco_call_set *calls, uint32_t count)
{
    const struct coco_policy policy = {.size = sizeof(policy),
                                       .call_count = count,
                                       .calls = (uintptr_t)calls,
                                       .memory = COCO_LIMIT_NONE,
                                       .tasks = COCO_LIMIT_NONE,
                                       .handles = 32};
    return code_of(coco_process_spawn_confined(spawn, &policy));
}
#define START(name, calls, count) start(&(const struct coco_spawn)AGAIN("x\0" name), calls, count)

/* Exit codes of those that are started: 1 they can ask, 2 they cannot. */
BEHAVIOUR(confine_asks)
{
    return coco_query(COCO_QUERY_ABI_LEVEL) == COCO_EDENIED ? 2 : 1;
}

BEHAVIOUR(confine_gives_up)
{
    const struct coco_spawn spawn = AGAIN("x\0confine_asks");
    NEED(1, coco_query(COCO_QUERY_ABI_LEVEL) > 0);
    NEED(2, coco_process_confine(few, 3, NULL, 0) == 0);
    NEED(3, coco_query(COCO_QUERY_ABI_LEVEL) == COCO_EDENIED && coco_process_id() > 0);
    NEED(4, coco_process_parent_id() == COCO_EDENIED);
    NEED(5, code_of(coco_process_spawn(&spawn)) == 2);
    struct coco_call_set all[4] = {few[0], few[1], few[2], queries};
    NEED(6, coco_process_confine(all, 4, all, 4) == 0); // does not give it back
    NEED(7, coco_query(COCO_QUERY_ABI_LEVEL) == COCO_EDENIED);
    NEED(8, START("confine_asks", all, 4) == 2);
    return 0;
}

BEHAVIOUR(confine_hands_on)
{
    struct coco_call_set all[4] = {few[0], few[1], few[2], queries};
    const struct coco_spawn spawn = AGAIN("x\0confine_asks");
    NEED(1, coco_process_confine(few, 3, &queries, 1) == 0);
    NEED(2, coco_query(COCO_QUERY_ABI_LEVEL) == COCO_EDENIED);
    NEED(3, START("confine_asks", all, 4) == 1);
    NEED(4, START("confine_asks", few, 3) == 2);
    NEED(5, code_of(coco_process_spawn(&spawn)) == 2);
    NEED(6, coco_process_confine(few, 3, NULL, 0) == 0);
    NEED(7, START("confine_asks", all, 4) == 2);
    return 0;
}

/* Started under a policy with 32 handles that does not allow queries. */
BEHAVIOUR(confine_stays)
{
    struct coco_call_set all[4] = {few[0], few[1], few[2], queries};
    const struct coco_spawn spawn = AGAIN("x\0confine_asks");
    int64_t handle;
    int64_t last = 0;
    int count = 0;
    NEED(1, coco_process_confine(all, 4, all, 4) == 0);
    NEED(2, coco_query(COCO_QUERY_ABI_LEVEL) == COCO_EDENIED);
    NEED(3, START("confine_asks", all, 4) == 2);
    while ((handle = coco_process_spawn(&spawn)) >= 0) {
        last = handle;
        count++;
    }
    NEED(4, handle == COCO_EMFILE && last == 31 && count == 31);
    return 0;
}

BEHAVIOUR(confine_in_policy)
{
    return START("confine_stays", few, 3);
}

static uint32_t go;

static void wait_to_go(void *unused)
{
    (void)unused;
    while (__atomic_load_n(&go, __ATOMIC_ACQUIRE) == 0) {
        (void)coco_futex_wait(&go, 0, COCO_FOREVER);
    }
}

BEHAVIOUR(confine_with_threads)
{
    static struct thread thread;
    NEED(1, thread_start(&thread, wait_to_go, NULL) == 0);
    NEED(2, coco_process_confine(few, 3, NULL, 0) == COCO_EBUSY);
    NEED(3, coco_query(COCO_QUERY_ABI_LEVEL) > 0);
    __atomic_store_n(&go, 1, __ATOMIC_RELEASE);
    (void)coco_futex_wake(&go, 1);
    NEED(4, thread_join(&thread) == 0);
    NEED(5, coco_process_confine(few, 3, NULL, 0) == 0);
    return 0;
}
