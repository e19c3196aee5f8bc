// SPDX-License-Identifier: MIT
// C11's <threads.h>.
#include <threads.h>
#include <time.h>

#include "harness.h"

static mtx_t mutex;
static cnd_t condition;
static int stage;
static thread_local int local = 3;

static int give(void *argument)
{
    local++;
    return *(int *)argument + local;
}

static int leave(void *argument)
{
    thrd_exit(*(int *)argument);
}

static struct timespec after(long ns)
{
    struct timespec time;
    timespec_get(&time, TIME_UTC);
    time.tv_nsec += ns;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

static void running(void)
{
    thrd_t thread;
    int value = -100;
    int result = 0;
    CHECK("c11.create-join", thrd_create(&thread, give, &value) == thrd_success &&
                                 thrd_join(thread, &result) == thrd_success && result == -96 &&
                                 local == 3);
    CHECK("c11.exit", thrd_create(&thread, leave, &value) == thrd_success &&
                          thrd_join(thread, &result) == thrd_success && result == -100);
    CHECK("c11.detach", thrd_create(&thread, give, &value) == thrd_success &&
                            thrd_detach(thread) == thrd_success);
    CHECK("c11.equal", thrd_equal(thrd_current(), thrd_current()));
    struct timespec before = after(0);
    CHECK("c11.sleep", thrd_sleep(&(struct timespec){0, 2000000}, NULL) == 0);
    struct timespec now = after(0);
    CHECK("c11.sleeps-long-enough",
          (now.tv_sec - before.tv_sec) * 1000000000 + now.tv_nsec - before.tv_nsec >= 2000000);
    CHECK("c11.sleep-bad-time", thrd_sleep(&(struct timespec){0, -1}, NULL) < -1);
}

static int hold(void *argument)
{
    (void)argument;
    mtx_lock(&mutex);
    stage = 1;
    cnd_signal(&condition);
    while (stage != 2) {
        cnd_wait(&condition, &mutex);
    }
    mtx_unlock(&mutex);
    return 0;
}

static int try_it(void *argument)
{
    (void)argument;
    struct timespec time = after(3000000);
    return mtx_trylock(&mutex) == thrd_busy && mtx_timedlock(&mutex, &time) == thrd_timedout;
}

static void locking(void)
{
    thrd_t thread;
    int result = 0;
    struct timespec time = after(2000000);
    CHECK("c11.mutex-type", mtx_init(&mutex, 99) == thrd_error);
    CHECK("c11.mutex", mtx_init(&mutex, mtx_timed) == thrd_success &&
                           cnd_init(&condition) == thrd_success &&
                           mtx_lock(&mutex) == thrd_success);
    CHECK("c11.busy-and-timed-out", thrd_create(&thread, try_it, NULL) == thrd_success &&
                                        thrd_join(thread, &result) == thrd_success && result);
    CHECK("c11.condition-times-out", cnd_timedwait(&condition, &mutex, &time) == thrd_timedout);
    thrd_create(&thread, hold, NULL);
    while (stage != 1) {
        cnd_wait(&condition, &mutex);
    }
    stage = 2;
    cnd_broadcast(&condition);
    CHECK("c11.condition",
          mtx_unlock(&mutex) == thrd_success && thrd_join(thread, NULL) == thrd_success);
    mtx_destroy(&mutex);
    cnd_destroy(&condition);
    CHECK("c11.recursive",
          mtx_init(&mutex, mtx_recursive) == thrd_success && mtx_lock(&mutex) == thrd_success &&
              mtx_trylock(&mutex) == thrd_success && mtx_unlock(&mutex) == thrd_success &&
              mtx_unlock(&mutex) == thrd_success);
    mtx_destroy(&mutex);
}

static once_flag flag = ONCE_FLAG_INIT;
static int calls;
static int destroyed;
static tss_t key;

static void count(void)
{
    calls++;
}

static void destroy(void *value)
{
    destroyed += *(int *)value;
}

static int use_key(void *argument)
{
    call_once(&flag, count);
    return tss_get(key) == NULL && tss_set(key, argument) == thrd_success &&
           tss_get(key) == argument;
}

static void once_and_keys(void)
{
    thrd_t thread;
    int value = 11;
    int result = 0;
    call_once(&flag, count);
    CHECK("c11.key", tss_create(&key, destroy) == thrd_success &&
                         thrd_create(&thread, use_key, &value) == thrd_success &&
                         thrd_join(thread, &result) == thrd_success && result);
    CHECK("c11.key-destructor", destroyed == 11);
    CHECK("c11.once", calls == 1);
    tss_delete(key);
}

void area_c11(void)
{
    running();
    locking();
    once_and_keys();
}
