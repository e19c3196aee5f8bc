// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

#define NAME "/tmp/libc-fds"

static bool fails(int result, int error)
{
    return result == -1 && errno == error;
}

static void duplicates(void)
{
    int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
    int copy = dup(fd);
    CHECK("fds.lowest", fd == 3 && copy == 4);
    CHECK("fds.dup-shares-position", write(fd, "abcdef", 6) == 6 && lseek(copy, 0, SEEK_CUR) == 6 &&
                                         lseek(copy, 1, SEEK_SET) == 1 &&
                                         lseek(fd, 0, SEEK_CUR) == 1);
    int again = open(NAME, O_RDWR);
    CHECK("fds.open-has-own-position", lseek(again, 0, SEEK_CUR) == 0);
    CHECK("fds.dup2", dup2(fd, again) == again && lseek(again, 0, SEEK_CUR) == 1);
    CHECK("fds.dup2-high", dup2(fd, 200) == 200 && lseek(200, 0, SEEK_CUR) == 1 && close(200) == 0);
    CHECK("fds.dup2-same", dup2(fd, fd) == fd);
    CHECK("fds.dup2-bad", fails(dup2(999, 5), EBADF) && fails(dup2(fd, -1), EBADF) &&
                              fails(dup2(fd, OPEN_MAX), EBADF));
    CHECK("fds.dup-outlives", close(fd) == 0 && write(copy, "X", 1) == 1);
    CHECK("fds.close-twice", fails(close(fd), EBADF));
    CHECK("fds.number-reused", open(NAME, O_RDONLY) == 3);
    close(3);
    close(copy);
    close(again);
}

static void control(void)
{
    int fd = open(NAME, O_RDWR | O_TRUNC);
    CHECK("fds.getfl", (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR);
    CHECK("fds.getfl-inherited", (fcntl(1, F_GETFL) & O_ACCMODE) == O_WRONLY);
    CHECK("fds.cloexec", fcntl(fd, F_GETFD) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
                             fcntl(fd, F_GETFD) == FD_CLOEXEC);
    int copy = fcntl(fd, F_DUPFD, 50);
    CHECK("fds.dupfd", copy == 50 && fcntl(copy, F_GETFD) == 0);
    close(copy);
    copy = fcntl(fd, F_DUPFD_CLOEXEC, 60);
    CHECK("fds.dupfd-cloexec", copy == 60 && fcntl(copy, F_GETFD) == FD_CLOEXEC);
    close(copy);
    CHECK("fds.setfl-append", write(fd, "12345", 5) == 5 && lseek(fd, 0, SEEK_SET) == 0 &&
                                  fcntl(fd, F_SETFL, O_APPEND) == 0 && write(fd, "6", 1) == 1 &&
                                  lseek(fd, 0, SEEK_CUR) == 6 && (fcntl(fd, F_GETFL) & O_APPEND));
    CHECK("fds.bad-command", fails(fcntl(fd, 4711), EINVAL) && fails(fcntl(777, F_GETFL), EBADF));
    close(fd);
}

static void exhaustion(void)
{
    int count = 0;
    int fd;
    while ((fd = open(NAME, O_RDONLY)) >= 0) {
        count++;
    }
    CHECK("fds.limit", errno == EMFILE && count >= 64);
    for (int i = 3; i < OPEN_MAX; i++) {
        close(i);
    }
    fd = open(NAME, O_RDONLY);
    CHECK("fds.after-limit", fd == 3 && close(fd) == 0);
    unlink(NAME);
}

void area_fds(void)
{
    duplicates();
    control();
    exhaustion();
}
