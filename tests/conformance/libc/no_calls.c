// SPDX-License-Identifier: MIT
// Objects of threads that nobody else wants, and clocks, make no system call: the kernel counts.
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>

#include <coconut/coconut.h>
#include <coconut/queries.h>

#include "harness.h"

#define TRIES 50   /* the least of them counts: other programs make calls, too */
#define REPEATS 20 /* of each operation within a try */

static coco_handle_t machine;

/* The handle that tells the counters, among those the program was started with. */
static bool find_machine(void)
{
    for (machine = 0; machine < 64; machine++) {
        if (coco_system_counter(machine, COCO_COUNTER_SYSCALLS) > 0) {
            return true;
        }
    }
    return false;
}

static int64_t calls_of(void (*body)(void))
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < TRIES; i++) {
        int64_t before = coco_system_counter(machine, COCO_COUNTER_SYSCALLS);
        for (int n = 0; n < REPEATS; n++) {
            body();
        }
        int64_t made = coco_system_counter(machine, COCO_COUNTER_SYSCALLS) - before;
        least = made < least ? made : least;
    }
    return least;
}

static void nothing(void)
{
}

static void one_call(void)
{
    (void)coco_thread_yield();
}

static pthread_mutex_t mutexes[4][2][2]; /* by type, shared, robust */
static pthread_mutex_t *mutex;

static void use_mutex(void)
{
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    pthread_mutex_trylock(mutex);
    pthread_mutex_unlock(mutex);
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static void use_rwlock(void)
{
    pthread_rwlock_rdlock(&rwlock);
    pthread_rwlock_tryrdlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
    pthread_rwlock_wrlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
}

static pthread_spinlock_t spin;

static void use_spin(void)
{
    pthread_spin_lock(&spin);
    pthread_spin_unlock(&spin);
}

static sem_t sem;

static void use_sem(void)
{
    sem_post(&sem);
    sem_wait(&sem);
    sem_post(&sem);
    sem_trywait(&sem);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void use_once(void)
{
    pthread_once(&once, nothing);
}

static pthread_key_t key;

static void use_key(void)
{
    pthread_setspecific(key, &key);
    (void)pthread_getspecific(key);
    (void)pthread_self();
}

static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void use_cond(void)
{
    pthread_cond_signal(&cond);
    pthread_cond_broadcast(&cond);
}

static mtx_t mtx;
static cnd_t cnd;

static void use_mtx(void)
{
    mtx_lock(&mtx);
    mtx_unlock(&mtx);
    cnd_signal(&cnd);
}

static void use_stream(void)
{
    flockfile(stderr);
    funlockfile(stderr);
}

static void use_clocks(void)
{
    static const clockid_t clocks[] = {CLOCK_REALTIME,        CLOCK_MONOTONIC,
                                       CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE,
                                       CLOCK_MONOTONIC_RAW,   CLOCK_BOOTTIME};
    struct timespec now;
    struct timeval date;
    for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        clock_gettime(clocks[i], &now);
    }
    gettimeofday(&date, NULL);
    timespec_get(&now, TIME_UTC);
    time(NULL);
}

static void all_mutexes(int64_t none)
{
    static const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE,
                                PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_DEFAULT};
    bool good = true;
    bool robust = true;
    for (unsigned i = 0; i < 16; i++) {
        pthread_mutexattr_t attr;
        mutex = &mutexes[i / 4][i / 2 % 2][i % 2];
        pthread_mutexattr_init(&attr);
        pthread_mutexattr_settype(&attr, types[i / 4]);
        pthread_mutexattr_setpshared(&attr,
                                     i / 2 % 2 ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE);
        pthread_mutexattr_setrobust(&attr, i % 2 ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED);
        pthread_mutex_init(mutex, &attr);
        use_mutex(); /* a thread's first robust one tells the kernel of it */
        bool free_of_calls = calls_of(use_mutex) == none;
        good = good && (i % 2 || free_of_calls);
        robust = robust && (i % 2 == 0 || free_of_calls);
    }
    CHECK("no-calls.mutexes", good);
    CHECK("no-calls.robust-mutexes", robust);
}

void area_no_calls(void)
{
    if (!CHECK("no-calls.counter", find_machine())) {
        return;
    }
    int64_t none = calls_of(nothing);
    CHECK("no-calls.counts", none >= 0 && calls_of(one_call) >= none + REPEATS);
    all_mutexes(none);
    CHECK("no-calls.rwlock", calls_of(use_rwlock) == none);
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    CHECK("no-calls.spin-lock", calls_of(use_spin) == none);
    sem_init(&sem, 0, 0);
    CHECK("no-calls.semaphore", calls_of(use_sem) == none);
    CHECK("no-calls.once", calls_of(use_once) == none);
    pthread_key_create(&key, NULL);
    CHECK("no-calls.key", calls_of(use_key) == none);
    pthread_key_delete(key);
    CHECK("no-calls.cond-without-waiters", calls_of(use_cond) == none);
    CHECK("no-calls.c11", mtx_init(&mtx, mtx_plain) == thrd_success &&
                              cnd_init(&cnd) == thrd_success && calls_of(use_mtx) == none);
    use_clocks(); /* the first look maps the clocks' page */
    CHECK("no-calls.clocks", calls_of(use_clocks) == none);
    CHECK("no-calls.stream-lock", calls_of(use_stream) == none);
}
