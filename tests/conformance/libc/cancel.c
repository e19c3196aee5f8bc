// SPDX-License-Identifier: MIT
// Cancellation of threads, as POSIX describes it.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

/* A thread under test says that it has begun, and does what `body` does. */
struct victim {
    void (*body)(struct victim *);
    pthread_t thread;
    volatile int begun;
    volatile int came_back; /* the call under test returned */
    volatile int cleaned;
    int fds[2];
    sem_t sem;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
};

static void clean(void *argument)
{
    struct victim *victim = argument;
    victim->cleaned++;
}

static void *run_victim(void *argument)
{
    struct victim *victim = argument;
    pthread_cleanup_push(clean, victim);
    victim->begun = 1;
    victim->body(victim);
    victim->came_back = 1;
    pthread_testcancel();
    pthread_cleanup_pop(0);
    return NULL;
}

static void rest(long ns)
{
    struct timespec time = {0, ns};
    nanosleep(&time, NULL);
}

/* Starts a victim, cancels it, perhaps once it waits, and joins it. */
static bool cancels(struct victim *victim, void (*body)(struct victim *), bool let_wait)
{
    void *result = NULL;
    victim->body = body;
    victim->begun = victim->came_back = victim->cleaned = 0;
    if (pthread_create(&victim->thread, NULL, run_victim, victim) != 0) {
        return false;
    }
    if (let_wait) {
        while (!victim->begun) {
            sched_yield();
        }
        rest(3000000);
    }
    return pthread_cancel(victim->thread) == 0 && pthread_join(victim->thread, &result) == 0 &&
           result == PTHREAD_CANCELED && victim->cleaned == 1;
}

static void body_read(struct victim *victim)
{
    char byte;
    read(victim->fds[0], &byte, 1);
}

static void body_write(struct victim *victim)
{
    static const char bytes[4096];
    while (write(victim->fds[1], bytes, sizeof(bytes)) > 0) { /* until it is full */
    }
}

static void body_nanosleep(struct victim *victim)
{
    struct timespec time = {1000, 0};
    (void)victim;
    nanosleep(&time, NULL);
}

static void body_clock_nanosleep(struct victim *victim)
{
    struct timespec time;
    (void)victim;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += 1000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static void body_sleep(struct victim *victim)
{
    (void)victim;
    sleep(1000);
}

static void body_usleep(struct victim *victim)
{
    (void)victim;
    usleep(900000000);
}

static void body_pause(struct victim *victim)
{
    (void)victim;
    pause();
}

static void body_sigsuspend(struct victim *victim)
{
    sigset_t set;
    (void)victim;
    sigemptyset(&set);
    sigsuspend(&set);
}

static void body_sigwait(struct victim *victim)
{
    sigset_t set;
    int signal;
    (void)victim;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigwait(&set, &signal);
}

static void body_sigtimedwait(struct victim *victim)
{
    struct timespec time = {1000, 0};
    sigset_t set;
    (void)victim;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigtimedwait(&set, NULL, &time);
}

static void body_poll(struct victim *victim)
{
    struct pollfd entry = {.fd = victim->fds[0], .events = POLLIN};
    poll(&entry, 1, -1);
}

static void body_select(struct victim *victim)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(victim->fds[0], &set);
    select(victim->fds[0] + 1, &set, NULL, NULL, NULL);
}

static void body_sem_wait(struct victim *victim)
{
    sem_wait(&victim->sem);
}

static void body_sem_timedwait(struct victim *victim)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_sec += 1000;
    sem_timedwait(&victim->sem, &time);
}

static void *forever(void *argument)
{
    sem_wait(argument);
    return NULL;
}

static void body_join(struct victim *victim)
{
    pthread_t other;
    pthread_create(&other, NULL, forever, &victim->sem);
    pthread_detach(other);
    /* A thread that is not detached, and does not end. */
    pthread_create(&other, NULL, forever, &victim->sem);
    pthread_join(other, NULL);
}

static void body_testcancel(struct victim *victim)
{
    (void)victim;
    for (;;) {
        pthread_testcancel();
        sched_yield();
    }
}

static void points(void)
{
    static const struct {
        const char *name;
        void (*body)(struct victim *);
    } cases[] = {
        {"cancel.read", body_read},           {"cancel.write", body_write},
        {"cancel.nanosleep", body_nanosleep}, {"cancel.clock-nanosleep", body_clock_nanosleep},
        {"cancel.sleep", body_sleep},         {"cancel.usleep", body_usleep},
        {"cancel.pause", body_pause},         {"cancel.sigsuspend", body_sigsuspend},
        {"cancel.sigwait", body_sigwait},     {"cancel.sigtimedwait", body_sigtimedwait},
        {"cancel.poll", body_poll},           {"cancel.select", body_select},
        {"cancel.sem-wait", body_sem_wait},   {"cancel.sem-timedwait", body_sem_timedwait},
        {"cancel.join", body_join},           {"cancel.testcancel", body_testcancel},
    };
    struct victim victim;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&victim, 0, sizeof(victim));
        sem_init(&victim.sem, 0, 0);
        pipe(victim.fds);
        bool waiting = cancels(&victim, cases[i].body, true) && !victim.came_back;
        bool early = cancels(&victim, cases[i].body, false) && !victim.came_back;
        CHECK(cases[i].name, waiting && early);
        close(victim.fds[0]);
        close(victim.fds[1]);
        if (cases[i].body == body_join) { /* let the others go before their semaphore does */
            for (int n = 0; n < 8; n++) {
                sem_post(&victim.sem);
            }
            rest(20000000);
        }
    }
}

/* POSIX: the mutex is held when the first cleanup handler runs. */
static volatile int mutex_was_held;

static void look_at_mutex(void *argument)
{
    struct victim *victim = argument;
    mutex_was_held = pthread_mutex_trylock(&victim->mutex) == EBUSY;
    pthread_mutex_unlock(&victim->mutex);
}

static void body_cond(struct victim *victim)
{
    pthread_mutex_lock(&victim->mutex);
    pthread_cleanup_push(look_at_mutex, victim);
    for (;;) {
        pthread_cond_wait(&victim->cond, &victim->mutex);
    }
    pthread_cleanup_pop(0);
}

static void body_cond_timed(struct victim *victim)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_sec += 1000;
    pthread_mutex_lock(&victim->mutex);
    pthread_cleanup_push(look_at_mutex, victim);
    pthread_cond_timedwait(&victim->cond, &victim->mutex, &time);
    pthread_cleanup_pop(0);
}

static void conditions(void)
{
    struct victim victim = {.mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
    CHECK("cancel.cond-wait",
          cancels(&victim, body_cond, true) && mutex_was_held && !victim.came_back);
    CHECK("cancel.cond-free-afterwards", pthread_mutex_trylock(&victim.mutex) == 0 &&
                                             pthread_mutex_unlock(&victim.mutex) == 0 &&
                                             pthread_cond_destroy(&victim.cond) == 0);
    mutex_was_held = 0;
    victim.cond = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    CHECK("cancel.cond-timedwait",
          cancels(&victim, body_cond_timed, false) && mutex_was_held && !victim.came_back);
}

static void body_disabled(struct victim *victim)
{
    int old;
    bool good =
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old) == 0 && old == PTHREAD_CANCEL_ENABLE;
    while (victim->begun < 2) {
        rest(1000000); /* a cancellation point that must not act */
    }
    pthread_testcancel();
    victim->came_back = good ? 7 : 8;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
    pthread_testcancel();
    victim->came_back = 9;
}

static void disabled(void)
{
    struct victim victim = {.body = body_disabled};
    void *result = NULL;
    pthread_create(&victim.thread, NULL, run_victim, &victim);
    while (!victim.begun) {
        sched_yield();
    }
    rest(2000000);
    pthread_cancel(victim.thread);
    rest(5000000);
    bool alive = victim.came_back == 0;
    victim.begun = 2;
    pthread_join(victim.thread, &result);
    CHECK("cancel.disabled", alive && result == PTHREAD_CANCELED && victim.came_back == 7);
    CHECK("cancel.bad-state",
          pthread_setcancelstate(77, NULL) == EINVAL && pthread_setcanceltype(77, NULL) == EINVAL);
}

static void body_spin(struct victim *victim)
{
    (void)victim;
    for (;;) {
        __asm__ volatile("" ::: "memory");
    }
}

static void body_spin_asynchronous(struct victim *victim)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    victim->begun = 2;
    body_spin(victim);
}

static void body_asynchronous_late(struct victim *victim)
{
    while (victim->begun < 2) {
        sched_yield();
    }
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL); /* acts at once */
    victim->came_back = 1;
}

static void asynchronous(void)
{
    struct victim victim = {0};
    bool good = true;
    for (int i = 0; i < 20; i++) {
        good = good && cancels(&victim, body_spin_asynchronous, i % 2 == 0);
    }
    CHECK("cancel.asynchronous", good);
    void *result = NULL;
    victim = (struct victim){.body = body_asynchronous_late};
    pthread_create(&victim.thread, NULL, run_victim, &victim);
    pthread_cancel(victim.thread);
    victim.begun = 2;
    while (victim.begun == 1) {
        victim.begun = 2;
    }
    for (int i = 0; i < 200 && !victim.cleaned; i++) {
        victim.begun = 2;
        rest(1000000);
    }
    pthread_join(victim.thread, &result);
    CHECK("cancel.asynchronous-from-now-on", result == PTHREAD_CANCELED && !victim.came_back);
}

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

void area_cancel(void)
{
    points();
    conditions();
    disabled();
    asynchronous();
    handlers();
    no_loss();
    nested();
    once_again();
    inherited();
    ended();
}
