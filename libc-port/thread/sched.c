// SPDX-License-Identifier: MIT
// Scheduling of processes, and a hint of threads.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#define SLICE 10000000 /* nanoseconds: the kernel's turn of a thread among equals */

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
    return policy == SCHED_OTHER ? 0 : fail(EINVAL);
}

int sched_get_priority_min(int policy)
{
    return policy == SCHED_OTHER ? 0 : fail(EINVAL);
}

// The calling process is the only one that can be asked for.
static int check_pid(pid_t pid)
{
    return pid == 0 || pid == getpid() ? 0 : fail(pid < 0 ? EINVAL : ESRCH);
}

int sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
    if (check_pid(pid) < 0) {
        return -1;
    }
    *interval = (struct timespec){.tv_nsec = SLICE};
    return 0;
}

int sched_getscheduler(pid_t pid)
{
    return check_pid(pid) < 0 ? -1 : SCHED_OTHER;
}

int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
    if (check_pid(pid) < 0) {
        return -1;
    }
    if (policy == SCHED_FIFO || policy == SCHED_RR) {
        return fail(EPERM); // nobody may keep others from running
    }
    return policy == SCHED_OTHER && param->sched_priority == 0 ? SCHED_OTHER : fail(EINVAL);
}

int sched_getparam(pid_t pid, struct sched_param *param)
{
    if (check_pid(pid) < 0) {
        return -1;
    }
    *param = (struct sched_param){0};
    return 0;
}

int sched_setparam(pid_t pid, const struct sched_param *param)
{
    if (check_pid(pid) < 0) {
        return -1;
    }
    return param->sched_priority == 0 ? 0 : fail(EINVAL);
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
