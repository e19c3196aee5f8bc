// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

static volatile sig_atomic_t broken_pipes;

static void count_signal(int number)
{
    broken_pipes += number == SIGPIPE;
}

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static void basics(void)
{
    int fds[2];
    char text[16];
    struct stat state;
    CHECK("pipes.pipe", pipe(fds) == 0 && fds[0] == 3 && fds[1] == 4);
    CHECK("pipes.access", (fcntl(fds[0], F_GETFL) & O_ACCMODE) == O_RDONLY &&
                              (fcntl(fds[1], F_GETFL) & O_ACCMODE) == O_WRONLY);
    CHECK("pipes.no-cloexec", fcntl(fds[0], F_GETFD) == 0 && fcntl(fds[1], F_GETFD) == 0);
    CHECK("pipes.bytes", write(fds[1], "hello", 5) == 5 && write(fds[1], "!", 1) == 1 &&
                             read(fds[0], text, 16) == 6 && memcmp(text, "hello!", 6) == 0);
    CHECK("pipes.wrong-end",
          fails(read(fds[1], text, 1), EBADF) && fails(write(fds[0], text, 1), EBADF));
    CHECK("pipes.no-position", fails(lseek(fds[0], 0, SEEK_CUR), ESPIPE) &&
                                   fails(pread(fds[0], text, 1, 0), ESPIPE) &&
                                   fails(pwrite(fds[1], text, 1, 0), ESPIPE));
    CHECK("pipes.fstat", fstat(fds[0], &state) == 0 && S_ISFIFO(state.st_mode));
    CHECK("pipes.buf", fpathconf(fds[0], _PC_PIPE_BUF) == PIPE_BUF);
    CHECK("pipes.end", write(fds[1], "x", 1) == 1 && close(fds[1]) == 0 &&
                           read(fds[0], text, 16) == 1 && read(fds[0], text, 16) == 0);
    close(fds[0]);
    CHECK("pipes.bad-flags", fails(pipe2(fds, O_APPEND), EINVAL));
}

static void flags(void)
{
    int fds[2];
    char text[PIPE_BUF];
    memset(text, 'x', sizeof(text));
    CHECK("pipes.pipe2",
          pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0 && fcntl(fds[0], F_GETFD) == FD_CLOEXEC &&
              fcntl(fds[1], F_GETFD) == FD_CLOEXEC && (fcntl(fds[0], F_GETFL) & O_NONBLOCK) &&
              (fcntl(fds[1], F_GETFL) & O_NONBLOCK));
    CHECK("pipes.empty", fails(read(fds[0], text, 1), EAGAIN));
    size_t total = 0;
    ssize_t done;
    while ((done = write(fds[1], text, sizeof(text))) > 0) {
        total += (size_t)done;
    }
    CHECK("pipes.full", errno == EAGAIN && total >= 16384);
    CHECK("pipes.still-full", fails(write(fds[1], text, 1), EAGAIN));
    CHECK("pipes.drain", read(fds[0], text, 1) == 1 && write(fds[1], text, 1) == 1);
    int copy = dup(fds[0]);
    CHECK("pipes.setfl-shared", fcntl(copy, F_SETFL, 0) == 0 &&
                                    !(fcntl(fds[0], F_GETFL) & O_NONBLOCK) &&
                                    (fcntl(fds[1], F_GETFL) & O_NONBLOCK));
    close(copy);
    close(fds[0]);
    close(fds[1]);
}

static void broken(void)
{
    int fds[2];
    struct sigaction action = {.sa_handler = count_signal};
    struct sigaction old;
    CHECK("pipes.broken-pipe", pipe(fds) == 0 && close(fds[0]) == 0);
    sigaction(SIGPIPE, &action, &old);
    broken_pipes = 0;
    CHECK("pipes.sigpipe", fails(write(fds[1], "x", 1), EPIPE) && broken_pipes == 1);
    CHECK("pipes.sigpipe-nothing", write(fds[1], "x", 0) == 0 && broken_pipes == 1);
    signal(SIGPIPE, SIG_IGN);
    CHECK("pipes.sigpipe-ignored", fails(write(fds[1], "x", 1), EPIPE) && broken_pipes == 1);
    sigaction(SIGPIPE, &old, NULL);
    close(fds[1]);
}

static void children(void)
{
    int fds[2];
    char text[64] = {0};
    char *argv[] = {(char *)test_program, "--child", "cwd", NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status;
    CHECK("pipes.for-a-child", pipe2(fds, O_CLOEXEC) == 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
    posix_spawn_file_actions_addchdir_np(&actions, "/tmp");
    CHECK("pipes.spawn", posix_spawn(&pid, test_program, &actions, NULL, argv, environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(fds[1]);
    FILE *stream = fdopen(fds[0], "r");
    CHECK("pipes.from-a-child",
          stream && fgets(text, sizeof(text), stream) != NULL && strcmp(text, "/tmp\n") == 0);
    CHECK("pipes.child-end", fgetc(stream) == EOF && feof(stream) && fclose(stream) == 0);
    CHECK("pipes.child-status", waitpid(pid, &status, 0) == pid && status == 0);
}

static void *write_slowly(void *argument)
{
    static const struct timespec pause = {.tv_nsec = 5000000};
    nanosleep(&pause, NULL);
    return write(*(int *)argument, "x", 1) == 1 ? argument : NULL;
}

static long elapsed_ms(const struct timespec *since)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

static void polls(void)
{
    int fds[2];
    char byte;
    struct timespec start;
    pipe(fds);
    struct pollfd list[3] = {{.fd = fds[0], .events = POLLIN},
                             {.fd = fds[1], .events = POLLOUT | POLLIN},
                             {.fd = -1, .events = POLLIN, .revents = 7}};
    CHECK("pipes.poll-out", poll(list, 3, -1) == 1 && list[0].revents == 0 &&
                                list[1].revents == POLLOUT && list[2].revents == 0);
    clock_gettime(CLOCK_MONOTONIC, &start);
    CHECK("pipes.poll-timeout", poll(list, 1, 20) == 0 && elapsed_ms(&start) >= 20);
    CHECK("pipes.poll-look", poll(list, 1, 0) == 0 && poll(NULL, 0, 1) == 0);
    pthread_t thread;
    void *result = NULL;
    pthread_create(&thread, NULL, write_slowly, &fds[1]);
    CHECK("pipes.poll-wakes", poll(list, 1, 60000) == 1 && list[0].revents == POLLIN);
    pthread_join(thread, &result);
    CHECK("pipes.poll-normal", result && (list[0].events = POLLRDNORM) && poll(list, 1, 0) == 1 &&
                                   list[0].revents == POLLRDNORM);
    list[2].fd = 777;
    CHECK("pipes.poll-bad", poll(list, 3, -1) == 3 && list[2].revents == POLLNVAL);
    CHECK("pipes.poll-count", fails(poll(list, OPEN_MAX + 1, 0), EINVAL));
    close(fds[1]);
    list[0].events = POLLIN;
    CHECK("pipes.poll-hangup", poll(list, 1, -1) == 1 && list[0].revents == (POLLIN | POLLHUP) &&
                                   read(fds[0], &byte, 1) == 1 && poll(list, 1, -1) == 1 &&
                                   list[0].revents == POLLHUP);
    close(fds[0]);
    pipe(fds);
    close(fds[0]);
    list[0] = (struct pollfd){.fd = fds[1], .events = POLLOUT};
    CHECK("pipes.poll-error", poll(list, 1, -1) == 1 && (list[0].revents & POLLERR));
    close(fds[1]);
    int file = open("/tmp/libc-poll", O_RDONLY | O_CREAT, 0600);
    list[0] = (struct pollfd){.fd = file, .events = POLLIN | POLLOUT};
    CHECK("pipes.poll-file", poll(list, 1, -1) == 1 && list[0].revents == (POLLIN | POLLOUT));
    close(file);
    unlink("/tmp/libc-poll");
}

static void many(void)
{
    enum { COUNT = 60 };
    struct pollfd list[COUNT];
    int writers[COUNT];
    for (int i = 0; i < COUNT; i++) {
        int fds[2];
        pipe(fds);
        list[i] = (struct pollfd){.fd = fds[0], .events = POLLIN};
        writers[i] = fds[1];
    }
    bool right = poll(list, COUNT, 0) == 0;
    for (int i = 0; i < COUNT; i += 7) {
        right = right && write(writers[i], "x", 1) == 1;
    }
    right = right && poll(list, COUNT, -1) == (COUNT + 6) / 7;
    for (int i = 0; i < COUNT; i++) {
        right = right && list[i].revents == (i % 7 == 0 ? POLLIN : 0);
        close(list[i].fd);
        close(writers[i]);
    }
    CHECK("pipes.poll-many", right);
}

static void ppolls(void)
{
    static const struct timespec none;
    static const struct timespec bad = {.tv_nsec = 1000000000};
    static const struct timespec little = {.tv_nsec = 3000000};
    struct timespec start;
    sigset_t mask;
    sigset_t after;
    int fds[2];
    pipe(fds);
    struct pollfd item = {.fd = fds[0], .events = POLLIN};
    sigfillset(&mask);
    CHECK("pipes.ppoll-look", ppoll(&item, 1, &none, NULL) == 0);
    CHECK("pipes.ppoll-bad", fails(ppoll(&item, 1, &bad, NULL), EINVAL));
    clock_gettime(CLOCK_MONOTONIC, &start);
    CHECK("pipes.ppoll-timeout", ppoll(&item, 1, &little, &mask) == 0 && elapsed_ms(&start) >= 2);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    CHECK("pipes.ppoll-mask-back", !sigismember(&after, SIGUSR1));
    close(fds[0]);
    close(fds[1]);
}

static void selects(void)
{
    int fds[2];
    fd_set readable, writable, exceptional;
    struct timeval time = {.tv_usec = 2000};
    pipe(fds);
    int top = fds[1] + 1;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_ZERO(&exceptional);
    FD_SET(fds[0], &readable);
    FD_SET(fds[1], &writable);
    FD_SET(fds[0], &exceptional);
    CHECK("pipes.select", select(top, &readable, &writable, &exceptional, NULL) == 1 &&
                              !FD_ISSET(fds[0], &readable) && FD_ISSET(fds[1], &writable) &&
                              !FD_ISSET(fds[0], &exceptional));
    FD_SET(fds[0], &readable);
    CHECK("pipes.select-timeout",
          select(top, &readable, NULL, NULL, &time) == 0 && !FD_ISSET(fds[0], &readable));
    write(fds[1], "x", 1);
    FD_SET(fds[0], &readable);
    CHECK("pipes.select-both", select(top, &readable, &writable, NULL, NULL) == 2 &&
                                   FD_ISSET(fds[0], &readable) && FD_ISSET(fds[1], &writable));
    CHECK("pipes.select-high", FD_SETSIZE >= OPEN_MAX && dup2(fds[0], OPEN_MAX - 1) > 0);
    FD_ZERO(&readable);
    FD_SET(OPEN_MAX - 1, &readable);
    CHECK("pipes.select-high-ready",
          select(OPEN_MAX, &readable, NULL, NULL, NULL) == 1 && FD_ISSET(OPEN_MAX - 1, &readable));
    close(OPEN_MAX - 1);
    CHECK("pipes.select-bad", fails(select(OPEN_MAX, &readable, NULL, NULL, NULL), EBADF) &&
                                  fails(select(-1, NULL, NULL, NULL, NULL), EINVAL) &&
                                  fails(select(FD_SETSIZE + 1, NULL, NULL, NULL, NULL), EINVAL));
    time.tv_usec = 1000000;
    CHECK("pipes.select-bad-time", fails(select(0, NULL, NULL, NULL, &time), EINVAL));
    close(fds[0]);
    FD_ZERO(&writable);
    FD_SET(fds[1], &writable);
    CHECK("pipes.select-broken", select(top, NULL, &writable, NULL, NULL) == 1);
    close(fds[1]);
}

static void append(void)
{
    int a = open("/tmp/libc-append", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
    CHECK("pipes.append-cleared", (fcntl(a, F_GETFL) & O_APPEND) && write(a, "abc", 3) == 3 &&
                                      fcntl(a, F_SETFL, 0) == 0 && lseek(a, 0, SEEK_SET) == 0 &&
                                      write(a, "X", 1) == 1 && lseek(a, 0, SEEK_END) == 3);
    close(a);
    unlink("/tmp/libc-append");
}

void area_pipes(void)
{
    basics();
    flags();
    broken();
    children();
    polls();
    many();
    ppolls();
    selects();
    append();
}
