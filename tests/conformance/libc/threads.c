// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fenv.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

static void *give_back(void *argument)
{
    return (void *)((uintptr_t)argument + 1);
}

static void *exit_early(void *argument)
{
    pthread_exit(argument);
}

static void *own_id(void *argument)
{
    *(pthread_t *)argument = pthread_self();
    return NULL;
}

static void starting(void)
{
    pthread_t thread;
    void *result = NULL;
    CHECK("threads.create-join", pthread_create(&thread, NULL, give_back, (void *)41) == 0 &&
                                     pthread_join(thread, &result) == 0 && result == (void *)42);
    CHECK("threads.exit", pthread_create(&thread, NULL, exit_early, (void *)7) == 0 &&
                              pthread_join(thread, &result) == 0 && result == (void *)7);
    pthread_t seen;
    pthread_create(&thread, NULL, own_id, &seen);
    pthread_join(thread, NULL);
    CHECK("threads.self", pthread_equal(thread, seen) && !pthread_equal(seen, pthread_self()));
    CHECK("threads.join-self", pthread_join(pthread_self(), NULL) == EDEADLK);
    bool good = true;
    for (int i = 0; i < 300; i++) { // more than would fit if ended ones left something behind
        good = good && pthread_create(&thread, NULL, give_back, (void *)(uintptr_t)i) == 0 &&
               pthread_join(thread, &result) == 0 && result == (void *)(uintptr_t)(i + 1);
    }
    CHECK("threads.many-in-turn", good);
}

static volatile int detached_done;

static void *detached(void *argument)
{
    (void)argument;
    __atomic_fetch_add(&detached_done, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void detaching(void)
{
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    bool good = true;
    for (int i = 0; i < 50; i++) {
        good = good && pthread_create(&thread, &attr, detached, NULL) == 0;
        good = good && pthread_create(&thread, NULL, detached, NULL) == 0 &&
               pthread_detach(thread) == 0;
        while (detached_done < 2 * (i + 1)) {
            sched_yield();
        }
    }
    CHECK("threads.detached", good);
    pthread_attr_destroy(&attr);
}

static void *stack_use(void *argument)
{
    size_t size = (size_t)(uintptr_t)argument;
    volatile char *here = __builtin_alloca(size);
    for (size_t i = 0; i < size; i += 512) {
        here[i] = 1;
    }
    return (void *)here;
}

static void attributes(void)
{
    pthread_attr_t attr;
    size_t size = 0;
    pthread_t thread;
    void *result = NULL;
    pthread_attr_init(&attr);
    CHECK("threads.stack-size", pthread_attr_setstacksize(&attr, 4 << 20) == 0 &&
                                    pthread_attr_getstacksize(&attr, &size) == 0 &&
                                    size == 4 << 20);
    CHECK("threads.large-stack",
          pthread_create(&thread, &attr, stack_use, (void *)(uintptr_t)(3500 << 10)) == 0 &&
              pthread_join(thread, &result) == 0 && result);
    CHECK("threads.stack-too-small", pthread_attr_setstacksize(&attr, 100) == EINVAL);
    size_t own_size = 256 << 10;
    char *own = mmap(NULL, own_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(own, 0xff, own_size); // content must not matter
    CHECK("threads.own-stack",
          pthread_attr_setstack(&attr, own, own_size) == 0 &&
              pthread_create(&thread, &attr, stack_use, (void *)(uintptr_t)(200 << 10)) == 0 &&
              pthread_join(thread, &result) == 0 && (char *)result > own &&
              (char *)result < own + own_size);
    munmap(own, own_size);
    pthread_attr_destroy(&attr);
}

static _Thread_local int local = 5;
static _Thread_local _Alignas(128) char aligned_local[8] = "aligned";

static void *use_local(void *argument)
{
    bool good = local == 5 && ((uintptr_t)aligned_local & 127) == 0 &&
                strcmp(aligned_local, "aligned") == 0;
    local = (int)(uintptr_t)argument;
    errno = local;
    for (int i = 0; i < 100; i++) {
        sched_yield();
        good = good && local == (int)(uintptr_t)argument && errno == local;
    }
    return (void *)(uintptr_t)good;
}

static void locals(void)
{
    pthread_t threads[8];
    bool good = true;
    void *result;
    errno = 77;
    for (uintptr_t i = 0; i < 8; i++) {
        good = good && pthread_create(&threads[i], NULL, use_local, (void *)(i + 100)) == 0;
    }
    for (int i = 0; i < 8; i++) {
        good = good && pthread_join(threads[i], &result) == 0 && result;
    }
    CHECK("threads.tls-and-errno", good && local == 5 && errno == 77);
}

static pthread_key_t key;
static pthread_key_t late_key;
static int destroyed;

static void destroy(void *value)
{
    __atomic_fetch_add(&destroyed, (int)(uintptr_t)value, __ATOMIC_SEQ_CST);
    if ((uintptr_t)value == 1) {
        pthread_setspecific(late_key, (void *)100); // found in the next round
    }
}

static void *use_keys(void *argument)
{
    bool empty = pthread_getspecific(key) == NULL;
    pthread_setspecific(key, argument);
    return (void *)(uintptr_t)(empty && pthread_getspecific(key) == argument);
}

static void keys(void)
{
    pthread_t thread;
    void *result = NULL;
    CHECK("threads.key-create",
          pthread_key_create(&late_key, destroy) == 0 && pthread_key_create(&key, destroy) == 0);
    pthread_setspecific(key, (void *)9);
    pthread_create(&thread, NULL, use_keys, (void *)1);
    pthread_join(thread, &result);
    CHECK("threads.key-per-thread", result && pthread_getspecific(key) == (void *)9);
    CHECK("threads.key-destructors", destroyed == 101);
    CHECK("threads.key-delete", pthread_key_delete(key) == 0 && pthread_key_delete(key) == EINVAL &&
                                    pthread_setspecific(key, NULL) == EINVAL);
    pthread_key_t again;
    CHECK("threads.key-reused-is-empty",
          pthread_key_create(&again, NULL) == 0 && pthread_getspecific(again) == NULL);
    pthread_key_t all[PTHREAD_KEYS_MAX];
    int count = 0;
    while (count < PTHREAD_KEYS_MAX && pthread_key_create(&all[count], NULL) == 0) {
        count++;
    }
    CHECK("threads.key-limit", count < PTHREAD_KEYS_MAX && count > 64);
    while (count > 0) {
        pthread_key_delete(all[--count]);
    }
    pthread_key_delete(again);
    pthread_key_delete(late_key);
}

static int cleaned;

static void clean(void *argument)
{
    cleaned = cleaned * 10 + (int)(uintptr_t)argument;
}

static void *with_cleanup(void *argument)
{
    pthread_cleanup_push(clean, (void *)1);
    pthread_cleanup_push(clean, (void *)2);
    pthread_cleanup_push(clean, (void *)3);
    pthread_cleanup_pop(0);
    pthread_exit(argument);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

static void cleanups(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, with_cleanup, NULL);
    pthread_join(thread, NULL);
    CHECK("threads.cleanup-handlers", cleaned == 21);
    int old = -1;
    CHECK("threads.cancel-state", pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old) == 0 &&
                                      old == PTHREAD_CANCEL_ENABLE &&
                                      pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL) == 0 &&
                                      pthread_setcancelstate(99, NULL) == EINVAL);
    char name[16];
    CHECK("threads.name",
          pthread_setname_np(pthread_self(), "tester") == 0 &&
              pthread_getname_np(pthread_self(), name, sizeof(name)) == 0 &&
              strcmp(name, "tester") == 0 &&
              pthread_setname_np(pthread_self(), "a name that is too long") == ERANGE);
}

static int rounding;
static int raised;
static volatile long double seventh;
static volatile long double one = 1;

static void *compute_rounded(void *unused)
{
    rounding = fegetround();
    raised = fetestexcept(FE_ALL_EXCEPT);
    seventh = one / 7;
    return unused;
}

// POSIX: a thread inherits the floating-point environment.
static void floating_environment(void)
{
    pthread_t thread;
    volatile long double nearest = one / 7;
    feclearexcept(FE_ALL_EXCEPT);
    feraiseexcept(FE_DIVBYZERO);
    fesetround(FE_UPWARD);
    bool made = pthread_create(&thread, NULL, compute_rounded, NULL) == 0;
    fesetround(FE_DOWNWARD);
    feclearexcept(FE_ALL_EXCEPT);
    made = made && pthread_join(thread, NULL) == 0;
    fesetround(FE_TONEAREST);
    CHECK("threads.floating-environment", made && rounding == FE_UPWARD && raised == FE_DIVBYZERO);
    CHECK("threads.floating-environment-x87", seventh > nearest);
    CHECK("threads.floating-environment-own", fetestexcept(FE_ALL_EXCEPT) == 0);
}

void area_threads(void)
{
    starting();
    detaching();
    attributes();
    locals();
    keys();
    cleanups();
    floating_environment();
}
