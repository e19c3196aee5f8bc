// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define NAME "/test-queue"

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static mqd_t make(long messages, long size, int flags)
{
    struct mq_attr attributes = {.mq_maxmsg = messages, .mq_msgsize = size};
    return mq_open(NAME, O_RDWR | O_CREAT | O_EXCL | flags, 0600, &attributes);
}

static void drop(mqd_t queue)
{
    mq_close(queue);
    mq_unlink(NAME);
}

static void opening(void)
{
    struct mq_attr attributes = {.mq_maxmsg = 0, .mq_msgsize = 1};
    char long_name[NAME_MAX + 3];
    memset(long_name, 'n', sizeof(long_name));
    long_name[0] = '/';
    long_name[sizeof(long_name) - 1] = '\0';
    mqd_t queue = mq_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
    CHECK("mqueues.defaults", queue >= 0 && mq_getattr(queue, &attributes) == 0 &&
                                  attributes.mq_maxmsg == 10 && attributes.mq_msgsize == 8192 &&
                                  attributes.mq_curmsgs == 0 && attributes.mq_flags == 0 &&
                                  fcntl(queue, F_GETFD) == FD_CLOEXEC);
    CHECK("mqueues.exclusive", fails(mq_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600, NULL), EEXIST));
    mqd_t reader = mq_open(NAME, O_RDONLY);
    CHECK("mqueues.access", reader >= 0 && fails(mq_send(reader, "x", 1, 0), EBADF) &&
                                mq_send(queue, "x", 1, 0) == 0);
    mqd_t writer = mq_open(NAME, O_WRONLY | O_NONBLOCK);
    char buffer[8192];
    CHECK("mqueues.write-only",
          writer >= 0 && fails(mq_receive(writer, buffer, sizeof(buffer), NULL), EBADF) &&
              mq_getattr(writer, &attributes) == 0 && attributes.mq_flags == O_NONBLOCK);
    CHECK("mqueues.unlink", mq_unlink(NAME) == 0 && fails(mq_unlink(NAME), ENOENT) &&
                                fails(mq_open(NAME, O_RDONLY), ENOENT) &&
                                mq_receive(reader, buffer, sizeof(buffer), NULL) == 1);
    CHECK("mqueues.close", mq_close(queue) == 0 && mq_close(reader) == 0 && mq_close(writer) == 0 &&
                               fails(mq_close(writer), EBADF));
    CHECK("mqueues.names", fails(mq_open("x", O_RDONLY), EINVAL) &&
                               fails(mq_open("/a/b", O_RDONLY), EINVAL) &&
                               fails(mq_open("/", O_RDONLY), EINVAL) &&
                               fails(mq_open(long_name, O_RDONLY), ENAMETOOLONG));
    CHECK("mqueues.attributes", fails(make(0, 8, 0), EINVAL) && fails(make(8, -1, 0), EINVAL) &&
                                    fails(make(1l << 40, 8, 0), EINVAL));
    CHECK("mqueues.limits", sysconf(_SC_MQ_PRIO_MAX) == MQ_PRIO_MAX && MQ_PRIO_MAX >= 32 &&
                                sysconf(_SC_MQ_OPEN_MAX) >= 8);
}

static void messages(void)
{
    char buffer[16];
    unsigned priority = 99;
    struct mq_attr attributes;
    mqd_t queue = make(3, 16, O_NONBLOCK);
    CHECK("mqueues.order", mq_send(queue, "low", 3, 1) == 0 && mq_send(queue, "high", 4, 9) == 0 &&
                               mq_send(queue, "low too", 7, 1) == 0 &&
                               mq_receive(queue, buffer, 16, &priority) == 4 && priority == 9 &&
                               mq_receive(queue, buffer, 16, &priority) == 3 && priority == 1 &&
                               mq_receive(queue, buffer, 16, NULL) == 7);
    CHECK("mqueues.refusals", fails(mq_receive(queue, buffer, 16, NULL), EAGAIN) &&
                                  fails(mq_receive(queue, buffer, 15, NULL), EMSGSIZE) &&
                                  fails(mq_send(queue, buffer, 17, 0), EMSGSIZE) &&
                                  fails(mq_send(queue, buffer, 1, MQ_PRIO_MAX), EINVAL) &&
                                  fails(mq_send(99, buffer, 1, 0), EBADF) &&
                                  fails(mq_send(STDOUT_FILENO, buffer, 1, 0), EBADF));
    for (int i = 0; i < 3; i++) {
        mq_send(queue, "x", 1, 0);
    }
    CHECK("mqueues.full", fails(mq_send(queue, "x", 1, 0), EAGAIN) &&
                              mq_getattr(queue, &attributes) == 0 && attributes.mq_curmsgs == 3);
    struct pollfd waited = {.fd = queue, .events = POLLIN | POLLOUT};
    CHECK("mqueues.poll", poll(&waited, 1, 0) == 1 && waited.revents == POLLIN);
    attributes.mq_flags = 0;
    struct mq_attr old;
    CHECK("mqueues.setattr", mq_setattr(queue, &attributes, &old) == 0 &&
                                 old.mq_flags == O_NONBLOCK && old.mq_maxmsg == 3 &&
                                 mq_getattr(queue, &attributes) == 0 && attributes.mq_flags == 0);
    drop(queue);
}

static void times(void)
{
    char buffer[8];
    const struct timespec past = {.tv_sec = 1};
    const struct timespec bad = {.tv_nsec = 1000000000};
    mqd_t queue = make(1, 8, 0);
    const struct timespec soon = in_ms(CLOCK_REALTIME, 20);
    CHECK("mqueues.timed-receive",
          fails(mq_timedreceive(queue, buffer, 8, NULL, &soon), ETIMEDOUT) &&
              fails(mq_timedreceive(queue, buffer, 8, NULL, &past), ETIMEDOUT) &&
              fails(mq_timedreceive(queue, buffer, 8, NULL, &bad), EINVAL));
    CHECK("mqueues.timed-send", mq_timedsend(queue, "x", 1, 0, &bad) == 0 &&
                                    fails(mq_timedsend(queue, "x", 1, 0, &past), ETIMEDOUT) &&
                                    fails(mq_timedsend(queue, "x", 1, 0, &bad), EINVAL) &&
                                    mq_timedreceive(queue, buffer, 8, NULL, &past) == 1);
    drop(queue);
}

static volatile sig_atomic_t told;
static volatile sig_atomic_t told_code;
static volatile sig_atomic_t told_value;

static void on_message(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    told_code = info->si_code;
    told_value = info->si_value.sival_int;
    told++;
}

static void by_signal(void)
{
    struct sigaction action = {.sa_sigaction = on_message, .sa_flags = SA_SIGINFO};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    char buffer[8];
    event.sigev_value.sival_int = 42;
    sigaction(SIGUSR1, &action, NULL);
    mqd_t queue = make(2, 8, 0);
    CHECK("mqueues.notify-signal", mq_notify(queue, &event) == 0 &&
                                       mq_send(queue, "x", 1, 0) == 0 && told == 1 &&
                                       told_code == SI_MESGQ && told_value == 42);
    mq_receive(queue, buffer, 8, NULL);
    CHECK("mqueues.notify-once", mq_send(queue, "x", 1, 0) == 0 && told == 1);
    mq_receive(queue, buffer, 8, NULL);
    CHECK("mqueues.notify-busy",
          mq_notify(queue, &event) == 0 && fails(mq_notify(queue, &event), EBUSY) &&
              mq_notify(queue, NULL) == 0 && mq_send(queue, "x", 1, 0) == 0 && told == 1);
    mq_receive(queue, buffer, 8, NULL);
    // Closed in this process, the queue tells nobody, though a child shares the description.
    mqd_t other = mq_open(NAME, O_RDWR);
    mq_notify(queue, &event);
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    mq_close(queue);
    CHECK("mqueues.notify-closed",
          mq_send(other, "x", 1, 0) == 0 && told == 1 && mq_notify(other, &event) == 0);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    drop(other);
    signal(SIGUSR1, SIG_DFL);
}

static sem_t called;
static pthread_t caller;

static void function(union sigval value)
{
    caller = pthread_self();
    *(int *)value.sival_ptr += 1;
    sem_post(&called);
}

static void by_thread(void)
{
    int count = 0;
    char buffer[8];
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = function};
    event.sigev_value.sival_ptr = &count;
    sem_init(&called, 0, 0);
    mqd_t queue = make(2, 8, 0);
    bool passed = true;
    for (int i = 1; passed && i <= 20; i++) {
        passed = mq_notify(queue, &event) == 0 && mq_send(queue, "x", 1, 0) == 0 &&
                 sem_wait(&called) == 0 && count == i && !pthread_equal(caller, pthread_self()) &&
                 mq_receive(queue, buffer, 8, NULL) == 1;
    }
    CHECK("mqueues.notify-thread", passed);
    CHECK("mqueues.notify-thread-removed",
          mq_notify(queue, &event) == 0 && fails(mq_notify(queue, &event), EBUSY) &&
              mq_notify(queue, NULL) == 0 && mq_send(queue, "x", 1, 0) == 0 && count == 20);
    drop(queue);
}

// Two processes, and messages that wait for each other.
static void processes(void)
{
    char buffer[8] = {0};
    unsigned priority;
    int status = -1;
    mqd_t queue = make(1, 8, 0);
    pid_t child = fork();
    if (child == 0) {
        int sent = 0;
        for (unsigned i = 1; i <= 500; i++) {
            sent += mq_send(queue, (const char *)&i, sizeof(i), i % 5) == 0;
        }
        _exit(sent == 500 ? 0 : 1);
    }
    bool passed = child > 0;
    for (unsigned i = 1; passed && i <= 500; i++) {
        unsigned number;
        passed = mq_receive(queue, buffer, 8, &priority) == sizeof(number) && priority == i % 5;
        memcpy(&number, buffer, sizeof(number));
        passed = passed && number == i;
    }
    CHECK("mqueues.processes", passed);
    CHECK("mqueues.child", waitpid(child, &status, 0) == child && status == 0);
    drop(queue);
}

void area_mqueues(void)
{
    opening();
    messages();
    times();
    by_signal();
    by_thread();
    processes();
}
