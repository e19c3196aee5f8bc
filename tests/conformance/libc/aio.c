// SPDX-License-Identifier: MIT
// <aio.h>; the signal calls of System V; getdate().
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define TEXT "asynchronous"
#define LENGTH ((ssize_t)sizeof(TEXT) - 1)
#define PATH "/tmp/aio-test"
#define COUNT 8

static volatile sig_atomic_t signals;
static volatile sig_atomic_t signal_value;
static sem_t called;

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static void on_signal(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    signals++;
    signal_value = info->si_value.sival_int;
}

static void on_call(union sigval value)
{
    if (value.sival_int == 7) {
        sem_post(&called);
    }
}

static ssize_t result_of(struct aiocb *request)
{
    const struct aiocb *list[] = {NULL, request};
    while (aio_error(request) == EINPROGRESS) {
        if (aio_suspend(list, 2, NULL) < 0 && errno != EINTR) {
            return -2;
        }
    }
    return aio_return(request);
}

static struct aiocb request_for(int fd, void *buffer, size_t size)
{
    return (struct aiocb){.aio_fildes = fd,
                          .aio_buf = buffer,
                          .aio_nbytes = size,
                          .aio_sigevent = {.sigev_notify = SIGEV_NONE}};
}

static void test_files(int fd)
{
    char text[] = TEXT;
    char got[sizeof(text)] = "";
    struct aiocb put = request_for(fd, text, (size_t)LENGTH);
    struct aiocb get = request_for(fd, got, (size_t)LENGTH);
    struct aiocb sync = request_for(fd, NULL, 0);
    struct aiocb never = {0};

    put.aio_offset = 3;
    get.aio_offset = 3;
    CHECK("aio.order", aio_write(&put) == 0 && aio_fsync(O_SYNC, &sync) == 0 &&
                           aio_read(&get) == 0 && result_of(&get) == LENGTH &&
                           strcmp(got, TEXT) == 0);
    CHECK("aio.results", result_of(&put) == LENGTH && result_of(&sync) == 0 &&
                             lseek(fd, 0, SEEK_END) == 3 + LENGTH);
    CHECK("aio.result_once", fails(aio_return(&put), EINVAL) && fails(aio_error(&put), EINVAL));
    CHECK("aio.never", fails(aio_error(&never), EINVAL) && fails(aio_return(&never), EINVAL));
    CHECK("aio.closed", aio_write(&put) == 0 && close(fd) == 0 && result_of(&put) == LENGTH);
}

static void test_refusals(void)
{
    char byte = 0;
    struct timespec bad = {0, 1000000000};
    struct aiocb request = request_for(-1, &byte, 1);
    const struct aiocb *list[] = {&request};
    int fd = open("/dev/null", O_RDONLY);

    CHECK("aio.bad_descriptor", fails(aio_read(&request), EBADF) &&
                                    fails(aio_write(&request), EBADF) &&
                                    fails(aio_cancel(-1, NULL), EBADF));
    request.aio_fildes = fd;
    CHECK("aio.not_for_writing", fails(aio_write(&request), EBADF));
    CHECK("aio.fsync_operation", fails(aio_fsync(O_RDONLY, &request), EINVAL));
    request.aio_offset = -1;
    CHECK("aio.offset", fails(aio_read(&request), EINVAL));
    request.aio_offset = 0;
    request.aio_reqprio = AIO_PRIO_DELTA_MAX + 1;
    CHECK("aio.priority", fails(aio_read(&request), EINVAL));
    CHECK("aio.suspend_time", fails(aio_suspend(list, 1, &bad), EINVAL));
    CHECK("aio.cancel_other", fails(aio_cancel(STDERR_FILENO, &request), EINVAL));
    CHECK("aio.cancel_none", aio_cancel(fd, NULL) == AIO_ALLDONE);
    close(fd);
}

// A pipe without data keeps its first request on its way, and the ones behind it from beginning.
static void test_pipes(void)
{
    char first = 0;
    char second = 0;
    struct timespec soon = {0, 20000000};
    int ends[2];
    int begun;

    if (!CHECK("aio.pipe", pipe(ends) == 0)) {
        return;
    }
    struct aiocb running = request_for(ends[0], &first, 1);
    struct aiocb queued = request_for(ends[0], &second, 1);
    const struct aiocb *list[] = {&running, &queued};

    // One that has not begun is given up, and asked for once more.
    bool asked = aio_read(&running) == 0;
    for (begun = 1; asked && begun < 1000; begun++) {
        rest(begun * 1000000l);
        if (aio_cancel(ends[0], &running) != AIO_CANCELED) {
            break;
        }
        (void)aio_return(&running);
        asked = aio_read(&running) == 0;
    }
    CHECK("aio.pending", asked && aio_read(&queued) == 0 && aio_error(&running) == EINPROGRESS);
    CHECK("aio.suspend_timeout", fails(aio_suspend(list, 2, &soon), EAGAIN));
    CHECK("aio.cancel", aio_cancel(ends[0], &queued) == AIO_CANCELED &&
                            aio_error(&queued) == ECANCELED &&
                            fails(aio_return(&queued), ECANCELED));
    CHECK("aio.cancel_running", aio_cancel(ends[0], NULL) == AIO_NOTCANCELED);
    CHECK("aio.pipe_data", write(ends[1], "x", 1) == 1 && result_of(&running) == 1 && first == 'x');
    CHECK("aio.cancel_done", aio_cancel(ends[0], &running) == AIO_ALLDONE);
    close(ends[0]);
    close(ends[1]);
}

static void test_notification(int fd)
{
    char byte = 'n';
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    struct aiocb request = request_for(fd, &byte, 1);

    sigaction(SIGUSR1, &action, NULL);
    request.aio_sigevent.sigev_notify = SIGEV_SIGNAL;
    request.aio_sigevent.sigev_signo = SIGUSR1;
    request.aio_sigevent.sigev_value.sival_int = 42;
    CHECK("aio.signal_start", aio_write(&request) == 0 && result_of(&request) == 1);
    for (int i = 0; i < 60000 && signals == 0; i++) {
        usleep(1000);
    }
    CHECK("aio.signal", signals == 1 && signal_value == 42);
    sem_init(&called, 0, 0);
    request.aio_sigevent.sigev_notify = SIGEV_THREAD;
    request.aio_sigevent.sigev_notify_function = on_call;
    request.aio_sigevent.sigev_value.sival_int = 7;
    CHECK("aio.thread",
          aio_write(&request) == 0 && sem_wait(&called) == 0 && result_of(&request) == 1);
    signal(SIGUSR1, SIG_DFL);
}

static void test_lists(int fd)
{
    char bytes[COUNT];
    struct aiocb requests[COUNT];
    struct aiocb *list[COUNT + 1] = {NULL};
    struct sigevent event = {
        .sigev_notify = SIGEV_THREAD, .sigev_notify_function = on_call, .sigev_value.sival_int = 7};
    bool all = true;

    for (int i = 0; i < COUNT; i++) {
        bytes[i] = (char)('a' + i);
        requests[i] = request_for(fd, &bytes[i], 1);
        requests[i].aio_offset = i;
        requests[i].aio_lio_opcode = i == 0 ? LIO_NOP : LIO_WRITE;
        list[i] = &requests[i];
    }
    CHECK("aio.list_wait", lio_listio(LIO_WAIT, list, COUNT + 1, NULL) == 0);
    for (int i = 1; i < COUNT; i++) {
        all &= aio_error(&requests[i]) == 0 && aio_return(&requests[i]) == 1;
    }
    CHECK("aio.list_results", all);
    CHECK("aio.list_nowait",
          lio_listio(LIO_NOWAIT, list, COUNT, &event) == 0 && sem_wait(&called) == 0);
    requests[2].aio_fildes = -1;
    CHECK("aio.list_part", fails(lio_listio(LIO_WAIT, list, COUNT, NULL), EIO) &&
                               aio_error(&requests[2]) == EBADF && aio_error(&requests[3]) == 0);
    CHECK("aio.list_refusals",
          fails(lio_listio(9, list, COUNT, NULL), EINVAL) &&
              fails(lio_listio(LIO_WAIT, list, AIO_LISTIO_MAX + 1, NULL), EINVAL));
}

// POSIX: requests are not inherited. The child's own work all the same.
static void test_fork(int fd)
{
    char byte = 'f';
    int status = -1;
    struct aiocb request = request_for(fd, &byte, 1);
    pid_t child = fork();

    if (child == 0) {
        _exit(aio_write(&request) == 0 && result_of(&request) == 1 ? 0 : 1);
    }
    CHECK("aio.fork", waitpid(child, &status, 0) == child && status == 0);
}

// Nor is what the library has open for them.
static void test_fork_descriptor(void)
{
    char byte = 0;
    int status = -1;
    int ends[2] = {-1, -1};
    CHECK("aio.fork-pipe", pipe(ends) == 0);
    struct aiocb request = request_for(ends[0], &byte, 1);
    int lowest = dup(ends[0]);
    close(lowest);
    CHECK("aio.fork-request", aio_read(&request) == 0);
    pid_t child = fork();

    if (child == 0) {
        _exit(dup(ends[0]) == lowest ? 0 : 1);
    }
    CHECK("aio.fork-descriptor", waitpid(child, &status, 0) == child && status == 0);
    CHECK("aio.fork-goes-on", write(ends[1], "x", 1) == 1 && result_of(&request) == 1);
    close(ends[0]);
    close(ends[1]);
}

// The end of a request closes nothing that the program has open: its locks stay.
static void test_locks(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char byte = 'l';
    int status = -1;
    struct aiocb request = request_for(fd, &byte, 1);
    CHECK("aio.locked",
          fcntl(fd, F_SETLK, &lock) == 0 && aio_write(&request) == 0 && result_of(&request) == 1);
    pid_t child = fork();
    if (child == 0) {
        _exit(fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK ? 0 : 1);
    }
    CHECK("aio.keeps-locks", waitpid(child, &status, 0) == child && status == 0);
    lock.l_type = F_UNLCK;
    CHECK("aio.unlocked", fcntl(fd, F_SETLK, &lock) == 0);
}

static void test_system_v_signals(void)
{
    sigset_t set;

    signals = 0;
    CHECK("sysv.hold", sighold(SIGUSR2) == 0 && pthread_sigmask(SIG_BLOCK, NULL, &set) == 0 &&
                           sigismember(&set, SIGUSR2));
    CHECK("sysv.release", sigrelse(SIGUSR2) == 0 && pthread_sigmask(SIG_BLOCK, NULL, &set) == 0 &&
                              !sigismember(&set, SIGUSR2));
    CHECK("sysv.ignore", sigignore(SIGUSR2) == 0 && raise(SIGUSR2) == 0);
    CHECK("sysv.set", sigset(SIGUSR2, SIG_HOLD) == SIG_IGN &&
                          sigset(SIGUSR2, SIG_DFL) == SIG_HOLD &&
                          sigset(SIGUSR2, SIG_DFL) == SIG_DFL);
    CHECK("sysv.invalid", fails(sighold(NSIG), EINVAL) && fails(sigrelse(0), EINVAL) &&
                              fails(sigignore(SIGKILL), EINVAL) && fails(sigpause(-1), EINVAL) &&
                              sigset(0, SIG_DFL) == SIG_ERR && errno == EINVAL);
}

static void test_getdate(void)
{
    FILE *file = fopen(PATH, "w");
    if (!CHECK("getdate.file",
               file && fputs("%Y-%m-%d %H:%M\n%d.%m.%Y\n", file) >= 0 && fclose(file) == 0)) {
        return;
    }
    unsetenv("DATEMSK");
    CHECK("getdate.no_mask", !getdate("1.2.2020") && getdate_err == 1);
    setenv("DATEMSK", "/tmp/none", 1);
    CHECK("getdate.not_open", !getdate("1.2.2020") && getdate_err == 2);
    setenv("DATEMSK", PATH, 1);
    struct tm *date = getdate("2020-02-29 12:34");
    CHECK("getdate.first", date && date->tm_mon == 1 && date->tm_mday == 29 &&
                               date->tm_hour == 12 && date->tm_wday == 6);
    date = getdate("1.3.2021");
    CHECK("getdate.second",
          date && date->tm_year == 121 && date->tm_hour == 0 && date->tm_yday == 59);
    CHECK("getdate.no_fit", !getdate("nothing") && getdate_err == 7);
    CHECK("getdate.invalid", !getdate("2021-02-30 00:00") && getdate_err == 8);
    unsetenv("DATEMSK");
    CHECK("clock.unit", CLOCKS_PER_SEC == 1000000);
}

void area_aio(void)
{
    int fd = open(PATH, O_CREAT | O_TRUNC | O_RDWR, 0600);

    if (!CHECK("aio.open", fd >= 0)) {
        return;
    }
    test_notification(fd);
    test_lists(fd);
    test_fork(fd);
    test_fork_descriptor();
    test_locks(fd);
    CHECK("aio.truncate", ftruncate(fd, 0) == 0);
    test_files(fd);
    test_refusals();
    test_pipes();
    test_system_v_signals();
    test_getdate();
    unlink(PATH);
}
