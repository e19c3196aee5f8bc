// SPDX-License-Identifier: MIT
// Mutexes, conditions, read-write locks, once, semaphores, barriers, spin locks.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "harness.h"

#define THREADS 4

static void run_threads(void *(*function)(void *))
{
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, function, (void *)i);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long counter;

static void *count_locked(void *unused)
{
    for (int i = 0; i < 20000; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return unused;
}

static void *hold_try(void *argument)
{
    *(int *)argument = pthread_mutex_trylock(&mutex);
    return NULL;
}

static void mutexes(void)
{
    run_threads(count_locked);
    CHECK("sync.mutex-excludes", counter == THREADS * 20000l);
    int result = -1;
    pthread_t thread;
    pthread_mutex_lock(&mutex);
    pthread_create(&thread, NULL, hold_try, &result);
    pthread_join(thread, NULL);
    CHECK("sync.mutex-trylock-busy", result == EBUSY);
    CHECK("sync.mutex-destroy-busy", pthread_mutex_destroy(&mutex) == EBUSY);
    struct timespec soon = in_ms(CLOCK_REALTIME, 20);
    CHECK("sync.mutex-timedlock", pthread_mutex_timedlock(&mutex, &soon) == ETIMEDOUT);
    soon.tv_nsec = -1;
    CHECK("sync.mutex-timedlock-bad", pthread_mutex_timedlock(&mutex, &soon) == EINVAL);
    pthread_mutex_unlock(&mutex);
    pthread_mutexattr_t attr;
    pthread_mutex_t other;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&other, &attr);
    CHECK("sync.mutex-recursive",
          pthread_mutex_lock(&other) == 0 && pthread_mutex_lock(&other) == 0 &&
              pthread_mutex_trylock(&other) == 0 && pthread_mutex_unlock(&other) == 0 &&
              pthread_mutex_unlock(&other) == 0 && pthread_mutex_unlock(&other) == 0 &&
              pthread_mutex_unlock(&other) == EPERM);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&other, &attr);
    CHECK("sync.mutex-errorcheck",
          pthread_mutex_lock(&other) == 0 && pthread_mutex_lock(&other) == EDEADLK &&
              pthread_mutex_unlock(&other) == 0 && pthread_mutex_unlock(&other) == EPERM);
    CHECK("sync.mutexattr-bad", pthread_mutexattr_settype(&attr, 99) == EINVAL);
    pthread_mutexattr_destroy(&attr);
}

static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER;
static int queue[4];
static int queued;
static long consumed;

static void *produce_consume(void *argument)
{
    bool producer = (uintptr_t)argument % 2 == 0;
    for (int i = 1; i <= 3000; i++) {
        pthread_mutex_lock(&mutex);
        while (queued == (producer ? 4 : 0)) {
            pthread_cond_wait(producer ? &not_full : &not_empty, &mutex);
        }
        if (producer) {
            queue[queued++] = i;
        } else {
            consumed += queue[--queued];
        }
        pthread_cond_signal(producer ? &not_empty : &not_full);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static bool go;
static int awake;

static void *await_go(void *unused)
{
    pthread_mutex_lock(&mutex);
    while (!go) {
        pthread_cond_wait(&not_empty, &mutex);
    }
    awake++;
    pthread_mutex_unlock(&mutex);
    return unused;
}

static void conditions(void)
{
    run_threads(produce_consume);
    CHECK("sync.cond-queue", consumed == THREADS / 2 * 3000l * 3001 / 2 && queued == 0);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, await_go, NULL);
    }
    sched_yield();
    pthread_mutex_lock(&mutex);
    go = true;
    pthread_cond_broadcast(&not_empty);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK("sync.cond-broadcast", awake == THREADS && pthread_cond_destroy(&not_empty) == 0);
    struct timespec soon = in_ms(CLOCK_REALTIME, 30);
    pthread_mutex_lock(&mutex);
    CHECK("sync.cond-timeout", pthread_cond_timedwait(&not_full, &mutex, &soon) == ETIMEDOUT);
    pthread_condattr_t attr;
    pthread_cond_t monotonic;
    pthread_condattr_init(&attr);
    CHECK("sync.cond-clock", pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
                                 pthread_cond_init(&monotonic, &attr) == 0);
    soon = in_ms(CLOCK_MONOTONIC, 30);
    CHECK("sync.cond-monotonic-timeout",
          pthread_cond_timedwait(&monotonic, &mutex, &soon) == ETIMEDOUT &&
              pthread_mutex_unlock(&mutex) == 0);
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static long pair[2];
static int torn;

static void *read_write(void *argument)
{
    for (int i = 0; i < 5000; i++) {
        if ((uintptr_t)argument == 0) {
            pthread_rwlock_wrlock(&rwlock);
            pair[0]++;
            pair[1]++;
            pthread_rwlock_unlock(&rwlock);
        } else {
            pthread_rwlock_rdlock(&rwlock);
            if (*(volatile long *)&pair[0] != *(volatile long *)&pair[1]) {
                torn = 1;
            }
            pthread_rwlock_unlock(&rwlock);
        }
    }
    return NULL;
}

static void read_write_locks(void)
{
    run_threads(read_write);
    CHECK("sync.rwlock-excludes", pair[0] == 5000 && !torn);
    CHECK("sync.rwlock-shares", pthread_rwlock_rdlock(&rwlock) == 0 &&
                                    pthread_rwlock_tryrdlock(&rwlock) == 0 &&
                                    pthread_rwlock_trywrlock(&rwlock) == EBUSY);
    pthread_rwlock_unlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
    CHECK("sync.rwlock-write", pthread_rwlock_wrlock(&rwlock) == 0 &&
                                   pthread_rwlock_tryrdlock(&rwlock) == EBUSY &&
                                   pthread_rwlock_wrlock(&rwlock) == EDEADLK);
    struct timespec soon = in_ms(CLOCK_REALTIME, 20);
    CHECK("sync.rwlock-destroy-busy", pthread_rwlock_destroy(&rwlock) == EBUSY);
    pthread_rwlock_unlock(&rwlock);
    pthread_rwlock_rdlock(&rwlock);
    CHECK("sync.rwlock-timeout", pthread_rwlock_timedwrlock(&rwlock, &soon) == ETIMEDOUT);
    pthread_rwlock_unlock(&rwlock);
    CHECK("sync.rwlock-destroy", pthread_rwlock_destroy(&rwlock) == 0);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int once_count;
static int once_early;

static void slow_once(void)
{
    struct timespec pause = {0, 20000000};
    nanosleep(&pause, NULL);
    once_count++;
}

static void *call_once_thread(void *unused)
{
    pthread_once(&once, slow_once);
    if (__atomic_load_n(&once_count, __ATOMIC_SEQ_CST) != 1) {
        once_early = 1;
    }
    return unused;
}

static sem_t sem;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static int arrivals;
static int serials;
static int early;
static long spun;

static void *meet(void *unused)
{
    for (int round = 1; round <= 200; round++) {
        __atomic_fetch_add(&arrivals, 1, __ATOMIC_SEQ_CST);
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
            __atomic_fetch_add(&serials, 1, __ATOMIC_SEQ_CST);
        }
        if (__atomic_load_n(&arrivals, __ATOMIC_SEQ_CST) < round * THREADS) {
            early = 1;
        }
        pthread_barrier_wait(&barrier);
    }
    return unused;
}

static void *use_sem(void *argument)
{
    for (int i = 0; i < 2000; i++) {
        if ((uintptr_t)argument % 2 == 0) {
            sem_post(&sem);
        } else {
            sem_wait(&sem);
        }
    }
    return NULL;
}

static void *spin_count(void *unused)
{
    for (int i = 0; i < 5000; i++) {
        pthread_spin_lock(&spin);
        spun++;
        pthread_spin_unlock(&spin);
    }
    return unused;
}

static void others(void)
{
    run_threads(call_once_thread);
    CHECK("sync.once", once_count == 1 && !once_early);
    pthread_barrier_init(&barrier, NULL, THREADS);
    run_threads(meet);
    CHECK("sync.barrier", serials == 200 && !early && pthread_barrier_destroy(&barrier) == 0);
    CHECK("sync.barrier-bad", pthread_barrier_init(&barrier, NULL, 0) == EINVAL);
    int value = -1;
    sem_init(&sem, 0, 3);
    run_threads(use_sem);
    CHECK("sync.semaphore", sem_getvalue(&sem, &value) == 0 && value == 3);
    CHECK("sync.semaphore-try", sem_trywait(&sem) == 0 && sem_trywait(&sem) == 0 &&
                                    sem_trywait(&sem) == 0 && sem_trywait(&sem) == -1 &&
                                    errno == EAGAIN);
    struct timespec soon = in_ms(CLOCK_REALTIME, 20);
    CHECK("sync.semaphore-timeout", sem_timedwait(&sem, &soon) == -1 && errno == ETIMEDOUT);
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    run_threads(spin_count);
    CHECK("sync.spin", spun == THREADS * 5000l && pthread_spin_trylock(&spin) == 0 &&
                           pthread_spin_trylock(&spin) == EBUSY);
}

void area_sync(void)
{
    mutexes();
    conditions();
    read_write_locks();
    others();
}
