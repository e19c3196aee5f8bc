// SPDX-License-Identifier: MIT
// Ends the service at a chosen call that changes files or sends an answer, as kill -9 would. Linked
// with --wrap for each call below, so that the service's sources are what they are.
//
// VTPM_CUT=N        dies before call N (from 1)
// VTPM_CUT=N:half   if call N is a write, half of it is done first
// VTPM_CUT=N:fail   call N fails, a write after half of it was done; nothing dies
// VTPM_CUT=N:end    asks the service to end at call N, by SIGTERM; the call is done
// VTPM_CUT=list     says of each call which it is: "cut: 1 write"; nothing dies
// VTPM_CUT=thread:N thread N (from 1) is not made; nothing dies
// VTPM_CUT=each     dies each time it is started: first before call FIRST, when the TPM has been
// made,
//                   then before call 1, 2, 3, ...; /cut keeps count, or the file VTPM_CUT_COUNT
// VTPM_CUT=each:behind   the same, behind call FIRST_KEPT, 1, 2, 3, ...: what it has sent has an
// answer
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

int __real_openat(int directory, const char *path, int flags, ...);
ssize_t __real_write(int file, const void *bytes, size_t size);
int __real_fsync(int file);
int __real_renameat(int from, const char *old, int to, const char *new);
int __real_unlinkat(int directory, const char *path, int flags);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);
int __wrap_openat(int directory, const char *path, int flags, ...);
ssize_t __wrap_write(int file, const void *bytes, size_t size);
int __wrap_fsync(int file);
int __wrap_renameat(int from, const char *old, int to, const char *new);
int __wrap_unlinkat(int directory, const char *path, int flags);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);

#define COUNTER "/cut"
#define FIRST 20
#define FIRST_KEPT 40

static unsigned long target;     ///< the call, or 0
static unsigned long threadless; ///< the thread that is not made, or 0
static bool half, fails, ends, lists, behind;
static _Thread_local bool last; ///< the call in progress is the one to die behind
static atomic_ulong calls;

static _Noreturn void die(void)
{
    (void)kill(getpid(), SIGKILL);
    abort();
}

/// The number of this start, from 1.
static unsigned long count_starts(void)
{
    char text[16] = {0};
    const char *counter = getenv("VTPM_CUT_COUNT");
    int file = __real_openat(AT_FDCWD, counter != NULL ? counter : COUNTER, O_RDWR | O_CREAT, 0600);
    if (file < 0 || read(file, text, sizeof(text) - 1) < 0) {
        abort();
    }
    unsigned long starts = strtoul(text, NULL, 10) + 1;
    int size = snprintf(text, sizeof(text), "%lu", starts);
    if (lseek(file, 0, SEEK_SET) != 0 || __real_write(file, text, (size_t)size) != size) {
        abort();
    }
    (void)close(file);
    return starts;
}

__attribute__((constructor)) static void configure(void)
{
    const char *text = getenv("VTPM_CUT");
    if (text != NULL && strncmp(text, "each", 4) == 0) {
        unsigned long starts = count_starts();
        behind = strcmp(text, "each:behind") == 0;
        target = starts == 1 ? (behind ? FIRST_KEPT : FIRST) : starts - 1;
    } else if (text != NULL && strncmp(text, "thread:", 7) == 0) {
        threadless = strtoul(text + 7, NULL, 10);
    } else if (text != NULL) {
        target = strtoul(text, NULL, 10);
        lists = strcmp(text, "list") == 0;
        half = strstr(text, ":half") != NULL;
        fails = strstr(text, ":fail") != NULL;
        ends = strstr(text, ":end") != NULL;
    }
}

/// Whether this call is the chosen one and is to be looked at; dies if nothing of it is to be done.
static bool chosen(bool is_write)
{
    unsigned long call = atomic_fetch_add(&calls, 1) + 1;
    if (lists) {
        (void)dprintf(STDERR_FILENO, "cut: %lu %s\n", call, is_write ? "write" : "other");
    }
    if (call != target) {
        return false;
    }
    if (ends) {
        (void)kill(getpid(), SIGTERM);
        return false;
    }
    if (behind) {
        last = true;
        return false;
    }
    if (!fails && !(half && is_write)) {
        die();
    }
    errno = EIO;
    return true;
}

/// What a call gave; does not return from the one to die behind.
static ssize_t after(ssize_t result)
{
    if (last) {
        die();
    }
    return result;
}

int __wrap_openat(int directory, const char *path, int flags, ...)
{
    // What only reads changes nothing.
    if ((flags & O_CREAT) == 0) {
        return __real_openat(directory, path, flags);
    }
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = va_arg(arguments, mode_t);
    va_end(arguments);
    if (chosen(false)) {
        return -1;
    }
    return (int)after(__real_openat(directory, path, flags, mode));
}

ssize_t __wrap_write(int file, const void *bytes, size_t size)
{
    if (chosen(true)) {
        (void)!__real_write(file, bytes, size / 2);
        if (!fails) {
            die();
        }
        errno = ENOSPC;
        return -1;
    }
    return after(__real_write(file, bytes, size));
}

int __wrap_fsync(int file)
{
    return chosen(false) ? -1 : (int)after(__real_fsync(file));
}

int __wrap_renameat(int from, const char *old, int to, const char *new)
{
    return chosen(false) ? -1 : (int)after(__real_renameat(from, old, to, new));
}

int __wrap_unlinkat(int directory, const char *path, int flags)
{
    return chosen(false) ? -1 : (int)after(__real_unlinkat(directory, path, flags));
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    static atomic_ulong threads;
    if (atomic_fetch_add(&threads, 1) + 1 == threadless) {
        return EAGAIN;
    }
    return __real_pthread_create(thread, attributes, start, argument);
}
