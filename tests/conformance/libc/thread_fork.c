// SPDX-License-Identifier: MIT
// fork() while other threads are in the middle of something: the child can use it.
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define FORKS 40

static FILE *stream;  /* used by a thread all the time */
static FILE *blocked; /* a thread waits in a read of it */
static FILE *locked;  /* a thread has it by flockfile() */
static volatile int stop;

static void *use_streams(void *unused)
{
    while (!stop) {
        fprintf(stream, "%d %s\n", 42, "a line of some length");
        if (ftell(stream) > 50000) {
            rewind(stream);
        }
        FILE *other = fopen("/dev/null", "w");
        if (other) {
            fputs("x", other);
            fclose(other);
        }
    }
    return unused;
}

static void *use_memory(void *unused)
{
    char name[16] = "FORK_A";
    while (!stop) {
        char *block = malloc(3000);
        setenv(name, "value", 1);
        (void)getenv("PATH");
        unsetenv(name);
        time_t now = 1000;
        struct tm tm;
        localtime_r(&now, &tm);
        tzset();
        (void)random();
        free(block);
    }
    return unused;
}

static void *read_blocked(void *unused)
{
    (void)fgetc(blocked);
    return unused;
}

static void *hold_lock(void *unused)
{
    flockfile(locked);
    while (!stop) {
        usleep(1000);
    }
    funlockfile(locked);
    return unused;
}

static void *give(void *argument)
{
    return argument;
}

/* In the child, where nobody holds anything. A hang ends by the alarm. */
static int use_all(void)
{
    pthread_t thread;
    char line[64];
    alarm(120);
    if (fprintf(stream, "child\n") < 0 || ftrylockfile(locked) != 0 || ftrylockfile(blocked) != 0 ||
        fflush(NULL) != 0) {
        return 1;
    }
    FILE *own = fopen("/tmp/libc-fork-child", "w+");
    if (!own || fputs("mine\n", own) < 0 || fseek(own, 0, SEEK_SET) != 0 ||
        !fgets(line, sizeof(line), own) || strcmp(line, "mine\n") != 0 || fclose(own) != 0) {
        return 2;
    }
    void *block = malloc(5000);
    if (!block || setenv("FORK_B", "1", 1) != 0 || !getenv("FORK_B")) {
        return 3;
    }
    free(block);
    (void)random();
    tzset();
    syslog(LOG_DEBUG, "child of a test");
    setlocale(LC_ALL, "C");
    return pthread_create(&thread, NULL, give, NULL) == 0 && pthread_join(thread, NULL) == 0 ? 0
                                                                                             : 4;
}

static void *read_byte(void *argument)
{
    char byte;
    return (void *)(intptr_t)read(*(int *)argument, &byte, 1);
}

/* What a thread waits in a read of, a child that closes it does not keep. */
static void closed_in_child(void)
{
    pthread_t thread;
    int pair[2];
    int ready[2];
    int end[2];
    char byte = 0;
    bool good = socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && pipe(ready) == 0 &&
                pipe(end) == 0 && pthread_create(&thread, NULL, read_byte, &pair[1]) == 0;
    rest(20000000); // it should wait by then
    pid_t child = fork();
    if (child == 0) {
        close(pair[0]);
        close(pair[1]);
        close(end[1]);
        (void)write(ready[1], "x", 1);
        _exit((int)read(end[0], &byte, 1)); // lives until the parent is done
    }
    good = good && read(ready[0], &byte, 1) == 1 && write(pair[0], "x", 1) == 1 &&
           pthread_join(thread, NULL) == 0;
    close(pair[1]);
    struct pollfd other_side = {.fd = pair[0], .events = POLLIN};
    CHECK("thread-fork.closed-in-child",
          good && poll(&other_side, 1, 60000) == 1 && read(pair[0], &byte, 1) == 0);
    close(end[1]);
    int status = -1;
    CHECK("thread-fork.child-lived", waitpid(child, &status, 0) == child && status == 0);
    close(end[0]);
    close(ready[0]);
    close(ready[1]);
    close(pair[0]);
}

void area_thread_fork(void)
{
    pthread_t threads[5];
    int fds[2];
    bool good = pipe(fds) == 0;
    stop = 0;
    stream = fopen("/tmp/libc-fork", "w+");
    locked = fopen("/dev/null", "w");
    blocked = fdopen(fds[0], "r");
    if (!CHECK("thread-fork.set-up", good && stream && locked && blocked)) {
        return;
    }
    pthread_create(&threads[0], NULL, use_streams, NULL);
    pthread_create(&threads[1], NULL, use_streams, NULL);
    pthread_create(&threads[2], NULL, use_memory, NULL);
    pthread_create(&threads[3], NULL, hold_lock, NULL);
    pthread_create(&threads[4], NULL, read_blocked, NULL);
    while (ftrylockfile(locked) == 0) { // until each has what it holds
        funlockfile(locked);
        usleep(1000);
    }
    while (ftrylockfile(blocked) == 0) {
        funlockfile(blocked);
        usleep(1000);
    }
    int failed = 0;
    for (int i = 0; i < FORKS; i++) {
        int status = -1;
        pid_t pid = fork();
        if (pid == 0) {
            _exit(use_all());
        }
        if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
            failed = status;
        }
    }
    CHECK("thread-fork.child-uses-all", failed == 0);
    CHECK("thread-fork.parent-keeps-its-locks",
          ftrylockfile(locked) != 0 && ftrylockfile(blocked) != 0);
    stop = 1;
    (void)write(fds[1], "x", 1);
    for (int i = 0; i < 5; i++) {
        pthread_join(threads[i], NULL);
    }
    /* A stream that the calling thread holds is the child's thread's, and has its depth. */
    flockfile(stream);
    flockfile(stream);
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        funlockfile(stream);
        funlockfile(stream);
        _exit(fputs("child\n", stream) < 0 || fclose(stream) != 0);
    }
    CHECK("thread-fork.own-stream", waitpid(pid, &status, 0) == pid && status == 0);
    funlockfile(stream);
    funlockfile(stream);
    fclose(stream);
    fclose(locked);
    fclose(blocked);
    close(fds[1]);
    unlink("/tmp/libc-fork");
    unlink("/tmp/libc-fork-child");
    closed_in_child();
}
