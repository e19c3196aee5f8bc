// SPDX-License-Identifier: MIT
// Timers: timer_create() and its family, alarm(), interval timers.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define MS 1000000L
#define SECOND 1000000000LL

static volatile int count;
static volatile siginfo_t seen;

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    memcpy((void *)&seen, info, sizeof(*info));
    count++;
}

static void catch (int signal)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    action.sa_sigaction = handler;
    sigaction(signal, &action, NULL);
    count = 0;
}

static int64_t now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static struct itimerspec setting(long value, long interval)
{
    return (struct itimerspec){.it_value = {value / SECOND, value % SECOND},
                               .it_interval = {interval / SECOND, interval % SECOND}};
}

static bool await(int wanted)
{
    for (int i = 0; i < 60000 && count < wanted; i++) {
        struct timespec time = {0, MS};
        nanosleep(&time, NULL);
    }
    return count >= wanted;
}

static void compute(int64_t ns)
{
    int64_t end = now(CLOCK_THREAD_CPUTIME_ID) + ns;
    while (now(CLOCK_THREAD_CPUTIME_ID) < end) {
        for (volatile int i = 0; i < 1000; i++) {
        }
    }
}

// Compute until a signal has come: where the machine's own clock is late, so is the signal.
static bool compute_to_signal(void)
{
    for (int i = 0; i < 100 && count == 0; i++) {
        compute(20 * MS);
    }
    return count > 0;
}

static void by_signal(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    struct itimerspec value = setting(3 * MS, 0);
    struct itimerspec found;
    timer_t timer;
    event.sigev_value.sival_ptr = &event;
    catch (SIGRTMIN);
    CHECK("timers.create", timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    CHECK("timers.not-armed", timer_gettime(timer, &found) == 0 && found.it_value.tv_sec == 0 &&
                                  found.it_value.tv_nsec == 0);
    CHECK("timers.once", timer_settime(timer, 0, &value, NULL) == 0 && await(1));
    CHECK("timers.siginfo", seen.si_signo == SIGRTMIN && seen.si_code == SI_TIMER &&
                                seen.si_value.sival_ptr == &event &&
                                seen.si_timerid == (int)timer && seen.si_overrun == 0);
    value = setting(2 * MS, 2 * MS);
    count = 0;
    CHECK("timers.again-and-again", timer_settime(timer, 0, &value, NULL) == 0 && await(3));
    CHECK("timers.remaining", timer_gettime(timer, &found) == 0 && found.it_value.tv_sec == 0 &&
                                  found.it_value.tv_nsec > 0 && found.it_value.tv_nsec <= 2 * MS &&
                                  found.it_interval.tv_nsec == 2 * MS);
    value = setting(0, 0);
    CHECK("timers.disarm", timer_settime(timer, 0, &value, &found) == 0 &&
                               found.it_interval.tv_nsec == 2 * MS &&
                               timer_gettime(timer, &found) == 0 && found.it_value.tv_nsec == 0);
    struct timespec rest = {0, 5 * MS};
    nanosleep(&rest, NULL);
    count = 0;
    nanosleep(&rest, NULL);
    CHECK("timers.disarmed", count == 0);
    CHECK("timers.delete", timer_delete(timer) == 0 && timer_delete(timer) < 0 && errno == EINVAL);
}

static void absolute(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    timer_t timer;
    clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC};
    bool good = true;
    catch (SIGUSR1);
    for (int i = 0; i < 2; i++) {
        count = 0;
        int64_t due = now(clocks[i]) + 5 * MS;
        struct itimerspec value = setting(due, 0);
        good = good && timer_create(clocks[i], &event, &timer) == 0 &&
               timer_settime(timer, TIMER_ABSTIME, &value, NULL) == 0 && await(1) &&
               now(clocks[i]) >= due;
        value = setting(due > SECOND ? due - SECOND : 1, 0); /* long ago */
        count = 0;
        good = good && timer_settime(timer, TIMER_ABSTIME, &value, NULL) == 0 && await(1) &&
               timer_delete(timer) == 0;
    }
    CHECK("timers.absolute", good);
}

static void overruns(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1};
    struct itimerspec value = setting(MS, MS);
    struct timespec rest = {0, 20 * MS};
    siginfo_t info;
    sigset_t set;
    sigset_t old;
    timer_t timer;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, &old);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    int64_t start = now(CLOCK_MONOTONIC);
    timer_settime(timer, 0, &value, NULL);
    nanosleep(&rest, NULL);
    bool taken = sigwaitinfo(&set, &info) == SIGRTMIN + 1;
    int64_t passed = now(CLOCK_MONOTONIC) - start;
    CHECK("timers.overruns", taken && info.si_overrun >= 18 && info.si_overrun <= passed / MS &&
                                 timer_getoverrun(timer) == info.si_overrun);
    timer_delete(timer);
    struct timespec none = {0, 0};
    while (sigtimedwait(&set, NULL, &none) > 0) {
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
}

/* SIGEV_THREAD: a thread of its own for each expiration. */
static volatile int notified;
static volatile int notified_value;
static volatile bool other_thread;
static pthread_t test_thread;

static void notify(union sigval value)
{
    notified_value = value.sival_int;
    other_thread = !pthread_equal(pthread_self(), test_thread);
    __atomic_fetch_add(&notified, 1, __ATOMIC_SEQ_CST);
    pthread_exit(NULL); /* ends the notification, not the timer */
}

static void by_thread(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = notify};
    struct itimerspec value = setting(2 * MS, 2 * MS);
    struct timespec rest = {0, MS};
    timer_t timer;
    event.sigev_value.sival_int = 321;
    test_thread = pthread_self();
    CHECK("timers.thread-create", timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 &&
                                      timer_settime(timer, 0, &value, NULL) == 0);
    for (int i = 0; i < 60000 && notified < 3; i++) {
        nanosleep(&rest, NULL);
    }
    CHECK("timers.thread", notified >= 3 && notified_value == 321 && other_thread);
    CHECK("timers.thread-delete",
          timer_delete(timer) == 0 && timer_gettime(timer, &value) < 0 && errno == EINVAL);
    // Threads that were started before may still come.
    rest.tv_nsec = 20 * MS;
    int before;
    int looks = 0;
    do {
        before = notified;
        nanosleep(&rest, NULL);
    } while (notified != before && ++looks < 1000);
    CHECK("timers.thread-deleted", notified == before);
}

/* One that is due has a rest until the processor that looks after it has seen that. */
static bool expires(timer_t timer)
{
    struct itimerspec found = {.it_value = {1, 0}};
    for (int i = 0; i < 60000 && (found.it_value.tv_sec != 0 || found.it_value.tv_nsec != 0); i++) {
        rest(MS);
        if (timer_gettime(timer, &found) != 0) {
            return false;
        }
    }
    return found.it_value.tv_sec == 0 && found.it_value.tv_nsec == 0;
}

static void other_kinds(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    struct itimerspec value = setting(MS, 0);
    timer_t timer;
    CHECK("timers.none", timer_create(CLOCK_REALTIME, &event, &timer) == 0 &&
                             timer_settime(timer, 0, &value, NULL) == 0 && expires(timer) &&
                             timer_delete(timer) == 0);
    catch (SIGALRM);
    CHECK("timers.default-event",
          timer_create(CLOCK_REALTIME, NULL, &timer) == 0 &&
              timer_settime(timer, 0, &value, NULL) == 0 && await(1) && seen.si_signo == SIGALRM &&
              seen.si_value.sival_int == (int)timer && timer_delete(timer) == 0);
    event = (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    count = 0;
    value = setting(10 * MS, 0);
    CHECK("timers.processor-time", timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) == 0 &&
                                       timer_settime(timer, 0, &value, NULL) == 0);
    CHECK("timers.processor-time-expires",
          compute_to_signal() && count == 1 && timer_delete(timer) == 0);
}

static void nothing(union sigval value)
{
    (void)value;
}

// Timers that expire just when they are deleted. @return NULL, or what is not NULL
static void *make_and_delete(void *unused)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = nothing};
    struct itimerspec value = setting(20000, 0);
    timer_t timer;
    void *wrong = NULL;
    (void)unused;
    for (int i = 0; i < 300 && !wrong; i++) {
        if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) {
            wrong = errno == EAGAIN ? NULL : &event; // threads and timers end in their own time
            rest(MS);
            continue;
        }
        value.it_value.tv_nsec = i % 40 * 1000 + 1;
        if (timer_settime(timer, 0, &value, NULL) != 0 || timer_delete(timer) != 0) {
            wrong = &event;
        }
    }
    return wrong;
}

// timer_delete() wakes the thread that frees the timer, and is not to use it then.
static void deleted_in_time(void)
{
    struct itimerspec value = setting(1000 * SECOND, 0);
    struct itimerspec found;
    pthread_t threads[2];
    timer_t bystanders[8];
    void *wrong = NULL;
    bool untouched = true;
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    for (int i = 0; i < 8; i++) {
        untouched = untouched && timer_create(CLOCK_MONOTONIC, &event, &bystanders[i]) == 0 &&
                    timer_settime(bystanders[i], 0, &value, NULL) == 0;
    }
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, make_and_delete, NULL);
    }
    for (int i = 0; i < 2; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        wrong = wrong ? wrong : result;
    }
    for (int i = 0; i < 8; i++) {
        untouched = untouched && timer_gettime(bystanders[i], &found) == 0 &&
                    found.it_value.tv_sec > 0 && timer_delete(bystanders[i]) == 0;
    }
    CHECK("timers.deleted-while-expiring", !wrong);
    CHECK("timers.deleted-alone", untouched);
}

static void bad_calls(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = 1000};
    struct itimerspec value = {.it_value = {0, -1}};
    timer_t timer;
    CHECK("timers.bad-signal", timer_create(CLOCK_REALTIME, &event, &timer) < 0 && errno == EINVAL);
    CHECK("timers.bad-clock", timer_create(99, NULL, &timer) < 0 && errno == EINVAL);
    CHECK("timers.bad-id", timer_settime((timer_t)9999, 0, &value, NULL) < 0 && errno == EINVAL &&
                               timer_getoverrun((timer_t)0) < 0 && errno == EINVAL);
    struct itimerspec found;
    CHECK("timers.id-never-given", timer_gettime((timer_t)200, &found) < 0 && errno == EINVAL &&
                                       timer_settime((timer_t)200, 0, &found, NULL) < 0 &&
                                       errno == EINVAL && timer_getoverrun((timer_t)200) < 0 &&
                                       errno == EINVAL);
    timer_create(CLOCK_REALTIME, NULL, &timer);
    CHECK("timers.id-deleted",
          timer_delete(timer) == 0 && timer_gettime(timer, &found) < 0 && errno == EINVAL);
    timer_create(CLOCK_REALTIME, NULL, &timer);
    CHECK("timers.bad-time", timer_settime(timer, 0, &value, NULL) < 0 && errno == EINVAL);
    value.it_value.tv_nsec = SECOND;
    CHECK("timers.bad-time-large", timer_settime(timer, 0, &value, NULL) < 0 && errno == EINVAL);
    value.it_value = (struct timespec){-1, 0};
    CHECK("timers.bad-time-negative", timer_settime(timer, 0, &value, NULL) < 0 && errno == EINVAL);
    timer_delete(timer);
    timer_t timers[300];
    int made = 0;
    while (made < 300 && timer_create(CLOCK_REALTIME, NULL, &timers[made]) == 0) {
        made++;
    }
    CHECK("timers.limit", made >= 32 && made < 300 && errno == EAGAIN);
    while (made > 0) {
        timer_delete(timers[--made]);
    }
}

static void alarms(void)
{
    struct itimerval value = {.it_value = {0, 3000}, .it_interval = {0, 2000}};
    struct itimerval found;
    struct itimerval off = {{0, 0}, {0, 0}};
    catch (SIGALRM);
    CHECK("alarm.none", alarm(100) == 0);
    unsigned left = alarm(0);
    CHECK("alarm.left", left > 90 && left <= 100 && alarm(0) == 0);
    CHECK("itimer.real", setitimer(ITIMER_REAL, &value, NULL) == 0 && await(3));
    CHECK("itimer.get", getitimer(ITIMER_REAL, &found) == 0 && found.it_interval.tv_usec == 2000 &&
                            found.it_value.tv_usec > 0);
    CHECK("itimer.off", setitimer(ITIMER_REAL, &off, &found) == 0 &&
                            found.it_interval.tv_usec == 2000 &&
                            getitimer(ITIMER_REAL, &found) == 0 && found.it_value.tv_usec == 0);
    catch (SIGVTALRM);
    setitimer(ITIMER_VIRTUAL, &value, NULL);
    CHECK("itimer.virtual", compute_to_signal() && setitimer(ITIMER_VIRTUAL, &off, NULL) == 0);
    catch (SIGPROF);
    setitimer(ITIMER_PROF, &value, NULL);
    CHECK("itimer.prof", compute_to_signal() && setitimer(ITIMER_PROF, &off, NULL) == 0);
    value.it_value.tv_usec = 1000000;
    CHECK("itimer.bad", setitimer(ITIMER_REAL, &value, NULL) < 0 && errno == EINVAL &&
                            getitimer(77, &found) < 0 && errno == EINVAL);
    catch (SIGALRM);
    CHECK("alarm.ualarm", ualarm(2000, 0) == 0 && await(1));
}

/* A signal by a timer ends what waits. */
static void interrupts(void)
{
    int fds[2];
    char byte;
    catch (SIGALRM);
    pipe(fds);
    // Again and again: the first may come before the wait begins.
    struct itimerval value = {.it_value = {0, 5000}, .it_interval = {0, 5000}};
    struct itimerval off = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &value, NULL);
    CHECK("alarm.interrupts", read(fds[0], &byte, 1) < 0 && errno == EINTR && count >= 1);
    setitimer(ITIMER_REAL, &off, NULL);
    close(fds[0]);
    close(fds[1]);
    signal(SIGALRM, SIG_DFL);
}

void area_timers(void)
{
    by_signal();
    absolute();
    overruns();
    by_thread();
    other_kinds();
    deleted_in_time();
    bad_calls();
    alarms();
    interrupts();
}
