// SPDX-License-Identifier: MIT
// What a cancellation does besides ending the thread: handlers, data, once-functions, other
// threads.
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cancel_victim.h"
#include "harness.h"

#define MANY 200 /* descriptors that pselect() allocates a list for */

/* Handlers run newest first, then destructors of keys, which see no more cancellation. */
static char order[16];

static void note(void *argument)
{
    strncat(order, argument, sizeof(order) - strlen(order) - 1);
}

static void *ordered(void *argument)
{
    pthread_key_t *key = argument;
    pthread_setspecific(*key, "k");
    pthread_cleanup_push(note, "a");
    pthread_cleanup_push(note, "b");
    pthread_cleanup_push(note, "x");
    pthread_cleanup_pop(0);
    pthread_cleanup_push(note, "c");
    for (;;) {
        rest(1000000);
    }
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

static void handlers(void)
{
    pthread_t thread;
    pthread_key_t key;
    void *result;
    pthread_key_create(&key, note);
    pthread_create(&thread, NULL, ordered, &key);
    rest(3000000);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    CHECK("cancel.order-of-handlers", result == PTHREAD_CANCELED && strcmp(order, "cbak") == 0);
    pthread_key_delete(key);
}

/* A call that has had its effect is not given up: no byte of a pipe gets lost. */
static volatile int taken;

static void *take_bytes(void *argument)
{
    const int *fds = argument;
    char byte;
    for (;;) {
        if (read(fds[0], &byte, 1) == 1) {
            __atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
        }
    }
    return NULL;
}

static void no_loss(void)
{
    int fds[2];
    int given = 0;
    pipe(fds);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    fcntl(fds[0], F_SETFL, 0);
    taken = 0;
    for (int i = 0; i < 200; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, take_bytes, fds);
        given += (int)write(fds[1], "abcdefgh", 8);
        for (int n = 0; n < i % 7; n++) {
            sched_yield();
        }
        pthread_cancel(thread);
        pthread_join(thread, NULL);
    }
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    char byte;
    int left = 0;
    while (read(fds[0], &byte, 1) == 1) {
        left++;
    }
    CHECK("cancel.nothing-lost", taken + left == given);
    close(fds[0]);
    close(fds[1]);
}

/* A cancellation that interrupts a handler which interrupted a cancellation point acts afterwards.
 */
static volatile int in_handler;

static void slow_handler(int signal)
{
    (void)signal;
    in_handler = 1;
    while (in_handler == 1) {
        __asm__ volatile("" ::: "memory");
    }
}

static void nested(void)
{
    struct victim victim = {.body = body_sleep};
    struct sigaction action = {.sa_flags = SA_RESTART};
    struct sigaction old;
    void *result = NULL;
    action.sa_handler = slow_handler;
    sigaction(SIGUSR2, &action, &old);
    pipe(victim.fds);
    victim.body = body_read;
    pthread_create(&victim.thread, NULL, run_victim, &victim);
    while (!victim.begun) {
        sched_yield();
    }
    rest(2000000);
    pthread_kill(victim.thread, SIGUSR2);
    while (!in_handler) {
        sched_yield();
    }
    pthread_cancel(victim.thread);
    rest(3000000);
    bool alive = !victim.cleaned;
    in_handler = 2;
    pthread_join(victim.thread, &result);
    CHECK("cancel.in-a-handler",
          alive && result == PTHREAD_CANCELED && victim.cleaned == 1 && !victim.came_back);
    sigaction(SIGUSR2, &old, NULL);
    close(victim.fds[0]);
    close(victim.fds[1]);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static volatile int once_calls;

static void once_function(void)
{
    if (__atomic_fetch_add(&once_calls, 1, __ATOMIC_SEQ_CST) == 0) {
        sleep(1000);
    }
}

static void body_once(struct victim *victim)
{
    (void)victim;
    pthread_once(&once, once_function);
}

static void *call_once_function(void *argument)
{
    (void)argument;
    pthread_once(&once, once_function);
    return NULL;
}

static void once_again(void)
{
    struct victim victim = {.body = body_once};
    pthread_t waiter;
    pthread_create(&victim.thread, NULL, run_victim, &victim);
    while (once_calls == 0) {
        sched_yield();
    }
    pthread_create(&waiter, NULL, call_once_function, NULL);
    rest(3000000);
    pthread_cancel(victim.thread);
    CHECK("cancel.once-runs-again", pthread_join(victim.thread, NULL) == 0 &&
                                        pthread_join(waiter, NULL) == 0 && once_calls == 2);
}

/* Threads of a cancelled thread are not cancelled, but can be. */
static void *made_late(void *argument)
{
    volatile int *state = argument;
    *state = 1;
    for (;;) {
        sleep(1000);
    }
}

static void body_makes(struct victim *victim)
{
    pthread_t child;
    void *result = NULL;
    volatile int state = 0;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    while (victim->begun < 2) {
        sched_yield();
    }
    pthread_create(&child, NULL, made_late, (void *)&state);
    while (state == 0) {
        sched_yield();
    }
    rest(2000000);
    pthread_cancel(child);
    pthread_join(child, &result);
    victim->fds[0] = result == PTHREAD_CANCELED;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
}

static void inherited(void)
{
    struct victim victim = {.body = body_makes};
    pthread_create(&victim.thread, NULL, run_victim, &victim);
    while (!victim.begun) {
        sched_yield();
    }
    pthread_cancel(victim.thread);
    victim.begun = 2;
    pthread_join(victim.thread, NULL);
    CHECK("cancel.threads-of-a-cancelled-one", victim.fds[0] == 1);
}

static void *ends_at_once(void *argument)
{
    return argument;
}

static void ended(void)
{
    pthread_t thread;
    void *result = NULL;
    pthread_create(&thread, NULL, ends_at_once, (void *)5);
    rest(3000000);
    CHECK("cancel.ended-thread",
          pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0 && result == (void *)5);
}

static void *select_many(void *argument)
{
    int *fds = argument;
    fd_set set;
    FD_ZERO(&set);
    for (int fd = fds[0]; fd < MANY; fd++) {
        FD_SET(fd, &set);
    }
    pselect(MANY, &set, NULL, NULL, NULL, NULL);
    return NULL;
}

/* What a function allocates for its own use is not lost. */
static void no_leak(void)
{
    int fds[2];
    pthread_t thread;
    void *result;
    bool good = pipe(fds) == 0 && dup2(fds[1], MANY) == MANY;
    close(fds[1]);
    for (int fd = fds[0] + 1; fd < MANY; fd++) {
        good = good && dup2(fds[0], fd) == fd;
    }
    size_t before = mallinfo().uordblks;
    for (int i = 0; i < 100; i++) {
        good = good && pthread_create(&thread, NULL, select_many, fds) == 0;
        rest(1000000);
        good = good && pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0 &&
               result == PTHREAD_CANCELED;
    }
    CHECK("cancel.pselect-of-many", good);
    CHECK("cancel.pselect-leaks-nothing", mallinfo().uordblks < before + 50000);
    for (int fd = fds[0]; fd <= MANY; fd++) {
        close(fd);
    }
}

/* posix_spawn() is no cancellation point, nor are the calls that its file actions stand for. */
static int spawn_error;

static void body_spawn(struct victim *victim)
{
    char *argv[] = {(char *)test_program, "--child", "return-0", NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 9, "/dev/null", O_RDONLY, 0);
    pthread_cancel(pthread_self());
    spawn_error = posix_spawn(&pid, test_program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    victim->fds[0] = pid;
}

static void spawns(void)
{
    struct victim victim = {.body = body_spawn};
    void *result = NULL;
    int status = -1;
    int before = dup(0);
    close(before);
    pthread_create(&victim.thread, NULL, run_victim, &victim);
    pthread_join(victim.thread, &result);
    CHECK("cancel.not-in-spawn",
          result == PTHREAD_CANCELED && victim.came_back && spawn_error == 0 &&
              waitpid(victim.fds[0], &status, 0) == victim.fds[0] && status == 0);
    int after = dup(0);
    close(after);
    CHECK("cancel.spawn-leaves-no-descriptor-open", after == before);
}

void cancel_effects(void)
{
    handlers();
    no_loss();
    nested();
    once_again();
    inherited();
    ended();
    no_leak();
    spawns();
}
