// SPDX-License-Identifier: MIT
// Ids of threads: whom they name, and that those of threads that are gone name nobody. POSIX leaves
// open what the use of such an id does; here it is ESRCH. Joins that do not wait for ever.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

static void *give(void *argument)
{
    return argument;
}

static void *wait_sem(void *sem)
{
    while (sem_wait(sem) != 0) {
    }
    return sem;
}

/* Every function that takes an id refuses it. */
static bool is_nobody(pthread_t id)
{
    char name[16];
    clockid_t clock;
    pthread_attr_t attr;
    struct timespec now = in_ms(CLOCK_REALTIME, 0);
    return pthread_join(id, NULL) == ESRCH && pthread_detach(id) == ESRCH &&
           pthread_kill(id, 0) == ESRCH && pthread_kill(id, SIGUSR1) == ESRCH &&
           pthread_cancel(id) == ESRCH && pthread_setname_np(id, "x") == ESRCH &&
           pthread_getname_np(id, name, sizeof(name)) == ESRCH &&
           pthread_getattr_np(id, &attr) == ESRCH && pthread_tryjoin_np(id, NULL) == ESRCH &&
           pthread_timedjoin_np(id, NULL, &now) == ESRCH && pthread_getcpuclockid(id, &clock) != 0;
}

// Waits until a thread that nobody joins has ended: then its clock has gone.
static void await_end(pthread_t id)
{
    clockid_t clock;
    struct timespec time;
    if (pthread_getcpuclockid(id, &clock) == 0) {
        for (int i = 0; i < 60000 && clock_gettime(clock, &time) == 0; i++) {
            rest(1000000);
        }
    }
}

static void gone(void)
{
    pthread_t thread;
    CHECK("thread-ids.joined", pthread_create(&thread, NULL, give, NULL) == 0 &&
                                   pthread_join(thread, NULL) == 0 && is_nobody(thread));
    CHECK("thread-ids.detached-afterwards", pthread_create(&thread, NULL, give, NULL) == 0);
    await_end(thread);
    CHECK("thread-ids.detached-afterwards-gone",
          pthread_kill(thread, 0) == 0 && pthread_cancel(thread) == 0 &&
              pthread_detach(thread) == 0 && is_nobody(thread));
    CHECK("thread-ids.detached-before",
          pthread_create(&thread, NULL, give, NULL) == 0 &&
              (pthread_detach(thread) == 0 || pthread_kill(thread, 0) == ESRCH));
    for (int i = 0; i < 60000 && pthread_kill(thread, 0) == 0; i++) {
        rest(1000000);
    }
    CHECK("thread-ids.detached-before-gone", is_nobody(thread));
    static const uintptr_t numbers[] = {0,          1,          4095,           4096,
                                        0xffffffff, UINT64_MAX, UINT64_MAX / 2, 12345678};
    bool good = true;
    for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        pthread_t id = (pthread_t)numbers[i];
        good = good && (pthread_equal(id, pthread_self()) || is_nobody(id));
    }
    CHECK("thread-ids.never-were", good);
    /* The next threads get other ids, also in the memory of this one. */
    pthread_t next[8];
    for (unsigned i = 0; i < 8; i++) {
        good = good && pthread_create(&next[i], NULL, give, NULL) == 0 &&
               !pthread_equal(next[i], thread);
    }
    good = good && is_nobody(thread);
    for (unsigned i = 0; i < 8; i++) {
        good = good && pthread_join(next[i], NULL) == 0;
    }
    CHECK("thread-ids.not-used-again", good);
}

static void states(void)
{
    pthread_t thread;
    sem_t sem;
    sem_init(&sem, 0, 0);
    pthread_create(&thread, NULL, wait_sem, &sem);
    CHECK("thread-ids.join-detached",
          pthread_detach(thread) == 0 && pthread_join(thread, NULL) == EINVAL &&
              pthread_detach(thread) == EINVAL && pthread_tryjoin_np(thread, NULL) == EINVAL);
    sem_post(&sem);
    for (int i = 0; i < 60000 && pthread_kill(thread, 0) == 0; i++) {
        rest(1000000);
    }
    void *result = NULL;
    struct timespec soon = in_ms(CLOCK_REALTIME, 10);
    pthread_create(&thread, NULL, wait_sem, &sem);
    CHECK("thread-ids.tryjoin-busy", pthread_tryjoin_np(thread, &result) == EBUSY);
    CHECK("thread-ids.timedjoin", pthread_timedjoin_np(thread, &result, &soon) == ETIMEDOUT);
    soon = in_ms(CLOCK_MONOTONIC, 10);
    CHECK("thread-ids.clockjoin",
          pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &soon) == ETIMEDOUT &&
              pthread_clockjoin_np(thread, &result, CLOCK_THREAD_CPUTIME_ID, &soon) == EINVAL);
    soon.tv_nsec = -1;
    CHECK("thread-ids.timedjoin-bad-time", pthread_timedjoin_np(thread, &result, &soon) == EINVAL);
    sem_post(&sem);
    soon = in_ms(CLOCK_REALTIME, 60000);
    CHECK("thread-ids.timedjoin-ends",
          pthread_timedjoin_np(thread, &result, &soon) == 0 && result == &sem && is_nobody(thread));
    pthread_create(&thread, NULL, give, &sem);
    await_end(thread);
    result = NULL;
    CHECK("thread-ids.tryjoin",
          pthread_tryjoin_np(thread, &result) == 0 && result == &sem && is_nobody(thread));
    CHECK("thread-ids.join-self", pthread_tryjoin_np(pthread_self(), NULL) == EBUSY);
    sem_destroy(&sem);
}

/* One thread joins another that a third one, and then this one, would like to have. */
static void *join_it(void *thread)
{
    pthread_join(*(pthread_t *)thread, NULL);
    return NULL;
}

static void joined_twice(void)
{
    pthread_t thread;
    pthread_t joiner;
    sem_t sem;
    void *result = NULL;
    sem_init(&sem, 0, 0);
    pthread_create(&thread, NULL, wait_sem, &sem);
    pthread_create(&joiner, NULL, join_it, &thread);
    while (pthread_tryjoin_np(thread, NULL) == EBUSY) {
        rest(1000000); // until the other one waits for it
    }
    CHECK("thread-ids.second-join",
          pthread_join(thread, NULL) == EINVAL && pthread_detach(thread) == EINVAL);
    CHECK("thread-ids.cancelled-join", pthread_cancel(joiner) == 0 &&
                                           pthread_join(joiner, &result) == 0 &&
                                           result == PTHREAD_CANCELED);
    sem_post(&sem);
    CHECK("thread-ids.join-after-cancelled-join", pthread_join(thread, NULL) == 0);
    sem_destroy(&sem);
}

/* The first thread may end, and be joined. */
static pthread_t first;

static void *join_first(void *unused)
{
    void *result = NULL;
    (void)unused;
    bool good = pthread_join(first, &result) == 0 && result == (void *)77 && is_nobody(first);
    _exit(good ? 33 : 1);
}

/* After a fork the calling thread alone has its id, and the others are nobody. */
static void forked(void)
{
    pthread_t thread;
    sem_t sem;
    int status = -1;
    sem_init(&sem, 0, 0);
    pthread_create(&thread, NULL, wait_sem, &sem);
    pthread_t self = pthread_self();
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t next;
        bool good = pthread_equal(self, pthread_self()) && is_nobody(thread) &&
                    pthread_kill(self, 0) == 0 && pthread_create(&next, NULL, give, NULL) == 0 &&
                    !pthread_equal(next, thread) && pthread_join(next, NULL) == 0;
        _exit(good ? 0 : 1);
    }
    CHECK("thread-ids.fork", pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
    sem_post(&sem);
    pthread_join(thread, NULL);
    pid = fork();
    if (pid == 0) {
        first = pthread_self();
        if (pthread_create(&thread, NULL, join_first, NULL) != 0) {
            _exit(2);
        }
        pthread_exit((void *)77);
    }
    CHECK("thread-ids.join-first-thread", pid > 0 && waitpid(pid, &status, 0) == pid &&
                                              WIFEXITED(status) && WEXITSTATUS(status) == 33);
    sem_destroy(&sem);
}

/* Threads that make, join, detach, cancel and signal one another, with ids that may be old. */
#define SHARED_IDS 16
#define STRESS_THREADS 6
#define STRESS_TURNS 600

static pthread_t shared_ids[SHARED_IDS];
static volatile int handled;
static int failures;

static void count_signal(int signal)
{
    (void)signal;
    handled++;
    /* May be called here, whatever was interrupted. */
    if (pthread_kill(pthread_self(), 0) != 0) {
        __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
    }
    (void)pthread_kill(__atomic_load_n(&shared_ids[handled % SHARED_IDS], __ATOMIC_RELAXED), 0);
}

static void *short_life(void *argument)
{
    for (uintptr_t i = 0; i < (uintptr_t)argument % 5; i++) {
        sched_yield();
        pthread_testcancel();
    }
    return argument;
}

static bool one_of(int error, int a, int b)
{
    return error == 0 || error == a || error == b;
}

static bool stress_turn(unsigned *seed)
{
    int error;
    unsigned choice = (unsigned)rand_r(seed);
    pthread_t *shared = &shared_ids[choice / 8 % SHARED_IDS];
    pthread_t id = __atomic_load_n(shared, __ATOMIC_RELAXED);
    switch (choice % 8) {
    case 0:
    case 1:
    case 2:
        if (pthread_create(&id, NULL, short_life, (void *)(uintptr_t)choice) == 0) {
            id = __atomic_exchange_n(shared, id, __ATOMIC_RELAXED);
            return one_of(pthread_detach(id), ESRCH, EINVAL);
        }
        return false;
    case 3:
        return one_of(pthread_join(id, NULL), ESRCH, EINVAL);
    case 4:
        return one_of(pthread_detach(id), ESRCH, EINVAL);
    case 5:
        return one_of(pthread_cancel(id), ESRCH, ESRCH);
    case 6:
        return one_of(pthread_kill(id, SIGUSR1), ESRCH, ESRCH);
    default:
        error = pthread_tryjoin_np(id, NULL);
        return error == EBUSY || one_of(error, ESRCH, EINVAL);
    }
}

static void *stress(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    for (int i = 0; i < STRESS_TURNS; i++) {
        if (!stress_turn(&seed)) {
            __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
        }
    }
    return NULL;
}

static void stressed(void)
{
    pthread_t threads[STRESS_THREADS];
    struct sigaction action = {.sa_flags = SA_RESTART};
    struct sigaction old;
    bool good = true;
    action.sa_handler = count_signal;
    sigaction(SIGUSR1, &action, &old);
    for (uintptr_t i = 0; i < STRESS_THREADS; i++) {
        good = good && pthread_create(&threads[i], NULL, stress, (void *)(i + 1)) == 0;
    }
    for (int i = 0; good && i < STRESS_THREADS; i++) {
        good = pthread_join(threads[i], NULL) == 0;
    }
    for (int i = 0; i < SHARED_IDS; i++) {
        (void)pthread_join(shared_ids[i], NULL); /* or it is nobody, or detached */
    }
    CHECK("thread-ids.stress", good && failures == 0);
    CHECK("thread-ids.stress-signals", handled > 0);
    sigaction(SIGUSR1, &old, NULL);
}

/* What pthread_getattr_np() tells is what was asked for, and where the thread's frames are. */
static pthread_attr_t seen;

static void *look(void *argument)
{
    char *here = __builtin_frame_address(0);
    void *stack;
    size_t size;
    (void)argument;
    return (void *)(uintptr_t)(pthread_getattr_np(pthread_self(), &seen) == 0 &&
                               pthread_attr_getstack(&seen, &stack, &size) == 0 &&
                               here > (char *)stack && here < (char *)stack + size);
}

static void attributes(void)
{
    pthread_attr_t attr;
    pthread_t thread;
    void *stack = NULL;
    void *result = NULL;
    size_t size = 0;
    int state = -1;
    const size_t own_size = 128 << 10;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 200000);
    CHECK("thread-ids.getattr-size",
          pthread_create(&thread, &attr, look, NULL) == 0 && pthread_join(thread, &result) == 0 &&
              result && pthread_attr_getstacksize(&seen, &size) == 0 && size == 200000);
    char *own = mmap(NULL, own_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_attr_setstack(&attr, own, own_size);
    CHECK("thread-ids.getattr-own-stack",
          pthread_create(&thread, &attr, look, NULL) == 0 && pthread_join(thread, &result) == 0 &&
              result && pthread_attr_getstack(&seen, &stack, &size) == 0 && stack == own &&
              size == own_size && pthread_attr_getdetachstate(&seen, &state) == 0 &&
              state == PTHREAD_CREATE_JOINABLE);
    munmap(own, own_size);
    pthread_attr_destroy(&attr);
    char name[16];
    sem_t sem;
    sem_init(&sem, 0, 0);
    pthread_create(&thread, NULL, wait_sem, &sem);
    CHECK("thread-ids.name-of-another", pthread_setname_np(thread, "worker") == 0 &&
                                            pthread_getname_np(thread, name, sizeof(name)) == 0 &&
                                            strcmp(name, "worker") == 0 &&
                                            pthread_getname_np(thread, name, 3) == ERANGE);
    sem_post(&sem);
    pthread_join(thread, NULL);
    sem_destroy(&sem);
}

void area_thread_ids(void)
{
    gone();
    states();
    joined_twice();
    attributes();
    forked();
    stressed();
}
