// SPDX-License-Identifier: MIT
// Setting the wall clock, and the clocks of other processes and threads.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define MS 1000000L
#define SECOND 1000000000LL

static int64_t now(clockid_t clock)
{
    struct timespec time;
    return clock_gettime(clock, &time) == 0 ? time.tv_sec * SECOND + time.tv_nsec : -1;
}

static int set(int64_t ns)
{
    const struct timespec time = {ns / SECOND, ns % SECOND};
    return clock_settime(CLOCK_REALTIME, &time);
}

static void *sleep_until_hour(void *until)
{
    const struct timespec time = {*(int64_t *)until / SECOND, *(int64_t *)until % SECOND};
    return (void *)(intptr_t)clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, NULL);
}

static void *sleep_relative(void *unused)
{
    const struct timespec time = {0, 30 * MS};
    int64_t start = now(CLOCK_MONOTONIC);
    (void)unused;
    int error = clock_nanosleep(CLOCK_REALTIME, 0, &time, NULL);
    return (void *)(intptr_t)(error == 0 && now(CLOCK_MONOTONIC) - start >= 30 * MS);
}

static void setting(void)
{
    const int64_t hour = 3600 * SECOND;
    int64_t before = now(CLOCK_REALTIME);
    int64_t steady = now(CLOCK_MONOTONIC);
    CHECK("clocks.set", set(1234567890 * SECOND) == 0 && time(NULL) >= 1234567890 &&
                            time(NULL) < 1234567890 + 20);
    struct timeval tv = {.tv_sec = 1000, .tv_usec = 5};
    CHECK("clocks.settimeofday", settimeofday(&tv, NULL) == 0 &&
                                     now(CLOCK_REALTIME) >= 1000 * SECOND &&
                                     now(CLOCK_REALTIME) < 1020 * SECOND);
    set(before + (now(CLOCK_MONOTONIC) - steady));
    CHECK("clocks.monotonic-stays", now(CLOCK_MONOTONIC) - steady < 20 * SECOND);

    pthread_t absolute;
    pthread_t relative;
    void *slept;
    int64_t until = now(CLOCK_REALTIME) + hour;
    struct timespec rest = {0, 10 * MS};
    pthread_create(&absolute, NULL, sleep_until_hour, &until);
    pthread_create(&relative, NULL, sleep_relative, NULL);
    nanosleep(&rest, NULL);
    set(now(CLOCK_REALTIME) + hour);
    pthread_join(relative, &slept);
    CHECK("clocks.relative-sleep-stays", slept == (void *)1);
    pthread_join(absolute, &slept);
    CHECK("clocks.absolute-sleep-follows", slept == NULL && now(CLOCK_REALTIME) >= until);
    set(now(CLOCK_REALTIME) - hour);
}

static void bad_settings(void)
{
    const struct timespec bad[] = {{1000, -1}, {1000, SECOND}, {-1, 0}, {INT64_MAX, 0}};
    struct timeval tv = {.tv_sec = 1000, .tv_usec = 1000000};
    int64_t before = now(CLOCK_REALTIME);
    bool refused = true;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        refused = refused && clock_settime(CLOCK_REALTIME, &bad[i]) < 0 && errno == EINVAL;
    }
    CHECK("clocks.bad-time", refused && settimeofday(&tv, NULL) < 0 && errno == EINVAL);
    const struct timespec good = {1000, 0};
    const clockid_t fixed[] = {CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
                               999};
    refused = true;
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        refused = refused && clock_settime(fixed[i], &good) < 0 && errno == EINVAL;
    }
    CHECK("clocks.fixed", refused && now(CLOCK_REALTIME) >= before);
}

static sem_t computed;
static sem_t looked;

static void *compute(void *unused)
{
    (void)unused;
    while (now(CLOCK_THREAD_CPUTIME_ID) < 10 * MS) {
    }
    sem_post(&computed);
    sem_wait(&looked);
    return NULL;
}

static void other_threads(void)
{
    pthread_t thread;
    clockid_t clock;
    struct timespec resolution;
    sem_init(&computed, 0, 0);
    sem_init(&looked, 0, 0);
    pthread_create(&thread, NULL, compute, NULL);
    sem_wait(&computed);
    CHECK("clocks.other-thread", pthread_getcpuclockid(thread, &clock) == 0 &&
                                     now(clock) >= 10 * MS &&
                                     clock_getres(clock, &resolution) == 0);
    sem_post(&looked);
    pthread_join(thread, NULL);
    CHECK("clocks.ended-thread", now(clock) == -1 && errno == EINVAL);
    CHECK("clocks.own-thread",
          pthread_getcpuclockid(pthread_self(), &clock) == 0 && now(clock) >= 0);
}

static void other_processes(void)
{
    clockid_t clock;
    struct tms used;
    CHECK("clocks.own-process", clock_getcpuclockid(getpid(), &clock) == 0 && now(clock) > 0 &&
                                    clock_getcpuclockid(0, &clock) == 0 && now(clock) > 0);
    pid_t child = fork();
    if (child == 0) {
        clock_t begin = times(&used);
        _exit(begin == (clock_t)-1 || used.tms_cutime != 0 || used.tms_cstime != 0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK("clocks.times-of-a-copy", status == 0);
    child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    CHECK("clocks.other-process", clock_getcpuclockid(child, &clock) == 0 && now(clock) >= 0 &&
                                      clock_settime(clock, &(struct timespec){1, 0}) < 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    CHECK("clocks.ended-process",
          now(clock) == -1 && errno == EINVAL && clock_getcpuclockid(child, &clock) == ESRCH);
}

// Each part takes about a millisecond. There are many: where the machine is held up the clock goes
// on, and nobody sees what it is used for.
#define PARTS 200

static int compute_in_program(void)
{
    struct tms used;
    volatile unsigned work = 0;
    for (int part = 0; part < PARTS || now(CLOCK_PROCESS_CPUTIME_ID) < 300 * MS; part++) {
        for (int i = 0; i < 100000; i++) {
            work = work + 1;
        }
    }
    times(&used);
    return used.tms_utime >= 20 ? 0 : 1;
}

static int compute_in_kernel(void)
{
    struct tms used;
    static char page[65536];
    int random = open("/dev/urandom", O_RDONLY);
    for (int part = 0; part < PARTS || now(CLOCK_PROCESS_CPUTIME_ID) < 300 * MS; part++) {
        (void)!read(random, page, sizeof(page));
    }
    times(&used);
    return used.tms_stime >= 20 ? 0 : 1;
}

// Whether it holds in a copy, which has done nothing before.
static bool in_copy(int (*compute)(void))
{
    int status = -1;
    pid_t copy = fork();
    if (copy == 0) {
        _exit(compute());
    }
    return waitpid(copy, &status, 0) == copy && status == 0;
}

// Time in the program and time in the kernel.
static void told_apart(void)
{
    CHECK("clocks.user-time", in_copy(compute_in_program));
    CHECK("clocks.system-time", in_copy(compute_in_kernel));
}

/* Whoever waits for a date sees it; a copy of the process sees what is set. */
static void same_for_all(void)
{
    int status = 0;
    int64_t before = now(CLOCK_MONOTONIC);
    pid_t copy = fork();
    if (copy == 0) {
        _exit(now(CLOCK_MONOTONIC) >= before && set(5000 * SECOND) == 0 ? 0 : 1);
    }
    int64_t date = now(CLOCK_REALTIME);
    waitpid(copy, &status, 0);
    CHECK("clocks.copy", WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK("clocks.set-by-copy",
          now(CLOCK_REALTIME) >= 5000 * SECOND && now(CLOCK_REALTIME) < 5020 * SECOND);
    set(date + (now(CLOCK_MONOTONIC) - before));
    bool good = true;
    for (int i = 0; i < 200; i++) {
        const struct timespec pause = {0, 20000};
        int64_t until = now(CLOCK_REALTIME) + pause.tv_nsec;
        const struct timespec time = {until / SECOND, until % SECOND};
        good = good && clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, NULL) == 0 &&
               now(CLOCK_REALTIME) >= until;
        int64_t start = now(CLOCK_MONOTONIC);
        good =
            good && nanosleep(&pause, NULL) == 0 && now(CLOCK_MONOTONIC) - start >= pause.tv_nsec;
    }
    CHECK("clocks.sleeps-are-not-short", good);
}

/* The forms of a clock show one time, and none goes back behind another. */
static void forms(void)
{
    static const clockid_t steady[] = {CLOCK_MONOTONIC, CLOCK_MONOTONIC_COARSE, CLOCK_MONOTONIC_RAW,
                                       CLOCK_BOOTTIME};
    bool good = true;
    int64_t last = now(CLOCK_MONOTONIC);
    int64_t date = now(CLOCK_REALTIME);
    for (int i = 0; i < 4000; i++) {
        int64_t time = now(steady[i % 4]);
        int64_t other = now(i % 2 ? CLOCK_REALTIME : CLOCK_REALTIME_COARSE);
        good = good && time >= last && other >= date;
        last = time;
        date = other;
    }
    struct timeval tv;
    gettimeofday(&tv, NULL);
    CHECK("clocks.forms", good && tv.tv_sec * SECOND + tv.tv_usec * 1000 >= date - 1000 &&
                              time(NULL) >= date / SECOND);
}

void area_clocks(void)
{
    told_apart();
    same_for_all();
    forms();
    setting();
    bad_settings();
    other_threads();
    other_processes();
    CHECK("clocks.limits", sysconf(_SC_DELAYTIMER_MAX) == INT_MAX && sysconf(_SC_TIMER_MAX) == 256);
}
