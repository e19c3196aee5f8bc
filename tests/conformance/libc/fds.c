// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness.h"

#define NAME "/tmp/libc-fds"
#define SOCKET_NAME "/tmp/libc-fds-socket"

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

static bool fill_table(void)
{
    while (dup(0) >= 0) {
    }
    return errno == EMFILE;
}

// What needs a descriptor and gets none has changed nothing.
static void full_table(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET_NAME};
    struct stat found;
    char byte = 0;
    int fd = open(NAME, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    unlink(SOCKET_NAME);
    CHECK("fds.full-prepare",
          write(fd, "text", 4) == 4 && bind(server, (void *)&address, sizeof(address)) == 0 &&
              fcntl(server, F_SETFL, O_NONBLOCK) == 0 && listen(server, 1) == 0 &&
              connect(client, (void *)&address, sizeof(address)) == 0 &&
              write(client, "x", 1) == 1 && fill_table());
    CHECK("fds.full-truncates-nothing", fails(open(NAME, O_WRONLY | O_TRUNC), EMFILE) &&
                                            stat(NAME, &found) == 0 && found.st_size == 4);
    CHECK("fds.full-creates-nothing",
          fails(open(NAME "-2", O_WRONLY | O_CREAT, 0600), EMFILE) &&
              fails(shm_open("/libc-fds", O_RDWR | O_CREAT, 0600), EMFILE) &&
              fails(mq_open("/libc-fds", O_RDWR | O_CREAT, 0600, NULL), EMFILE) &&
              fails(unlink(NAME "-2"), ENOENT) && fails(shm_unlink("/libc-fds"), ENOENT) &&
              fails(mq_unlink("/libc-fds"), ENOENT));
    CHECK("fds.full-accepts-nothing", fails(accept(server, NULL, NULL), EMFILE));
    int ends[2] = {-1, -1};
    close(client + 1);
    CHECK("fds.full-but-one", fails(pipe(ends), EMFILE) &&
                                  fails(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), EMFILE) &&
                                  ends[0] == -1 && ends[1] == -1);
    CHECK("fds.full-leaves-the-connection", accept(server, NULL, NULL) == client + 1 &&
                                                read(client + 1, &byte, 1) == 1 && byte == 'x');
    for (int i = 3; i < OPEN_MAX; i++) {
        close(i);
    }
    unlink(SOCKET_NAME);
    unlink(NAME);
}

void area_fds(void)
{
    duplicates();
    control();
    exhaustion();
    full_table();
}
