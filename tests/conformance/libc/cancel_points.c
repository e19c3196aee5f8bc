// SPDX-License-Identifier: MIT
// Each of POSIX's cancellation points: a cancellation that waits acts before the call does
// anything, and one that comes while the call waits ends the wait.
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define FILE_NAME "/tmp/libc-cancel"
#define SOCKET_NAME "/tmp/libc-cancel-socket"

/* What the calls work on; made anew for each of them. */
static int empty_pipe[2];
static int full_pipe[2];
static int pair[2];      /* nothing to receive */
static int full_pair[2]; /* no room to send */
static int listener;
static int file;
static mqd_t empty_queue;
static mqd_t full_queue;
static sem_t sem;
static pthread_mutex_t mutex;
static pthread_cond_t cond;
static pthread_t sleeper;
static pid_t child;
static char bytes[64];
static struct aiocb request;

static struct timespec later(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_sec += 1000;
    return time;
}

static const struct timespec long_time = {1000, 0};

static sigset_t one_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    return set;
}

/* One line a call. The result is looked at by nobody: the call must not return. */
#define CALL(name, ...)                                                                            \
    static void call_##name(void)                                                                  \
    {                                                                                              \
        __VA_ARGS__;                                                                               \
    }

static struct iovec parts[2] = {{bytes, 8}, {bytes + 8, 8}};
static struct msghdr header = {.msg_iov = parts, .msg_iovlen = 2};

static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET_NAME};

CALL(accept, accept(listener, NULL, NULL))
CALL(accept4, accept4(listener, NULL, NULL, SOCK_CLOEXEC))
CALL(aio_suspend, const struct aiocb *list[] = {&request}; aio_suspend(list, 1, NULL))
CALL(clock_nanosleep, clock_nanosleep(CLOCK_MONOTONIC, 0, &long_time, NULL))
CALL(cnd_timedwait, struct timespec time = later(CLOCK_REALTIME); mtx_lock(&mutex);
     cnd_timedwait(&cond, &mutex, &time))
CALL(cnd_wait, mtx_lock(&mutex); cnd_wait(&cond, &mutex))
CALL(close, close(file))
CALL(connect, connect(pair[0], (const struct sockaddr *)&address, sizeof(address)))
CALL(creat, creat(FILE_NAME, 0600))
CALL(fcntl_setlkw, struct flock lock = {.l_type = F_WRLCK}; fcntl(file, F_SETLKW, &lock))
CALL(fdatasync, fdatasync(file))
CALL(fsync, fsync(file))
CALL(lockf, lockf(file, F_LOCK, 0))
CALL(mq_receive, mq_receive(empty_queue, bytes, sizeof(bytes), NULL))
CALL(mq_send, mq_send(full_queue, bytes, 1, 0))
CALL(mq_timedreceive, struct timespec time = later(CLOCK_REALTIME);
     mq_timedreceive(empty_queue, bytes, sizeof(bytes), NULL, &time))
CALL(mq_timedsend, struct timespec time = later(CLOCK_REALTIME);
     mq_timedsend(full_queue, bytes, 1, 0, &time))
CALL(msync, msync(bytes, 1, MS_SYNC))
CALL(nanosleep, nanosleep(&long_time, NULL))
CALL(open, open(FILE_NAME, O_RDWR | O_CREAT, 0600))
CALL(openat, openat(AT_FDCWD, FILE_NAME, O_RDWR | O_CREAT, 0600))
CALL(pause, pause())
CALL(poll, struct pollfd entry = {.fd = empty_pipe[0], .events = POLLIN}; poll(&entry, 1, -1))
CALL(ppoll, struct pollfd entry = {.fd = empty_pipe[0], .events = POLLIN};
     ppoll(&entry, 1, NULL, NULL))
CALL(pread, pread(file, bytes, 1, 0))
CALL(preadv, preadv(file, parts, 2, 0))
CALL(pselect, fd_set set; FD_ZERO(&set); FD_SET(empty_pipe[0], &set);
     pselect(empty_pipe[0] + 1, &set, NULL, NULL, NULL, NULL))
CALL(pthread_cond_clockwait, struct timespec time = later(CLOCK_MONOTONIC);
     pthread_mutex_lock(&mutex); pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &time))
CALL(pthread_cond_timedwait, struct timespec time = later(CLOCK_REALTIME);
     pthread_mutex_lock(&mutex); pthread_cond_timedwait(&cond, &mutex, &time))
CALL(pthread_cond_wait, pthread_mutex_lock(&mutex); pthread_cond_wait(&cond, &mutex))
CALL(pthread_join, pthread_join(sleeper, NULL))
CALL(pthread_testcancel, pthread_testcancel())
CALL(pwrite, pwrite(file, bytes, 1, 0))
CALL(pwritev, pwritev(file, parts, 2, 0))
CALL(read, read(empty_pipe[0], bytes, 1))
CALL(readv, readv(empty_pipe[0], parts, 2))
CALL(readv_socket, readv(pair[0], parts, 2))
CALL(recv, recv(pair[0], bytes, 1, 0))
CALL(recvfrom, recvfrom(pair[0], bytes, 1, 0, NULL, NULL))
CALL(recvmsg, recvmsg(pair[0], &header, 0))
CALL(select, fd_set set; FD_ZERO(&set); FD_SET(empty_pipe[0], &set);
     select(empty_pipe[0] + 1, &set, NULL, NULL, NULL))
CALL(sem_clockwait, struct timespec time = later(CLOCK_MONOTONIC);
     sem_clockwait(&sem, CLOCK_MONOTONIC, &time))
CALL(sem_timedwait, struct timespec time = later(CLOCK_REALTIME); sem_timedwait(&sem, &time))
CALL(sem_wait, sem_wait(&sem))
CALL(send, send(full_pair[0], bytes, 1, 0))
CALL(sendmsg, sendmsg(full_pair[0], &header, 0))
CALL(sendto, sendto(full_pair[0], bytes, 1, 0, NULL, 0))
CALL(sigsuspend, sigset_t set; sigemptyset(&set); sigsuspend(&set))
CALL(sigtimedwait, sigset_t set = one_signal(); sigtimedwait(&set, NULL, &long_time))
CALL(sigwait, sigset_t set = one_signal(); int signal; sigwait(&set, &signal))
CALL(sigwaitinfo, sigset_t set = one_signal(); sigwaitinfo(&set, NULL))
CALL(sleep, sleep(1000))
CALL(tcdrain, tcdrain(empty_pipe[0]))
CALL(thrd_join, thrd_join(sleeper, NULL))
CALL(thrd_sleep, thrd_sleep(&long_time, NULL))
CALL(usleep, usleep(900000000))
CALL(wait, wait(NULL))
CALL(waitid, siginfo_t info; waitid(P_PID, (id_t)child, &info, WEXITED))
CALL(waitpid, waitpid(child, NULL, 0))
CALL(write, write(full_pipe[1], bytes, sizeof(bytes)))
CALL(writev, writev(full_pipe[1], parts, 2))
CALL(writev_socket, writev(full_pair[0], parts, 2))

struct point {
    const char *name;
    void (*call)(void);
    bool waits; /* as things are made here */
};

#define POINT(name, waits) {"cancel-points." #name, call_##name, waits}

// clang-format off: a list
static const struct point points[] = {
    POINT(accept, true), POINT(accept4, true), POINT(aio_suspend, true),
    POINT(clock_nanosleep, true), POINT(cnd_timedwait, true), POINT(cnd_wait, true),
    POINT(close, false), POINT(connect, false), POINT(creat, false), POINT(fcntl_setlkw, true), POINT(lockf, true), POINT(fdatasync, false),
    POINT(fsync, false), POINT(mq_receive, true), POINT(mq_send, true),
    POINT(mq_timedreceive, true), POINT(mq_timedsend, true), POINT(msync, false),
    POINT(nanosleep, true), POINT(open, false), POINT(openat, false), POINT(pause, true),
    POINT(poll, true), POINT(ppoll, true), POINT(pread, false), POINT(preadv, false),
    POINT(pselect, true), POINT(pthread_cond_clockwait, true),
    POINT(pthread_cond_timedwait, true), POINT(pthread_cond_wait, true),
    POINT(pthread_join, true), POINT(pthread_testcancel, false), POINT(pwrite, false),
    POINT(pwritev, false), POINT(read, true), POINT(readv, true), POINT(readv_socket, true),
    POINT(recv, true), POINT(recvfrom, true), POINT(recvmsg, true), POINT(select, true),
    POINT(sem_clockwait, true), POINT(sem_timedwait, true), POINT(sem_wait, true),
    POINT(send, true), POINT(sendmsg, true), POINT(sendto, true), POINT(sigsuspend, true),
    POINT(sigtimedwait, true), POINT(sigwait, true), POINT(sigwaitinfo, true), POINT(sleep, true),
    POINT(tcdrain, false), POINT(thrd_join, true), POINT(thrd_sleep, true), POINT(usleep, true),
    POINT(wait, true), POINT(waitid, true), POINT(waitpid, true), POINT(write, true),
    POINT(writev, true), POINT(writev_socket, true),
};
// clang-format on

static volatile int begun;
static volatile int came_back;

static void *call_at_once(void *argument)
{
    const struct point *point = argument;
    begun = 1;
    point->call();
    came_back = 1;
    return NULL;
}

static void *call_with_cancellation(void *argument)
{
    const struct point *point = argument;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    pthread_cancel(pthread_self());
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    point->call();
    came_back = 1;
    return NULL;
}

static bool is_cancelled(pthread_t thread)
{
    void *result = NULL;
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += 60;
    return pthread_timedjoin_np(thread, &result, &limit) == 0 && result == PTHREAD_CANCELED &&
           !came_back;
}

static bool cancelled_before(const struct point *point)
{
    pthread_t thread;
    came_back = 0;
    return pthread_create(&thread, NULL, call_with_cancellation, (void *)(uintptr_t)point) == 0 &&
           is_cancelled(thread);
}

static bool cancelled_while_it_waits(const struct point *point)
{
    pthread_t thread;
    begun = came_back = 0;
    if (pthread_create(&thread, NULL, call_at_once, (void *)(uintptr_t)point) != 0) {
        return false;
    }
    while (!begun) {
        sched_yield();
    }
    rest(3000000);
    return pthread_cancel(thread) == 0 && is_cancelled(thread);
}

static void fill(int fd)
{
    static const char block[4096];
    int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    while (write(fd, block, sizeof(block)) > 0) {
    }
    while (write(fd, block, 1) > 0) {
    }
    fcntl(fd, F_SETFL, flags);
}

static void *sleep_on(void *unused)
{
    while (sem_wait(&sem) != 0) {
    }
    return unused;
}

static void *sleep_for_ever(void *unused)
{
    for (;;) {
        sleep(1000);
    }
    return unused;
}

static bool set_up(void)
{
    static const struct mq_attr shape = {.mq_maxmsg = 1, .mq_msgsize = sizeof(bytes)};
    bool good = pipe(empty_pipe) == 0 && pipe(full_pipe) == 0 &&
                socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 &&
                socketpair(AF_UNIX, SOCK_STREAM, 0, full_pair) == 0;
    fill(full_pipe[1]);
    fill(full_pair[0]);
    unlink(SOCKET_NAME);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    good = good && bind(listener, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
           listen(listener, 3) == 0;
    file = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
    empty_queue = mq_open("/libc-cancel-empty", O_RDWR | O_CREAT, 0600, &shape);
    full_queue = mq_open("/libc-cancel-full", O_RDWR | O_CREAT, 0600, &shape);
    good = good && file >= 0 && empty_queue != (mqd_t)-1 && full_queue != (mqd_t)-1 &&
           mq_send(full_queue, bytes, 1, 0) == 0;
    sem_init(&sem, 0, 0);
    pthread_mutex_init(&mutex, NULL);
    pthread_cond_init(&cond, NULL);
    request = (struct aiocb){.aio_fildes = empty_pipe[0], .aio_buf = bytes, .aio_nbytes = 1};
    good = good && pthread_create(&sleeper, NULL, sleep_for_ever, NULL) == 0 &&
           aio_read(&request) == 0;
    struct flock lock = {.l_type = F_WRLCK}; /* the child's */
    child = fork();
    if (child == 0) {
        fcntl(file, F_SETLK, &lock);
        for (;;) {
            pause();
        }
    }
    do {
        lock = (struct flock){.l_type = F_WRLCK};
    } while (fcntl(file, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK && sched_yield() == 0);
    return good && child > 0;
}

static void tear_down(void)
{
    const int fds[] = {full_pipe[0], full_pipe[1], pair[0],  pair[1],
                       full_pair[0], full_pair[1], listener, file};
    const struct aiocb *list[] = {&request};
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    pthread_cancel(sleeper);
    pthread_join(sleeper, NULL);
    (void)write(empty_pipe[1], "x", 1);
    aio_suspend(list, 1, NULL);
    aio_return(&request);
    for (unsigned i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
        close(fds[i]);
    }
    close(empty_pipe[0]);
    close(empty_pipe[1]);
    mq_close(empty_queue);
    mq_close(full_queue);
    mq_unlink("/libc-cancel-empty");
    mq_unlink("/libc-cancel-full");
    unlink(SOCKET_NAME);
    unlink(FILE_NAME);
    sem_destroy(&sem);
}

/* Descriptors are not left in use: what is closed afterwards is gone, and the other end knows. */
static void nothing_is_held(void)
{
    static const struct point receives = POINT(recvmsg, true);
    static const struct point sends = POINT(sendmsg, true);
    static const struct point accepts = POINT(accept, true);
    char byte;
    kill(child, SIGKILL); /* it has the descriptors, too */
    waitpid(child, NULL, 0);
    bool good = cancelled_while_it_waits(&receives) && cancelled_while_it_waits(&sends) &&
                cancelled_while_it_waits(&accepts);
    close(pair[0]);
    good = good && recv(pair[1], &byte, 1, 0) == 0; /* the end, as nobody has the other side */
    pair[0] = dup(pair[1]);
    close(full_pair[0]);
    full_pair[0] = dup(full_pair[1]);
    while (good && recv(full_pair[1], bytes, sizeof(bytes), MSG_DONTWAIT) > 0) {
    }
    good = good && recv(full_pair[1], bytes, sizeof(bytes), MSG_DONTWAIT) == 0;
    close(listener);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    good = good && connect(listener, (const struct sockaddr *)&address, sizeof(address)) < 0 &&
           errno == ECONNREFUSED;
    CHECK("cancel-points.nothing-is-held", good);
}

/* Without a cancellation the calls are what they are. */
static void *post_later(void *unused)
{
    rest(3000000);
    sem_post(&sem);
    return unused;
}

static void still_work(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, post_later, NULL);
    CHECK("cancel-points.still-work", sleep_on(NULL) == NULL && send(pair[0], "ab", 2, 0) == 2 &&
                                          recv(pair[1], bytes, 9, 0) == 2 &&
                                          mq_receive(full_queue, bytes, sizeof(bytes), NULL) == 1);
    pthread_join(thread, NULL);
}

void area_cancel_points(void)
{
    sigset_t set = one_signal();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    for (unsigned i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
        bool good = set_up() && cancelled_before(&points[i]);
        tear_down();
        if (good && points[i].waits) {
            good = set_up() && cancelled_while_it_waits(&points[i]);
            tear_down();
        }
        CHECK(points[i].name, good);
    }
    if (CHECK("cancel-points.set-up", set_up())) {
        still_work();
        nothing_is_held();
        tear_down();
    }
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
