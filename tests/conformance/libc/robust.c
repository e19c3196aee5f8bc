// SPDX-License-Identifier: MIT
// Robust mutexes: threads and processes that end with a mutex in hand.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "robust_make.h"

void make_robust(pthread_mutex_t *mutex, int type, int shared)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type);
    pthread_mutexattr_setpshared(&attr, shared);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(mutex, &attr);
    pthread_mutexattr_destroy(&attr);
}

static void attributes(void)
{
    pthread_mutexattr_t attr;
    pthread_mutex_t mutex;
    int robust = -1;
    pthread_mutexattr_init(&attr);
    CHECK("robust.attr-default",
          pthread_mutexattr_getrobust(&attr, &robust) == 0 && robust == PTHREAD_MUTEX_STALLED);
    CHECK("robust.attr", pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) == 0 &&
                             pthread_mutexattr_getrobust(&attr, &robust) == 0 &&
                             robust == PTHREAD_MUTEX_ROBUST);
    CHECK("robust.attr-bad", pthread_mutexattr_setrobust(&attr, 77) == EINVAL);
    CHECK("robust.protocols-are-refused",
          pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT) == ENOTSUP &&
              pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_PROTECT) == ENOTSUP &&
              pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_NONE) == 0);
    pthread_mutex_init(&mutex, &attr);
    CHECK("robust.consistent-of-a-good-one", pthread_mutex_consistent(&mutex) == EINVAL &&
                                                 pthread_mutex_lock(&mutex) == 0 &&
                                                 pthread_mutex_consistent(&mutex) == EINVAL);
    CHECK("robust.destroy-held", pthread_mutex_destroy(&mutex) == EBUSY);
    struct timespec soon = in_ms(CLOCK_REALTIME, 10);
    CHECK("robust.normal-waits-for-itself",
          pthread_mutex_trylock(&mutex) == EBUSY &&
              pthread_mutex_timedlock(&mutex, &soon) == ETIMEDOUT);
    CHECK("robust.unlock", pthread_mutex_unlock(&mutex) == 0 &&
                               pthread_mutex_unlock(&mutex) == EPERM &&
                               pthread_mutex_destroy(&mutex) == 0);
    pthread_mutex_t stalled = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&stalled);
    CHECK("robust.consistent-of-a-stalled-one", pthread_mutex_consistent(&stalled) == EINVAL);
    pthread_mutex_unlock(&stalled);
}

/* Threads that end with the mutex. */
static void *just_return(void *mutex)
{
    pthread_mutex_lock(mutex);
    return NULL;
}

static void *call_exit(void *mutex)
{
    pthread_mutex_lock(mutex);
    pthread_exit(NULL);
}

static void *be_cancelled(void *mutex)
{
    pthread_mutex_lock(mutex);
    pthread_cancel(pthread_self());
    pthread_testcancel();
    return NULL;
}

static void *detach_itself(void *mutex)
{
    pthread_mutex_lock(mutex);
    pthread_detach(pthread_self());
    return NULL;
}

static void ends(void)
{
    static void *(*const bodies[])(void *) = {just_return, call_exit, be_cancelled};
    static const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE,
                                PTHREAD_MUTEX_ERRORCHECK};
    pthread_mutex_t mutex;
    pthread_t thread;
    bool good = true;
    for (unsigned i = 0; i < 9; i++) {
        make_robust(&mutex, types[i % 3], i < 3 ? PTHREAD_PROCESS_PRIVATE : PTHREAD_PROCESS_SHARED);
        good = good && pthread_create(&thread, NULL, bodies[i / 3], &mutex) == 0 &&
               pthread_join(thread, NULL) == 0 && pthread_mutex_lock(&mutex) == EOWNERDEAD &&
               pthread_mutex_consistent(&mutex) == 0 &&
               pthread_mutex_consistent(&mutex) == EINVAL && pthread_mutex_unlock(&mutex) == 0 &&
               pthread_mutex_lock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0 &&
               pthread_mutex_destroy(&mutex) == 0;
    }
    CHECK("robust.thread-ends", good);
    make_robust(&mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_PRIVATE);
    pthread_create(&thread, NULL, detach_itself, &mutex);
    for (int i = 0; i < 60000 && pthread_kill(thread, 0) == 0; i++) {
        rest(1000000);
    }
    CHECK("robust.detached-thread-ends", pthread_mutex_trylock(&mutex) == EOWNERDEAD &&
                                             pthread_mutex_consistent(&mutex) == 0 &&
                                             pthread_mutex_unlock(&mutex) == 0);
    pthread_create(&thread, NULL, just_return, &mutex);
    pthread_join(thread, NULL);
    struct timespec soon = in_ms(CLOCK_REALTIME, 1000);
    CHECK("robust.timedlock", pthread_mutex_timedlock(&mutex, &soon) == EOWNERDEAD &&
                                  pthread_mutex_consistent(&mutex) == 0 &&
                                  pthread_mutex_unlock(&mutex) == 0);
    /* The next holder ends, too, before it has mended anything. */
    pthread_create(&thread, NULL, just_return, &mutex);
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, just_return, &mutex);
    pthread_join(thread, NULL);
    CHECK("robust.ends-twice", pthread_mutex_lock(&mutex) == EOWNERDEAD &&
                                   pthread_mutex_consistent(&mutex) == 0 &&
                                   pthread_mutex_unlock(&mutex) == 0);
    make_robust(&mutex, PTHREAD_MUTEX_RECURSIVE, PTHREAD_PROCESS_PRIVATE);
    pthread_create(&thread, NULL, just_return, &mutex);
    pthread_join(thread, NULL);
    CHECK("robust.recursive",
          pthread_mutex_lock(&mutex) == EOWNERDEAD && pthread_mutex_lock(&mutex) == 0 &&
              pthread_mutex_consistent(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0 &&
              pthread_mutex_unlock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == EPERM);
}

struct waiter {
    pthread_mutex_t *mutex;
    pthread_t thread;
    int result;
};

static void *wait_for_mutex(void *argument)
{
    struct waiter *waiter = argument;
    waiter->result = pthread_mutex_lock(waiter->mutex);
    if (waiter->result == EOWNERDEAD) {
        pthread_mutex_consistent(waiter->mutex);
    }
    if (waiter->result != ENOTRECOVERABLE) {
        pthread_mutex_unlock(waiter->mutex);
    }
    return NULL;
}

static volatile int stage;

static void *hold_until_told(void *mutex)
{
    pthread_mutex_lock(mutex);
    stage = 1;
    while (stage == 1) {
        rest(1000000);
    }
    return NULL;
}

static void waiters(void)
{
    pthread_mutex_t mutex;
    pthread_t holder;
    struct waiter waiting[4];
    int died = 0;
    int fine = 0;
    stage = 0;
    make_robust(&mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_PRIVATE);
    pthread_create(&holder, NULL, hold_until_told, &mutex);
    while (stage == 0) {
        rest(1000000);
    }
    for (int i = 0; i < 4; i++) {
        waiting[i].mutex = &mutex;
        pthread_create(&waiting[i].thread, NULL, wait_for_mutex, &waiting[i]);
    }
    rest(5000000);
    CHECK("robust.unlock-of-another", pthread_mutex_unlock(&mutex) == EPERM);
    stage = 2;
    pthread_join(holder, NULL);
    for (int i = 0; i < 4; i++) {
        pthread_join(waiting[i].thread, NULL);
        died += waiting[i].result == EOWNERDEAD;
        fine += waiting[i].result == 0;
    }
    CHECK("robust.one-waiter-is-told", died == 1 && fine == 3);
    CHECK("robust.free-afterwards",
          pthread_mutex_lock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0);
}

static void not_mended(void)
{
    pthread_mutex_t mutex;
    pthread_t holder;
    struct waiter waiting[4];
    bool good = true;
    make_robust(&mutex, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PROCESS_PRIVATE);
    pthread_create(&holder, NULL, just_return, &mutex);
    pthread_join(holder, NULL);
    CHECK("robust.not-mended", pthread_mutex_lock(&mutex) == EOWNERDEAD);
    for (int i = 0; i < 4; i++) {
        waiting[i].mutex = &mutex;
        pthread_create(&waiting[i].thread, NULL, wait_for_mutex, &waiting[i]);
    }
    rest(5000000);
    CHECK("robust.not-mended-unlock", pthread_mutex_unlock(&mutex) == 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(waiting[i].thread, NULL);
        good = good && waiting[i].result == ENOTRECOVERABLE;
    }
    CHECK("robust.waiters-of-a-lost-one", good);
    struct timespec soon = in_ms(CLOCK_REALTIME, 1000);
    CHECK("robust.lost", pthread_mutex_lock(&mutex) == ENOTRECOVERABLE &&
                             pthread_mutex_trylock(&mutex) == ENOTRECOVERABLE &&
                             pthread_mutex_timedlock(&mutex, &soon) == ENOTRECOVERABLE &&
                             pthread_mutex_unlock(&mutex) == EPERM &&
                             pthread_mutex_consistent(&mutex) == EINVAL);
    CHECK("robust.lost-is-made-again", pthread_mutex_destroy(&mutex) == 0);
    make_robust(&mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_PRIVATE);
    CHECK("robust.made-again",
          pthread_mutex_lock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0);
}

/* A wait for a condition whose mutex got lost on the way. */
static pthread_mutex_t cond_mutex;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int cond_result;

static void *wait_for_cond(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&cond_mutex);
    stage = 1;
    cond_result = pthread_cond_wait(&cond, &cond_mutex);
    pthread_mutex_consistent(&cond_mutex);
    pthread_mutex_unlock(&cond_mutex);
    return NULL;
}

static void *signal_and_end(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&cond_mutex);
    pthread_cond_signal(&cond);
    return NULL;
}

static void conditions(void)
{
    pthread_t waiter;
    pthread_t other;
    make_robust(&cond_mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_PRIVATE);
    stage = 0;
    pthread_create(&waiter, NULL, wait_for_cond, NULL);
    while (stage == 0) {
        rest(1000000);
    }
    pthread_create(&other, NULL, signal_and_end, NULL);
    pthread_join(other, NULL);
    pthread_join(waiter, NULL);
    CHECK("robust.cond-wait", cond_result == EOWNERDEAD);
}

void area_robust(void)
{
    attributes();
    ends();
    waiters();
    not_mended();
    conditions();
    robust_processes();
}
