// SPDX-License-Identifier: MIT
// Calls, clocks, files.
#include "bench.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_PATH "/tmp/bench-file"

static char content[PAGE];
static int ends[2];
static volatile sig_atomic_t handled;

static int null_call(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        platform_null_call();
    }
    return 0;
}

static int clock_read(unsigned count)
{
    struct timespec now;
    for (unsigned i = 0; i < count; i++) {
        if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
            return -1;
        }
    }
    return 0;
}

static int file_set_up(unsigned count)
{
    (void)count;
    int file = open(FILE_PATH, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (file < 0) {
        return -1;
    }
    ssize_t written = write(file, content, PAGE);
    return close(file) != 0 || written != (ssize_t)PAGE ? -1 : 0;
}

static int file_clean_up(unsigned count)
{
    (void)count;
    return unlink(FILE_PATH);
}

static int open_read_close(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        int file = open(FILE_PATH, O_RDONLY);
        if (file < 0 || read(file, content, PAGE) != (ssize_t)PAGE || close(file) != 0) {
            return -1;
        }
    }
    return 0;
}

static int stat_path(unsigned count)
{
    struct stat state;
    for (unsigned i = 0; i < count; i++) {
        if (stat(FILE_PATH, &state) != 0) {
            return -1;
        }
    }
    return 0;
}

static int create_unlink(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        int file = open(FILE_PATH, O_CREAT | O_EXCL | O_WRONLY, 0600);
        if (file < 0 || close(file) != 0 || unlink(FILE_PATH) != 0) {
            return -1;
        }
    }
    return 0;
}

static int pipe_set_up(unsigned count)
{
    (void)count;
    return pipe(ends);
}

static int pipe_clean_up(unsigned count)
{
    (void)count;
    return close(ends[0]) != 0 || close(ends[1]) != 0 ? -1 : 0;
}

static int pipe_self(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char byte = 'x';
        if (write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1) {
            return -1;
        }
    }
    return 0;
}

static int poll_one(unsigned count)
{
    struct pollfd wanted = {.fd = ends[1], .events = POLLOUT};
    for (unsigned i = 0; i < count; i++) {
        if (poll(&wanted, 1, 0) != 1) {
            return -1;
        }
    }
    return 0;
}

static void handler(int number)
{
    (void)number;
    handled = 1;
}

static int signal_set_up(unsigned count)
{
    struct sigaction action = {.sa_handler = handler};
    (void)count;
    return sigaction(SIGUSR1, &action, NULL);
}

static int signal_self(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        handled = 0;
        if (raise(SIGUSR1) != 0 || !handled) {
            return -1;
        }
    }
    return 0;
}

const struct operation file_operations[] = {
    {"null_call", 4000, NULL, null_call, NULL},
    {"clock_gettime", 4000, NULL, clock_read, NULL},
    {"open_read_close", 500, file_set_up, open_read_close, file_clean_up},
    {"stat", 500, file_set_up, stat_path, file_clean_up},
    {"create_unlink", 500, NULL, create_unlink, NULL},
    {"pipe_self", 500, pipe_set_up, pipe_self, pipe_clean_up},
    {"poll", 500, pipe_set_up, poll_one, pipe_clean_up},
    {"signal_self", 500, signal_set_up, signal_self, NULL},
    {0},
};
