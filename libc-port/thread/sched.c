// SPDX-License-Identifier: MIT
// Scheduling of processes, and a hint of threads.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/ret.h"
#include "../private/schedule.h"

int sched_yield(void)
{
    (void)coco_thread_yield(); // always succeeds
    return 0;
}

void pthread_yield(void)
{
    (void)sched_yield();
}

static int fail(int error)
{
    errno = error;
    return -1;
}

int sched_get_priority_max(int policy)
{
    if (policy == SCHED_FIFO || policy == SCHED_RR) {
        return COCO_SCHEDULE_PRIORITY_MAX;
    }
    return policy == SCHED_OTHER ? 0 : fail(EINVAL);
}

int sched_get_priority_min(int policy)
{
    if (policy == SCHED_FIFO || policy == SCHED_RR) {
        return 1;
    }
    return policy == SCHED_OTHER ? 0 : fail(EINVAL);
}

// Of a process, its first thread tells.
static int get(pid_t pid, struct coco_schedule *schedule)
{
    if (pid < 0) {
        return fail(EINVAL);
    }
    return (int)__coco_ret(coco_schedule_get((uint64_t)pid, COCO_SCHEDULE_ALL, schedule));
}

// Set all threads of a process. Returns 0, or -1 with errno.
static int set(pid_t pid, int policy, int priority)
{
    struct coco_schedule schedule;
    int error = __coco_schedule(policy, priority, &schedule);
    if (error) {
        return fail(error);
    }
    return (int)__coco_ret(
        coco_schedule_set((uint64_t)pid, COCO_SCHEDULE_ALL, COCO_SCHEDULE_SET_POLICY, &schedule));
}

int sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
    struct coco_schedule schedule;
    if (!interval) {
        errno = EINVAL;
        return -1;
    }
    if (get(pid, &schedule) < 0) {
        return -1;
    }
    *interval = (struct timespec){.tv_nsec = (long)schedule.turn}; // below a second
    return 0;
}

int sched_getscheduler(pid_t pid)
{
    struct coco_schedule schedule;
    return get(pid, &schedule) < 0 ? -1 : __coco_schedule_policy(&schedule);
}

int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
    struct coco_schedule before;
    if (get(pid, &before) < 0 || set(pid, policy, param->sched_priority) < 0) {
        return -1;
    }
    return __coco_schedule_policy(&before);
}

int sched_getparam(pid_t pid, struct sched_param *param)
{
    struct coco_schedule schedule;
    if (!param) {
        errno = EINVAL;
        return -1;
    }
    if (get(pid, &schedule) < 0) {
        return -1;
    }
    *param = (struct sched_param){.sched_priority = (int)schedule.priority};
    return 0;
}

int sched_setparam(pid_t pid, const struct sched_param *param)
{
    struct coco_schedule schedule;
    if (get(pid, &schedule) < 0) {
        return -1;
    }
    return set(pid, __coco_schedule_policy(&schedule), param->sched_priority);
}

static int concurrency; // a hint that nothing needs: every thread is a kernel thread

int pthread_setconcurrency(int level)
{
    if (level < 0) {
        return EINVAL;
    }
    __atomic_store_n(&concurrency, level, __ATOMIC_RELAXED);
    return 0;
}

int pthread_getconcurrency(void)
{
    return __atomic_load_n(&concurrency, __ATOMIC_RELAXED);
}
