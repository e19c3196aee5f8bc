// SPDX-License-Identifier: MIT
// Room in files, holes, the limit of file sizes, requests to descriptors, walks that change the
// directory; waiting with a mask.
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <ulimit.h>
#include <unistd.h>

#include "harness.h"

#define NAME "/tmp/space"

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static void room(int fd)
{
    struct stat state;
    int ends[2];
    errno = 77;
    CHECK("space.fallocate", posix_fallocate(fd, 100, 5000) == 0 && fstat(fd, &state) == 0 &&
                                 state.st_size == 5100 && state.st_blocks == 16 && errno == 77);
    CHECK("space.fallocate-inside",
          posix_fallocate(fd, 0, 10) == 0 && fstat(fd, &state) == 0 && state.st_size == 5100);
    CHECK("space.fallocate-bad", posix_fallocate(fd, 0, 0) == EINVAL &&
                                     posix_fallocate(fd, -1, 1) == EINVAL &&
                                     posix_fallocate(200, 0, 1) == EBADF &&
                                     posix_fallocate(fd, INT64_MAX, 2) == EFBIG && errno == 77);
    (void)pipe(ends);
    int reads = open(NAME, O_RDONLY);
    int device = open("/dev/null", O_WRONLY);
    CHECK("space.fallocate-kinds", posix_fallocate(ends[1], 0, 1) == ESPIPE &&
                                       posix_fallocate(reads, 0, 1) == EBADF &&
                                       posix_fallocate(device, 0, 1) == ENODEV);
    CHECK("space.fadvise", posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL) == 0 &&
                               posix_fadvise(fd, 0, 0, 99) == EINVAL &&
                               posix_fadvise(fd, 0, -1, POSIX_FADV_NORMAL) == EINVAL &&
                               posix_fadvise(ends[0], 0, 0, POSIX_FADV_NORMAL) == ESPIPE &&
                               posix_fadvise(200, 0, 0, POSIX_FADV_NORMAL) == EBADF);
    close(device);
    close(reads);
    close(ends[0]);
    close(ends[1]);
}

static void holes(int fd)
{
    (void)ftruncate(fd, 0);
    (void)pwrite(fd, "x", 1, 3 * 4096);
    (void)ftruncate(fd, 5 * 4096);
    CHECK("space.seek-data",
          lseek(fd, 0, SEEK_DATA) == 3 * 4096 && lseek(fd, 0, SEEK_CUR) == 3 * 4096);
    CHECK("space.seek-hole",
          lseek(fd, 0, SEEK_HOLE) == 0 && lseek(fd, 3 * 4096, SEEK_HOLE) == 4 * 4096);
    CHECK("space.seek-nothing", fails(lseek(fd, 4 * 4096, SEEK_DATA), ENXIO) &&
                                    fails(lseek(fd, 5 * 4096, SEEK_HOLE), ENXIO) &&
                                    fails(lseek(fd, 0, 5), EINVAL));
}

// A mapping of a file counts as an access to it.
static void access_time(int fd)
{
    const struct timespec long_ago[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    struct stat state;
    (void)futimens(fd, long_ago);
    void *mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    CHECK("space.mmap-access-time", mapped != MAP_FAILED && munmap(mapped, 4096) == 0 &&
                                        fstat(fd, &state) == 0 && state.st_atim.tv_sec > 1000 &&
                                        state.st_mtim.tv_sec == 1000);
}

static volatile int caught;

static void catch_signal(int number)
{
    caught = number;
}

static int use_up_limit(int fd)
{
    struct rlimit limit = {600, 1000};
    char bytes[700] = {0};
    signal(SIGXFSZ, catch_signal);
    (void)ftruncate(fd, 0);
    (void)lseek(fd, 0, SEEK_SET);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0 || getrlimit(RLIMIT_FSIZE, &limit) != 0 ||
        limit.rlim_cur != 600 || ulimit(UL_GETFSIZE) != 1) {
        return 1;
    }
    if (write(fd, bytes, sizeof(bytes)) != 600 || caught) {
        return 2;
    }
    if (!fails(write(fd, bytes, 1), EFBIG) || caught != SIGXFSZ) {
        return 3;
    }
    caught = 0;
    if (!fails(ftruncate(fd, 601), EFBIG) || caught != SIGXFSZ) {
        return 4;
    }
    if (posix_fallocate(fd, 0, 601) != EFBIG || ftruncate(fd, 10) != 0) {
        return 5;
    }
    limit.rlim_max = 2000;
    if (!fails(setrlimit(RLIMIT_FSIZE, &limit), EPERM)) {
        return 6;
    }
    signal(SIGXFSZ, SIG_DFL);
    (void)lseek(fd, 0, SEEK_END);
    (void)write(fd, bytes, 590);
    (void)write(fd, bytes, 1);
    return 7; // the default action ends the process
}

static void limit(int fd)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        _exit(use_up_limit(fd));
    }
    (void)waitpid(child, &status, 0);
    CHECK("space.limit", WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
}

static void requests(int fd)
{
    int value = -1;
    int ends[2];
    (void)pipe(ends);
    (void)write(ends[1], "abc", 3);
    CHECK("space.fionread", ioctl(ends[0], FIONREAD, &value) == 0 && value == 3);
    CHECK("space.fionread-file", ftruncate(fd, 10) == 0 && lseek(fd, 4, SEEK_SET) == 4 &&
                                     ioctl(fd, FIONREAD, &value) == 0 && value == 6);
    value = 1;
    CHECK("space.fionbio", ioctl(ends[0], FIONBIO, &value) == 0 &&
                               (fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0 &&
                               (value = 0, ioctl(ends[0], FIONBIO, &value)) == 0 &&
                               (fcntl(ends[0], F_GETFL) & O_NONBLOCK) == 0);
    CHECK("space.fioclex", ioctl(fd, FIOCLEX) == 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC &&
                               ioctl(fd, FIONCLEX) == 0 && fcntl(fd, F_GETFD) == 0);
    CHECK("space.ioctl-bad", fails(ioctl(fd, 0x12345), ENOTTY) &&
                                 fails(ioctl(200, FIONREAD, &value), EBADF) &&
                                 fails(ioctl(fd, TIOCGPGRP, &value), ENOTTY) &&
                                 fails(tcgetpgrp(fd), ENOTTY) && fails(tcsetpgrp(200, 1), EBADF));
    close(ends[0]);
    close(ends[1]);
    CHECK("space.posix-close",
          posix_close(dup(fd), 0) == 0 && posix_close(dup(fd), POSIX_CLOSE_RESTART) == 0 &&
              fails(posix_close(200, 0), EBADF) && fails(posix_close(fd, 99), EINVAL));
}

static bool walked_well;
static int walked;

static int visit(const char *path, const struct stat *state, int type, struct FTW *place)
{
    struct stat here;
    (void)type;
    walked++;
    walked_well =
        walked_well && stat(path + place->base, &here) == 0 && here.st_ino == state->st_ino;
    return 0;
}

static void walks(void)
{
    char before[200];
    char after[200];
    (void)mkdir("/tmp/walk", 0700);
    (void)mkdir("/tmp/walk/a", 0700);
    (void)mkdir("/tmp/walk/a/b", 0700);
    close(open("/tmp/walk/a/b/c", O_CREAT | O_WRONLY, 0600));
    (void)getcwd(before, sizeof(before));
    (void)chdir("/tmp");
    walked_well = true;
    CHECK("space.nftw-chdir", nftw("walk", visit, 5, FTW_CHDIR) == 0 && walked_well && walked == 4);
    walked = 0;
    CHECK("space.nftw-chdir-depth",
          nftw("/tmp/walk", visit, 5, FTW_CHDIR | FTW_DEPTH | FTW_PHYS) == 0 && walked_well &&
              walked == 4);
    CHECK("space.nftw-goes-back", getcwd(after, sizeof(after)) && strcmp(after, "/tmp") == 0);
    (void)chdir(before);
    (void)unlink("/tmp/walk/a/b/c");
    (void)rmdir("/tmp/walk/a/b");
    (void)rmdir("/tmp/walk/a");
    (void)rmdir("/tmp/walk");
}

// A signal that waits ends the call at once, because the mask is in force with the wait.
static void masks(void)
{
    struct sigaction action = {.sa_handler = catch_signal};
    struct sigaction before;
    sigset_t blocked;
    sigset_t none;
    sigset_t now;
    int ends[2];
    (void)pipe(ends);
    struct pollfd wanted = {.fd = ends[0], .events = POLLIN};
    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigaction(SIGUSR1, &action, &before);
    (void)pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    caught = 0;
    (void)raise(SIGUSR1);
    CHECK("space.ppoll-mask", fails(ppoll(&wanted, 1, NULL, &none), EINTR) && caught == SIGUSR1);
    caught = 0;
    (void)raise(SIGUSR1);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    CHECK("space.pselect-mask",
          fails(pselect(ends[0] + 1, &set, NULL, NULL, NULL, &none), EINTR) && caught == SIGUSR1);
    (void)pthread_sigmask(SIG_BLOCK, NULL, &now);
    CHECK("space.mask-is-back", sigismember(&now, SIGUSR1) == 1);
    (void)pthread_sigmask(SIG_UNBLOCK, &blocked, NULL);
    sigaction(SIGUSR1, &before, NULL);
    close(ends[0]);
    close(ends[1]);
}

void area_space(void)
{
    int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
    room(fd);
    holes(fd);
    access_time(fd);
    limit(fd);
    requests(fd);
    walks();
    masks();
    close(fd);
    unlink(NAME);
}
