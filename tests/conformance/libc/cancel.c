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

#include "cancel_victim.h"
#include "harness.h"

static void clean(void *argument)
{
    struct victim *victim = argument;
    victim->cleaned++;
}

void *run_victim(void *argument)
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

void body_read(struct victim *victim)
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

void body_sleep(struct victim *victim)
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

/* What threads wait at that no victim ends: it stays, as they leave it in their own time. */
static sem_t outside;

static void *forever(void *unused)
{
    sem_wait(&outside);
    return unused;
}

static void body_join(struct victim *victim)
{
    pthread_t other;
    (void)victim;
    pthread_create(&other, NULL, forever, NULL);
    pthread_detach(other);
    /* A thread that is not detached, and does not end. */
    pthread_create(&other, NULL, forever, NULL);
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
    sem_init(&outside, 0, 0);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&victim, 0, sizeof(victim));
        sem_init(&victim.sem, 0, 0);
        pipe(victim.fds);
        bool waiting = cancels(&victim, cases[i].body, true) && !victim.came_back;
        bool early = cancels(&victim, cases[i].body, false) && !victim.came_back;
        CHECK(cases[i].name, waiting && early);
        close(victim.fds[0]);
        close(victim.fds[1]);
    }
    for (int n = 0; n < 4; n++) { /* two for each time that body_join() was called */
        sem_post(&outside);
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
    for (int i = 0; i < 60000 && !victim.cleaned; i++) {
        victim.begun = 2;
        rest(1000000);
    }
    pthread_join(victim.thread, &result);
    CHECK("cancel.asynchronous-from-now-on", result == PTHREAD_CANCELED && !victim.came_back);
}

void area_cancel(void)
{
    points();
    conditions();
    disabled();
    asynchronous();
    cancel_effects();
}
