// SPDX-License-Identifier: MIT
// What the driver of this folder and the one of ../posix do in the same way: each includes it once.
// Nothing but POSIX.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX 10 // a test's program and arguments
#define TAIL_SIZE 1500
#define NS_PER_MS 1000000
#define MS_PER_S 1000
#define POLL_FIRST_MS 1
#define POLL_LAST_MS 64

/// Milliseconds of the monotonic clock.
static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

/// Prints the end of the file that a test wrote to, each line behind "| "; control characters
/// become
/// '?'.
static void print_tail(const char *path)
{
    static char text[TAIL_SIZE];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    off_t size = lseek(file, 0, SEEK_END);
    off_t start = size > TAIL_SIZE ? size - TAIL_SIZE : 0;
    ssize_t got = pread(file, text, sizeof(text), start);
    close(file);
    for (ssize_t i = 0; i < got; i++) {
        if (i == 0 || text[i - 1] == '\n') {
            fputs("| ", stdout);
        }
        unsigned char byte = (unsigned char)text[i];
        putchar(byte == '\n' || (byte >= ' ' && byte < 127) ? byte : '?');
    }
    if (got > 0 && text[got - 1] != '\n') {
        putchar('\n');
    }
}

/// Waits for the process until now_ms() is `limit_ms`; false if it runs on.
static bool wait_until(pid_t pid, int *status, long long limit_ms)
{
    int pause_ms = POLL_FIRST_MS;
    for (;;) {
        pid_t found = waitpid(pid, status, WNOHANG);
        if (found == pid) {
            return true;
        }
        if (now_ms() >= limit_ms || (found < 0 && errno != EINTR)) {
            return false;
        }
        struct timespec pause = {0, (long)pause_ms * NS_PER_MS};
        nanosleep(&pause, NULL);
        pause_ms = pause_ms < POLL_LAST_MS ? 2 * pause_ms : POLL_LAST_MS;
    }
}
