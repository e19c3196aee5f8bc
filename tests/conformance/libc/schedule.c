// SPDX-License-Identifier: MIT
// Policies and priorities of processes and threads, nice values.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

static void ranges(void)
{
    int low = sched_get_priority_min(SCHED_FIFO);
    int high = sched_get_priority_max(SCHED_FIFO);
    CHECK("schedule.32-priorities", low >= 1 && high - low >= 31 &&
                                        sched_get_priority_min(SCHED_RR) == low &&
                                        sched_get_priority_max(SCHED_RR) == high);
    CHECK("schedule.other-has-one",
          sched_get_priority_min(SCHED_OTHER) == 0 && sched_get_priority_max(SCHED_OTHER) == 0);
    errno = 0;
    CHECK("schedule.no-such-policy", sched_get_priority_max(99) == -1 && errno == EINVAL);
    CHECK("schedule.options", sysconf(_SC_PRIORITY_SCHEDULING) == 200809L &&
                                  sysconf(_SC_THREAD_PRIORITY_SCHEDULING) == 200809L);
}

static void processes(void)
{
    struct sched_param param = {.sched_priority = 5};
    struct timespec turn = {0, 0};
    CHECK("schedule.initially", sched_getscheduler(0) == SCHED_OTHER);
    CHECK("schedule.former-policy",
          sched_setscheduler(0, SCHED_FIFO, &param) == SCHED_OTHER &&
              sched_setscheduler(getpid(), SCHED_RR, &param) == SCHED_FIFO);
    param.sched_priority = 0;
    CHECK("schedule.getparam", sched_getscheduler(getpid()) == SCHED_RR &&
                                   sched_getparam(0, &param) == 0 && param.sched_priority == 5);
    CHECK("schedule.turn",
          sched_rr_get_interval(0, &turn) == 0 && turn.tv_sec == 0 && turn.tv_nsec > 0);
    param.sched_priority = 7;
    CHECK("schedule.setparam", sched_setparam(0, &param) == 0 &&
                                   sched_getscheduler(0) == SCHED_RR &&
                                   sched_getparam(0, &param) == 0 && param.sched_priority == 7);
    param.sched_priority = sched_get_priority_max(SCHED_RR) + 1;
    CHECK("schedule.bad-priority", sched_setparam(0, &param) == -1 && errno == EINVAL &&
                                       sched_setscheduler(0, SCHED_FIFO, &param) == -1 &&
                                       errno == EINVAL);
    pid_t child = fork();
    if (child == 0) {
        _exit(sched_getscheduler(0) == SCHED_RR && sched_getparam(0, &param) == 0 &&
                      param.sched_priority == 7
                  ? 0
                  : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK("schedule.copied", status == 0);
    CHECK("schedule.gone", sched_getscheduler(child) == -1 && errno == ESRCH &&
                               sched_getparam(child, &param) == -1 && errno == ESRCH);
    param.sched_priority = 0;
    CHECK("schedule.back", sched_setscheduler(0, SCHED_OTHER, &param) == SCHED_RR);
    param.sched_priority = 1;
    CHECK("schedule.other-priority", sched_setparam(0, &param) == -1 && errno == EINVAL);
}

struct seen {
    int policy;
    struct sched_param param;
};

static void *look(void *seen)
{
    struct seen *out = seen;
    return (void *)(intptr_t)pthread_getschedparam(pthread_self(), &out->policy, &out->param);
}

static struct seen in_thread(const pthread_attr_t *attr)
{
    struct seen seen = {-1, {-1}};
    pthread_t thread;
    if (pthread_create(&thread, attr, look, &seen) == 0) {
        pthread_join(thread, NULL);
    }
    return seen;
}

static void threads(void)
{
    struct sched_param param = {.sched_priority = 3};
    struct seen seen;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    int policy = -1;
    CHECK("schedule.attr", pthread_attr_setschedpolicy(&attr, SCHED_FIFO) == 0 &&
                               pthread_attr_setschedparam(&attr, &param) == 0 &&
                               pthread_attr_getschedpolicy(&attr, &policy) == 0 &&
                               policy == SCHED_FIFO &&
                               pthread_attr_setschedpolicy(&attr, 99) == EINVAL);
    seen = in_thread(&attr);
    CHECK("schedule.inherits", seen.policy == SCHED_OTHER && seen.param.sched_priority == 0);
    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
    seen = in_thread(&attr);
    CHECK("schedule.explicit", seen.policy == SCHED_FIFO && seen.param.sched_priority == 3);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setschedpolicy(&attr, SCHED_OTHER);
    pthread_t thread;
    CHECK("schedule.explicit-bad", pthread_create(&thread, &attr, look, &seen) == EINVAL);
    pthread_attr_destroy(&attr);

    CHECK("schedule.self", pthread_setschedparam(pthread_self(), SCHED_RR, &param) == 0 &&
                               pthread_getschedparam(pthread_self(), &policy, &param) == 0 &&
                               policy == SCHED_RR && param.sched_priority == 3);
    CHECK("schedule.prio", pthread_setschedprio(pthread_self(), 2) == 0 &&
                               pthread_getschedparam(pthread_self(), &policy, &param) == 0 &&
                               policy == SCHED_RR && param.sched_priority == 2 &&
                               pthread_setschedprio(pthread_self(), 0) == EINVAL);
    seen = in_thread(NULL);
    CHECK("schedule.inherits-real-time", seen.policy == SCHED_RR && seen.param.sched_priority == 2);
    param.sched_priority = 0;
    CHECK("schedule.self-back", pthread_setschedparam(pthread_self(), SCHED_OTHER, &param) == 0 &&
                                    pthread_setschedparam(pthread_self(), 99, &param) == EINVAL);
}

/* Who waits for a mutex gets it by priority. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int order[3];
static int order_len;

static void *take(void *unused)
{
    int policy;
    struct sched_param param;
    (void)unused;
    pthread_getschedparam(pthread_self(), &policy, &param);
    pthread_mutex_lock(&mutex);
    order[order_len++] = param.sched_priority;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void waiters(void)
{
    static const int priorities[3] = {4, 9, 6};
    struct sched_param own = {.sched_priority = 1};
    pthread_t ids[3];
    pthread_attr_t attr;
    cpu_set_t before;
    cpu_set_t one;
    // On one processor, and above this thread: each waits before this one goes on.
    pthread_getaffinity_np(pthread_self(), sizeof(before), &before);
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
    pthread_setschedparam(pthread_self(), SCHED_FIFO, &own);
    pthread_attr_init(&attr);
    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < 3; i++) {
        struct sched_param param = {.sched_priority = priorities[i]};
        pthread_attr_setschedparam(&attr, &param);
        pthread_create(&ids[i], &attr, take, NULL);
    }
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < 3; i++) {
        pthread_join(ids[i], NULL);
    }
    own.sched_priority = 0;
    pthread_setschedparam(pthread_self(), SCHED_OTHER, &own);
    pthread_setaffinity_np(pthread_self(), sizeof(before), &before);
    CHECK("schedule.mutex-by-priority", order[0] == 9 && order[1] == 6 && order[2] == 4);
    pthread_attr_destroy(&attr);
}

static void niceness(void)
{
    errno = 0;
    CHECK("nice.get", getpriority(PRIO_PROCESS, 0) == 0 && errno == 0 && nice(0) == 0);
    CHECK("nice.nice", nice(5) == 5 && getpriority(PRIO_PROCESS, getpid()) == 5 &&
                           getpriority(PRIO_PGRP, 0) == 5 && getpriority(PRIO_USER, 0) == 5);
    CHECK("nice.set", setpriority(PRIO_PROCESS, 0, -3) == 0 && getpriority(PRIO_PROCESS, 0) == -3);
    CHECK("nice.cut", setpriority(PRIO_PROCESS, 0, 100) == 0 &&
                          getpriority(PRIO_PROCESS, 0) == 19 && nice(-1000) == -20);
    CHECK("nice.zero", setpriority(PRIO_PROCESS, 0, 0) == 0 && getpriority(PRIO_PROCESS, 0) == 0);
    CHECK("nice.bad", setpriority(99, 0, 0) == -1 && errno == EINVAL &&
                          getpriority(PRIO_PROCESS, 0x7fffffff) == -1 && errno == ESRCH &&
                          getpriority(PRIO_USER, 77) == -1 && errno == ESRCH);
}

void area_schedule(void)
{
    ranges();
    processes();
    threads();
    waiters();
    niceness();
}
