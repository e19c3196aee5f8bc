// SPDX-License-Identifier: MIT
// Waits until a time of CLOCK_REALTIME, from the text of clock_settime(): they end when the clock
// shows that time, also because it was set.
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define SECOND 1000000000LL
#define HOUR (3600 * SECOND)
#define MS 1000000L

static int64_t now(clockid_t clock)
{
    struct timespec time;
    return clock_gettime(clock, &time) == 0 ? time.tv_sec * SECOND + time.tv_nsec : -1;
}

static void shift(int64_t ns)
{
    int64_t date = now(CLOCK_REALTIME) + ns;
    const struct timespec time = {date / SECOND, date % SECOND};
    (void)clock_settime(CLOCK_REALTIME, &time);
}

static void wait_a_moment(void)
{
    const struct timespec time = {0, 5 * MS};
    (void)nanosleep(&time, NULL);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t robust;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t shared_rwlock;

static int by_cond(const struct timespec *until)
{
    pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
    pthread_mutex_lock(&own);
    int error = pthread_cond_timedwait(&cond, &own, until);
    pthread_mutex_unlock(&own);
    return error;
}

static int by_sem(const struct timespec *until)
{
    sem_t sem;
    sem_init(&sem, 0, 0);
    return sem_timedwait(&sem, until) == -1 ? errno : 0;
}

static int by_mutex(const struct timespec *until)
{
    return pthread_mutex_timedlock(&mutex, until);
}

static int by_robust(const struct timespec *until)
{
    return pthread_mutex_timedlock(&robust, until);
}

static int by_reader(const struct timespec *until)
{
    return pthread_rwlock_timedrdlock(&rwlock, until);
}

static int by_writer(const struct timespec *until)
{
    return pthread_rwlock_timedwrlock(&rwlock, until);
}

static int by_shared_reader(const struct timespec *until)
{
    return pthread_rwlock_timedrdlock(&shared_rwlock, until);
}

static int by_queue(const struct timespec *until)
{
    struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 8};
    char message[8];
    mqd_t queue = mq_open("/dates", O_RDWR | O_CREAT, 0600, &attr);
    int error = mq_timedreceive(queue, message, sizeof(message), NULL, until) == -1 ? errno : 0;
    mq_close(queue);
    mq_unlink("/dates");
    return error;
}

static int by_c11(const struct timespec *until)
{
    mtx_t own;
    cnd_t cond;
    mtx_init(&own, mtx_plain);
    cnd_init(&cond);
    mtx_lock(&own);
    int result = cnd_timedwait(&cond, &own, until);
    mtx_unlock(&own);
    return result == thrd_timedout ? ETIMEDOUT : EINVAL;
}

static const struct {
    const char *name;
    int (*wait)(const struct timespec *until);
} waits[] = {
    {"dates.cond", by_cond},     {"dates.sem", by_sem},       {"dates.mutex", by_mutex},
    {"dates.robust", by_robust}, {"dates.reader", by_reader}, {"dates.writer", by_writer},
    {"dates.queue", by_queue},   {"dates.c11", by_c11},       {"dates.shared", by_shared_reader},
};

#define WAITS (sizeof(waits) / sizeof(waits[0]))

struct dated_wait {
    int (*wait)(const struct timespec *until);
    int64_t until;
    int error;
    bool early;
    _Atomic bool ended;
};

static void *wait_until_date(void *argument)
{
    struct dated_wait *dated = argument;
    const struct timespec time = {dated->until / SECOND, dated->until % SECOND};
    dated->error = dated->wait(&time);
    dated->early = now(CLOCK_REALTIME) < dated->until;
    dated->ended = true;
    return NULL;
}

static void hold(void)
{
    pthread_mutexattr_t attr;
    pthread_rwlockattr_t shared;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attr);
    pthread_rwlockattr_init(&shared);
    pthread_rwlockattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_rwlock_init(&shared_rwlock, &shared);
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&robust);
    pthread_rwlock_wrlock(&rwlock);
    pthread_rwlock_wrlock(&shared_rwlock);
}

static void release(void)
{
    pthread_mutex_unlock(&mutex);
    pthread_mutex_unlock(&robust);
    pthread_rwlock_unlock(&rwlock);
    pthread_rwlock_unlock(&shared_rwlock);
}

// All wait until an hour from now; the clock goes forward half an hour, back one, and forward.
static void follow(void)
{
    static struct dated_wait dated[WAITS];
    pthread_t threads[WAITS];
    bool none = true;
    for (size_t i = 0; i < WAITS; i++) {
        dated[i].wait = waits[i].wait;
        dated[i].until = now(CLOCK_REALTIME) + HOUR;
        pthread_create(&threads[i], NULL, wait_until_date, &dated[i]);
    }
    wait_a_moment();
    shift(HOUR / 2);
    wait_a_moment();
    shift(-HOUR);
    wait_a_moment();
    for (size_t i = 0; i < WAITS; i++) {
        none = none && !dated[i].ended;
    }
    CHECK("dates.none-too-early", none);
    shift(HOUR + HOUR / 2);
    for (size_t i = 0; i < WAITS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(waits[i].name, dated[i].error == ETIMEDOUT && !dated[i].early);
    }
    shift(-HOUR);
}

// A wait for the monotonic clock does not care.
static void monotonic_stays(void)
{
    pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
    int64_t start = now(CLOCK_MONOTONIC);
    int64_t until = start + 20 * MS;
    const struct timespec time = {until / SECOND, until % SECOND};
    pthread_mutex_lock(&own);
    shift(-HOUR);
    int error = pthread_cond_clockwait(&cond, &own, CLOCK_MONOTONIC, &time);
    shift(HOUR);
    pthread_mutex_unlock(&own);
    CHECK("dates.monotonic-stays", error == ETIMEDOUT && now(CLOCK_MONOTONIC) >= until &&
                                       now(CLOCK_MONOTONIC) < until + HOUR / 2);
}

void area_dates(void)
{
    hold();
    follow();
    release();
    monotonic_stays();
}
