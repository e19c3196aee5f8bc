// SPDX-License-Identifier: MIT
// Locks on files, from the texts of fcntl(), lockf() and flock().
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define NAME "/tmp/locked"

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static int lock_range(int fd, int command, short type, off_t start, off_t len)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};
    return fcntl(fd, command, &lock);
}

// What a child sees that asks for the whole file: type, start, len and pid.
static struct flock seen_by_child(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int ends[2];
    (void)pipe(ends);
    pid_t child = fork();
    if (child == 0) {
        int result = fcntl(fd, F_GETLK, &lock);
        (void)!write(ends[1], &lock, sizeof(lock));
        _exit(result);
    }
    close(ends[1]);
    (void)!read(ends[0], &lock, sizeof(lock));
    close(ends[0]);
    (void)waitpid(child, NULL, 0);
    return lock;
}

static bool child_sees(int fd, short type, off_t start, off_t len)
{
    struct flock lock = seen_by_child(fd);
    return lock.l_type == type &&
           (type == F_UNLCK || (lock.l_whence == SEEK_SET && lock.l_start == start &&
                                lock.l_len == len && lock.l_pid == getpid()));
}

static void ranges(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -4, .l_len = 2};
    CHECK("locks.free", child_sees(fd, F_UNLCK, 0, 0));
    CHECK("locks.from-the-end", fcntl(fd, F_SETLK, &lock) == 0 && child_sees(fd, F_WRLCK, 6, 2));
    CHECK("locks.release",
          lock_range(fd, F_SETLK, F_UNLCK, 0, 0) == 0 && child_sees(fd, F_UNLCK, 0, 0));
    (void)lseek(fd, 5, SEEK_SET);
    lock = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_CUR, .l_start = 1, .l_len = -3};
    CHECK("locks.in-front", fcntl(fd, F_SETLK, &lock) == 0 && child_sees(fd, F_RDLCK, 3, 3));
    CHECK("locks.merge",
          lock_range(fd, F_SETLK, F_RDLCK, 6, 4) == 0 && child_sees(fd, F_RDLCK, 3, 7));
    CHECK("locks.to-the-end",
          lock_range(fd, F_SETLK, F_WRLCK, 0, 0) == 0 && child_sees(fd, F_WRLCK, 0, 0));
    CHECK("locks.split",
          lock_range(fd, F_SETLK, F_UNLCK, 0, 4) == 0 && child_sees(fd, F_WRLCK, 4, 0));
    CHECK("locks.own-are-not-in-the-way",
          (lock = (struct flock){.l_type = F_WRLCK}, fcntl(fd, F_GETLK, &lock)) == 0 &&
              lock.l_type == F_UNLCK);
    (void)lock_range(fd, F_SETLK, F_UNLCK, 0, 0);
}

static void refusals(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = 9};
    int ends[2];
    CHECK("locks.whence", fails(fcntl(fd, F_SETLK, &lock), EINVAL));
    lock = (struct flock){.l_type = 77};
    CHECK("locks.type", fails(fcntl(fd, F_SETLK, &lock), EINVAL));
    CHECK("locks.before-the-file", fails(lock_range(fd, F_SETLK, F_RDLCK, -1, 1), EINVAL) &&
                                       fails(lock_range(fd, F_SETLK, F_RDLCK, 2, -3), EINVAL));
    CHECK("locks.overflow", fails(lock_range(fd, F_SETLK, F_RDLCK, INT64_MAX, 2), EOVERFLOW) &&
                                lock_range(fd, F_SETLK, F_RDLCK, INT64_MAX, 1) == 0 &&
                                lock_range(fd, F_SETLK, F_UNLCK, 0, 0) == 0);
    CHECK("locks.closed", fails(lock_range(200, F_SETLK, F_RDLCK, 0, 1), EBADF) &&
                              fails(flock(200, LOCK_SH), EBADF) &&
                              fails(lockf(200, F_LOCK, 1), EBADF));
    (void)pipe(ends);
    CHECK("locks.pipe", fails(lock_range(ends[0], F_SETLK, F_RDLCK, 0, 1), EINVAL));
    close(ends[0]);
    close(ends[1]);
    int reads = open(NAME, O_RDONLY);
    int writes = open(NAME, O_WRONLY);
    CHECK("locks.access", fails(lock_range(reads, F_SETLK, F_WRLCK, 0, 1), EBADF) &&
                              fails(lock_range(writes, F_SETLK, F_RDLCK, 0, 1), EBADF) &&
                              lock_range(reads, F_SETLK, F_RDLCK, 0, 1) == 0 &&
                              fails(lockf(reads, F_TLOCK, 1), EBADF));
    close(reads);
    close(writes);
}

// Closing any descriptor of the file releases what the process holds.
static void closing(int fd)
{
    int copy = dup(fd);
    int other = open(NAME, O_RDONLY);
    (void)lock_range(fd, F_SETLK, F_WRLCK, 0, 1);
    close(copy);
    CHECK("locks.close-of-a-copy", child_sees(fd, F_UNLCK, 0, 0));
    (void)lock_range(fd, F_SETLK, F_WRLCK, 0, 1);
    close(other);
    CHECK("locks.close-of-another", child_sees(fd, F_UNLCK, 0, 0));
    copy = dup(fd);
    (void)lock_range(fd, F_SETLK, F_WRLCK, 0, 1);
    (void)dup2(STDIN_FILENO, copy);
    CHECK("locks.dup2", child_sees(fd, F_UNLCK, 0, 0));
    close(copy);
}

static int try_in_child(int fd, int command, short type)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        _exit(lock_range(fd, command, type, 0, 1) == 0 ? 0 : errno);
    }
    (void)waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void descriptions(int fd)
{
    int other = open(NAME, O_RDWR);
    struct flock lock = {.l_type = F_WRLCK, .l_len = 5};
    CHECK("locks.ofd", fcntl(fd, F_OFD_SETLK, &lock) == 0);
    CHECK("locks.ofd-conflict", fails(fcntl(other, F_OFD_SETLK, &lock), EAGAIN) &&
                                    fails(lock_range(fd, F_SETLK, F_RDLCK, 4, 1), EAGAIN));
    CHECK("locks.ofd-tells", fcntl(other, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_WRLCK &&
                                 lock.l_start == 0 && lock.l_len == 5 && lock.l_pid == -1);
    CHECK("locks.ofd-inherited", try_in_child(fd, F_OFD_SETLK, F_RDLCK) == 0);
    lock = (struct flock){.l_type = F_RDLCK, .l_pid = 1};
    CHECK("locks.ofd-pid", fails(fcntl(fd, F_OFD_SETLK, &lock), EINVAL));
    close(dup(fd));
    CHECK("locks.ofd-stays", try_in_child(other, F_OFD_SETLK, F_WRLCK) == EAGAIN);
    lock = (struct flock){.l_type = F_UNLCK};
    (void)fcntl(fd, F_OFD_SETLK, &lock);
    CHECK("locks.ofd-released", try_in_child(other, F_OFD_SETLK, F_WRLCK) == 0);
    close(other);
}

static void sections(int fd)
{
    (void)lseek(fd, 2, SEEK_SET);
    CHECK("locks.lockf", lockf(fd, F_LOCK, 3) == 0 && child_sees(fd, F_WRLCK, 2, 3));
    CHECK("locks.lockf-test-own", lockf(fd, F_TEST, 0) == 0);
    pid_t child = fork();
    if (child == 0) {
        bool busy = fails(lockf(fd, F_TEST, 1), EAGAIN) && fails(lockf(fd, F_TLOCK, 1), EAGAIN) &&
                    lockf(fd, F_TLOCK, -2) == 0;
        _exit(busy ? 0 : 1);
    }
    int status = 1;
    (void)waitpid(child, &status, 0);
    CHECK("locks.lockf-others", status == 0);
    CHECK("locks.lockf-unlock", lockf(fd, F_ULOCK, 0) == 0 && child_sees(fd, F_UNLCK, 0, 0) &&
                                    fails(lockf(fd, 44, 0), EINVAL));
}

static void whole_files(int fd)
{
    int other = open(NAME, O_RDONLY);
    CHECK("locks.flock",
          flock(fd, LOCK_EX) == 0 && fails(flock(other, LOCK_SH | LOCK_NB), EWOULDBLOCK));
    CHECK("locks.flock-is-its-own", lock_range(fd, F_SETLK, F_WRLCK, 0, 0) == 0 &&
                                        try_in_child(fd, F_SETLK, F_WRLCK) == EAGAIN);
    CHECK("locks.flock-down", flock(fd, LOCK_SH) == 0 && flock(other, LOCK_SH | LOCK_NB) == 0 &&
                                  fails(flock(fd, LOCK_EX | LOCK_NB), EWOULDBLOCK));
    CHECK("locks.flock-arguments", fails(flock(fd, 0), EINVAL) && fails(flock(fd, 99), EINVAL));
    CHECK("locks.flock-release", flock(fd, LOCK_UN) == 0 && flock(other, LOCK_EX | LOCK_NB) == 0);
    close(other);
    CHECK("locks.flock-close", flock(fd, LOCK_EX | LOCK_NB) == 0 && flock(fd, LOCK_UN) == 0);
    (void)lock_range(fd, F_SETLK, F_UNLCK, 0, 0);
}

static void catch_signal(int number)
{
    (void)number;
}

static void *wait_for_lock(void *fd)
{
    return (void *)(intptr_t)(lock_range(*(int *)fd, F_OFD_SETLKW, F_WRLCK, 0, 1) == 0 ? 0 : errno);
}

static void waiting(int fd)
{
    struct sigaction action = {.sa_handler = catch_signal};
    struct sigaction before;
    int other = open(NAME, O_RDWR);
    void *result;
    pthread_t thread;
    sigaction(SIGUSR1, &action, &before);
    (void)lock_range(fd, F_OFD_SETLK, F_WRLCK, 0, 1);
    pthread_create(&thread, NULL, wait_for_lock, &other);
    (void)usleep(20000);
    (void)lock_range(fd, F_OFD_SETLK, F_UNLCK, 0, 0);
    pthread_join(thread, &result);
    CHECK("locks.wait", result == NULL);
    pthread_create(&thread, NULL, wait_for_lock, &fd);
    CHECK("locks.interrupted",
          interrupt_thread(thread, SIGUSR1, &result) && (intptr_t)result == EINTR);
    pthread_create(&thread, NULL, wait_for_lock, &fd);
    (void)usleep(20000);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    CHECK("locks.canceled", result == PTHREAD_CANCELED);
    sigaction(SIGUSR1, &before, NULL);
    close(other);
    CHECK("locks.canceled-holds-nothing", lock_range(fd, F_OFD_SETLK, F_WRLCK, 0, 1) == 0 &&
                                              lock_range(fd, F_OFD_SETLK, F_UNLCK, 0, 0) == 0);
}

static void deadlock(int fd)
{
    int status = -1;
    int ends[2];
    char byte;
    (void)pipe(ends);
    (void)lock_range(fd, F_SETLK, F_WRLCK, 0, 1);
    pid_t child = fork();
    if (child == 0) {
        (void)lock_range(fd, F_SETLK, F_WRLCK, 1, 1);
        (void)!write(ends[1], "r", 1);
        _exit(lock_range(fd, F_SETLKW, F_WRLCK, 0, 1) == 0 ? 0 : errno);
    }
    (void)!read(ends[0], &byte, 1);
    int own = lock_range(fd, F_SETLKW, F_WRLCK, 1, 1) == 0 ? 0 : errno;
    (void)lock_range(fd, F_SETLK, F_UNLCK, 0, 0);
    (void)waitpid(child, &status, 0);
    int others = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    CHECK("locks.deadlock", (own == EDEADLK && others == 0) || (own == 0 && others == EDEADLK));
    close(ends[0]);
    close(ends[1]);
}

// Processes count in a file under a lock: no step is lost.
static void counting(int fd)
{
    enum { PROCESSES = 4, STEPS = 50 };
    long count = 0;
    (void)pwrite(fd, &count, sizeof(count), 0);
    for (int i = 0; i < PROCESSES; i++) {
        if (fork() == 0) {
            for (int step = 0; step < STEPS; step++) {
                (void)lock_range(fd, F_SETLKW, F_WRLCK, 0, sizeof(count));
                (void)!pread(fd, &count, sizeof(count), 0);
                count++;
                (void)!pwrite(fd, &count, sizeof(count), 0);
                (void)lock_range(fd, F_SETLK, F_UNLCK, 0, sizeof(count));
            }
            _exit(0);
        }
    }
    while (wait(NULL) > 0) {
    }
    CHECK("locks.counting", pread(fd, &count, sizeof(count), 0) == (ssize_t)sizeof(count) &&
                                count == PROCESSES * STEPS);
}

// FD_CLOFORK: closed in the child of fork(), and of posix_spawn().
static void fork_marks(void)
{
    int fd = open(NAME, O_RDONLY | O_CLOFORK);
    int other = fcntl(fd, F_DUPFD_CLOFORK, 50);
    CHECK("locks.clofork",
          fcntl(fd, F_GETFD) == FD_CLOFORK && other >= 50 && fcntl(other, F_GETFD) == FD_CLOFORK &&
              fcntl(other, F_SETFD, FD_CLOEXEC | FD_CLOFORK) == 0 &&
              fcntl(other, F_GETFD) == (FD_CLOEXEC | FD_CLOFORK) && fcntl(dup(fd), F_GETFD) == 0);
    int status = 1;
    pid_t child = fork();
    if (child == 0) {
        _exit(fails(fcntl(fd, F_GETFD), EBADF) && fails(fcntl(other, F_GETFD), EBADF) ? 0 : 1);
    }
    (void)waitpid(child, &status, 0);
    CHECK("locks.clofork-child", status == 0 && fcntl(fd, F_GETFD) == FD_CLOFORK);
    child = _Fork();
    if (child == 0) {
        _exit(fcntl(fd, F_GETFD) == -1 && errno == EBADF ? 0 : 1);
    }
    CHECK("locks.clofork-child-of-_Fork", waitpid(child, &status, 0) == child && status == 0);
    int three = dup3(fd, 60, O_CLOFORK | O_CLOEXEC);
    CHECK("locks.clofork-dup3", three == 60 && fcntl(60, F_GETFD) == (FD_CLOEXEC | FD_CLOFORK));
    close(three);
    close(other);
    close(fd);
}

// Threads of several processes open, lock, rename, remove and close the same few names; every
// result is one that POSIX allows, and afterwards nobody holds anything.
static bool step(unsigned *state)
{
    static const char *const names[] = {"/tmp/storm-a", "/tmp/storm-b", "/tmp/storm-c"};
    *state = *state * 1103515245u + 12345u;
    const char *name = names[(*state >> 16) % 3];
    const char *other = names[(*state >> 20) % 3];
    int fd = open(name, O_RDWR | O_CREAT, 0600);
    if (fd < 0) {
        return false;
    }
    short type = (*state >> 24) & 1 ? F_RDLCK : F_WRLCK;
    int locked = lock_range(fd, F_OFD_SETLK, type, (*state >> 12) % 8, 4);
    bool good = locked == 0 || errno == EAGAIN;
    good = good && (lock_range(fd, F_SETLK, type, 10, 4) == 0 || errno == EAGAIN);
    good = good && (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno == EWOULDBLOCK);
    if ((*state >> 26) & 1) {
        good = good && (rename(name, other) == 0 || errno == ENOENT);
    } else if ((*state >> 27) & 1) {
        good = good && (unlink(name) == 0 || errno == ENOENT);
    }
    return close(fd) == 0 && good;
}

static void *storm_thread(void *seed)
{
    unsigned state = (unsigned)(uintptr_t)seed;
    bool good = true;
    for (int i = 0; i < 150 && good; i++) {
        good = step(&state);
    }
    return (void *)(intptr_t)good;
}

static bool storm_process(unsigned seed)
{
    pthread_t threads[3];
    bool good = true;
    for (unsigned i = 0; i < 3; i++) {
        good = pthread_create(&threads[i], NULL, storm_thread,
                              (void *)(uintptr_t)(seed * 10 + i)) == 0 &&
               good;
    }
    for (unsigned i = 0; good && i < 3; i++) {
        void *result = NULL;
        good = pthread_join(threads[i], &result) == 0 && result != NULL;
    }
    return good;
}

static void storm(void)
{
    enum { PROCESSES = 3 };
    bool good = true;
    int status;
    for (unsigned i = 0; i < PROCESSES; i++) {
        if (fork() == 0) {
            _exit(storm_process(i + 1) ? 0 : 1);
        }
    }
    while (wait(&status) > 0) {
        good = good && status == 0;
    }
    CHECK("locks.storm", good);
    int fd = open("/tmp/storm-a", O_RDWR | O_CREAT, 0600);
    CHECK("locks.storm-leaves-nothing",
          lock_range(fd, F_SETLK, F_WRLCK, 0, 0) == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0);
    close(fd);
    (void)unlink("/tmp/storm-a");
    (void)unlink("/tmp/storm-b");
    (void)unlink("/tmp/storm-c");
}

void area_locks(void)
{
    int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
    (void)!write(fd, "0123456789", 10);
    ranges(fd);
    refusals(fd);
    closing(fd);
    descriptions(fd);
    sections(fd);
    whole_files(fd);
    waiting(fd);
    deadlock(fd);
    counting(fd);
    fork_marks();
    storm();
    close(fd);
    unlink(NAME);
}
