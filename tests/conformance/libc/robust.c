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

static void rest(long ns)
{
    struct timespec time = {0, ns};
    nanosleep(&time, NULL);
}

static struct timespec in_ms(long ms)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_nsec += ms * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

static void make(pthread_mutex_t *mutex, int type, int shared)
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
    struct timespec soon = in_ms(10);
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
        make(&mutex, types[i % 3], i < 3 ? PTHREAD_PROCESS_PRIVATE : PTHREAD_PROCESS_SHARED);
        good = good && pthread_create(&thread, NULL, bodies[i / 3], &mutex) == 0 &&
               pthread_join(thread, NULL) == 0 && pthread_mutex_lock(&mutex) == EOWNERDEAD &&
               pthread_mutex_consistent(&mutex) == 0 &&
               pthread_mutex_consistent(&mutex) == EINVAL && pthread_mutex_unlock(&mutex) == 0 &&
               pthread_mutex_lock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0 &&
               pthread_mutex_destroy(&mutex) == 0;
    }
    CHECK("robust.thread-ends", good);
    make(&mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_PRIVATE);
    pthread_create(&thread, NULL, detach_itself, &mutex);
    for (int i = 0; i < 1000 && pthread_kill(thread, 0) == 0; i++) {
        rest(1000000);
    }
    CHECK("robust.detached-thread-ends", pthread_mutex_trylock(&mutex) == EOWNERDEAD &&
                                             pthread_mutex_consistent(&mutex) == 0 &&
                                             pthread_mutex_unlock(&mutex) == 0);
    pthread_create(&thread, NULL, just_return, &mutex);
    pthread_join(thread, NULL);
    struct timespec soon = in_ms(1000);
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
    make(&mutex, PTHREAD_MUTEX_RECURSIVE, PTHREAD_PROCESS_PRIVATE);
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
    make(&mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_PRIVATE);
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
    make(&mutex, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PROCESS_PRIVATE);
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
    struct timespec soon = in_ms(1000);
    CHECK("robust.lost", pthread_mutex_lock(&mutex) == ENOTRECOVERABLE &&
                             pthread_mutex_trylock(&mutex) == ENOTRECOVERABLE &&
                             pthread_mutex_timedlock(&mutex, &soon) == ENOTRECOVERABLE &&
                             pthread_mutex_unlock(&mutex) == EPERM &&
                             pthread_mutex_consistent(&mutex) == EINVAL);
    CHECK("robust.lost-is-made-again", pthread_mutex_destroy(&mutex) == 0);
    make(&mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_PRIVATE);
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
    make(&cond_mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_PRIVATE);
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

/* Memory that processes share. */
struct shared {
    pthread_mutex_t mutex;
    pthread_mutex_t many[600];
    volatile int ready;
    volatile long a;
    volatile long b;
};

static struct shared *shared;

static bool locks_dead(void)
{
    return pthread_mutex_lock(&shared->mutex) == EOWNERDEAD &&
           pthread_mutex_consistent(&shared->mutex) == 0 &&
           pthread_mutex_unlock(&shared->mutex) == 0;
}

static void end_in(int how)
{
    pthread_mutex_lock(&shared->mutex);
    shared->ready = 1;
    char *argv[] = {(char *)test_program, "--child", "return", NULL};
    switch (how) {
    case 0:
        for (;;) {
            pause();
        }
    case 1:
        _exit(0);
    case 2:
        *(volatile int *)8 = 1;
        break;
    default:
        close(STDOUT_FILENO); /* the program has something to say */
        execv(test_program, argv);
        _exit(1);
    }
}

/* Takes the mutex and gives it back, also if a holder of it was killed. 0 or an error. */
static int take_after_all(void)
{
    int error = pthread_mutex_lock(&shared->mutex);
    if (error == EOWNERDEAD) {
        error = pthread_mutex_consistent(&shared->mutex);
    }
    return error == 0 ? pthread_mutex_unlock(&shared->mutex) : error;
}

static void processes(void)
{
    static const char *const names[] = {"robust.killed-process", "robust.ended-process",
                                        "robust.crashed-process", "robust.replaced-process"};
    for (int how = 0; how < 4; how++) {
        shared->ready = 0;
        pid_t pid = fork();
        if (pid == 0) {
            end_in(how);
            _exit(9);
        }
        while (!shared->ready) {
            rest(1000000);
        }
        if (how == 0) {
            kill(pid, SIGKILL); /* it is waited for while it ends */
        }
        CHECK(names[how], locks_dead());
        waitpid(pid, NULL, 0);
    }
    /* A waiter that is killed takes no wake-up along. */
    pthread_mutex_lock(&shared->mutex);
    pid_t pids[3];
    for (int i = 0; i < 3; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            _exit(take_after_all() == 0 ? 0 : 1);
        }
    }
    rest(20000000);
    pthread_mutex_unlock(&shared->mutex);
    kill(pids[0], SIGKILL); /* it may have the mutex */
    bool good = true;
    for (int i = 0; i < 3; i++) {
        int status = -1;
        good = waitpid(pids[i], &status, 0) == pids[i] && (i == 0 || status == 0) && good;
    }
    CHECK("robust.killed-waiter", good && take_after_all() == 0);
}

static void many(void)
{
    for (int i = 0; i < 600; i++) {
        make(&shared->many[i], PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_SHARED);
    }
    int held = 0;
    int error = 0;
    while (held < 600 && (error = pthread_mutex_lock(&shared->many[held])) == 0) {
        held++;
    }
    CHECK("robust.too-many", error == EAGAIN && held >= 256);
    for (int i = 0; i < held; i++) { /* oldest first */
        pthread_mutex_unlock(&shared->many[i]);
    }
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < held; i++) {
            pthread_mutex_lock(&shared->many[i]);
        }
        for (int i = 0; i < held; i += 2) {
            pthread_mutex_unlock(&shared->many[i]);
        }
        raise(SIGKILL);
    }
    waitpid(pid, NULL, 0);
    bool good = true;
    for (int i = 0; i < held; i++) {
        good = good && pthread_mutex_lock(&shared->many[i]) == (i % 2 == 0 ? 0 : EOWNERDEAD);
        pthread_mutex_consistent(&shared->many[i]);
        pthread_mutex_unlock(&shared->many[i]);
    }
    CHECK("robust.many-of-a-killed-process", good);
}

/* Processes that keep two numbers equal, and are killed wherever they are. */
static void keep_equal(void)
{
    for (;;) {
        int error = pthread_mutex_lock(&shared->mutex);
        if (error == EOWNERDEAD) {
            shared->b = shared->a;
            pthread_mutex_consistent(&shared->mutex);
        } else if (error != 0) {
            _exit(1);
        }
        if (shared->a != shared->b) {
            _exit(2);
        }
        shared->a++;
        if (shared->a % 64 == 0) {
            sched_yield();
        }
        shared->b++;
        pthread_mutex_unlock(&shared->mutex);
    }
}

static void killed_anywhere(void)
{
    pid_t pids[3];
    bool good = true;
    shared->a = shared->b = 0;
    for (int i = 0; i < 3; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            keep_equal();
        }
    }
    for (int round = 0; round < 45; round++) {
        int status = -1;
        int i = round % 3;
        rest(1000000 + round * 100000);
        kill(pids[i], SIGKILL);
        good = waitpid(pids[i], &status, 0) == pids[i] && WIFSIGNALED(status) && good;
        pids[i] = fork();
        if (pids[i] == 0) {
            keep_equal();
        }
    }
    for (int i = 0; i < 3; i++) {
        int status = -1;
        kill(pids[i], SIGKILL);
        good = waitpid(pids[i], &status, 0) == pids[i] && WIFSIGNALED(status) && good;
    }
    struct timespec soon = in_ms(5000);
    int error = pthread_mutex_timedlock(&shared->mutex, &soon);
    CHECK("robust.killed-anywhere", good && (error == 0 || error == EOWNERDEAD) && shared->a > 100);
    pthread_mutex_consistent(&shared->mutex);
    pthread_mutex_unlock(&shared->mutex);
}

/* What fork() copies of mutexes that the calling thread holds is held by the copy's thread. */
static void forked(void)
{
    pthread_mutex_t mutex;
    pthread_mutex_t recursive;
    pthread_mutexattr_t attr;
    int status = -1;
    make(&mutex, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PROCESS_PRIVATE);
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&recursive, &attr);
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&recursive);
    pthread_mutex_lock(&shared->mutex);
    pid_t pid = fork();
    if (pid == 0) {
        bool good = pthread_mutex_lock(&mutex) == EDEADLK && pthread_mutex_unlock(&mutex) == 0 &&
                    pthread_mutex_lock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0 &&
                    pthread_mutex_lock(&recursive) == 0 && pthread_mutex_unlock(&recursive) == 0 &&
                    pthread_mutex_unlock(&recursive) == 0 &&
                    pthread_mutex_unlock(&shared->mutex) == EPERM &&
                    pthread_mutex_trylock(&shared->mutex) == EBUSY;
        _exit(good ? 0 : 1);
    }
    CHECK("robust.held-over-fork", waitpid(pid, &status, 0) == pid && status == 0);
    CHECK("robust.held-over-fork-parent", pthread_mutex_unlock(&mutex) == 0 &&
                                              pthread_mutex_unlock(&recursive) == 0 &&
                                              pthread_mutex_unlock(&shared->mutex) == 0);
}

void area_robust(void)
{
    attributes();
    ends();
    waiters();
    not_mended();
    conditions();
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!CHECK("robust.shared-memory", shared != MAP_FAILED)) {
        return;
    }
    make(&shared->mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_SHARED);
    processes();
    many();
    killed_anywhere();
    forked();
    munmap(shared, sizeof(*shared));
}
