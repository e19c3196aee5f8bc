// SPDX-License-Identifier: MIT
// Robust mutexes in memory that processes share.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "robust_make.h"

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
        make_robust(&shared->many[i], PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_SHARED);
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
    struct timespec soon = in_ms(CLOCK_REALTIME, 5000);
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
    make_robust(&mutex, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PROCESS_PRIVATE);
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

void robust_processes(void)
{
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!CHECK("robust.shared-memory", shared != MAP_FAILED)) {
        return;
    }
    make_robust(&shared->mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_SHARED);
    processes();
    many();
    killed_anywhere();
    forked();
    munmap(shared, sizeof(*shared));
}
