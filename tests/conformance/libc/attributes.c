// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include "harness.h"

#define NAME "/tmp/libc-attributes"

static bool fails(int result, int error)
{
    return result == -1 && errno == error;
}

static mode_t mode_of(const char *path)
{
    struct stat state;
    return stat(path, &state) == 0 ? state.st_mode & 07777 : 0;
}

static bool times_are(const char *path, long accessed, long modified)
{
    struct stat state;
    return stat(path, &state) == 0 && state.st_atime == accessed && state.st_mtime == modified;
}

static void modes(int fd)
{
    CHECK("attributes.chmod", chmod(NAME, 0640) == 0 && mode_of(NAME) == 0640);
    CHECK("attributes.fchmod", fchmod(fd, 04751) == 0 && mode_of(NAME) == 04751);
    CHECK("attributes.fchmodat",
          fchmodat(AT_FDCWD, NAME, 0400, 0) == 0 && access(NAME, X_OK) == -1);
    CHECK("attributes.chmod-missing", fails(chmod("/tmp/none", 0), ENOENT) &&
                                          fails(fchmod(999, 0), EBADF) &&
                                          fails(chmod(NAME "/", 0), ENOTDIR));
    CHECK("attributes.fchmodat-flags", fails(fchmodat(AT_FDCWD, NAME, 0, 0x4000), EINVAL));
    CHECK("attributes.directory", mkdir(NAME ".d", 0700) == 0 && chmod(NAME ".d/", 0711) == 0 &&
                                      mode_of(NAME ".d") == 0711 && rmdir(NAME ".d") == 0);
}

static void times(int fd)
{
    const struct timespec exact[2] = {{100, 5}, {200, 999999999}};
    const struct timespec some[2] = {{.tv_nsec = UTIME_OMIT}, {300, 0}};
    const struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};
    const struct timespec bad[2] = {{0, 0}, {0, 1000000000}};
    const struct timespec far[2] = {{0, 0}, {LONG_MAX, 0}};
    const struct timeval micro[2] = {{7, 1}, {8, 2}};
    struct stat state;
    CHECK("attributes.utimensat", utimensat(AT_FDCWD, NAME, exact, 0) == 0 &&
                                      stat(NAME, &state) == 0 && state.st_atim.tv_sec == 100 &&
                                      state.st_atim.tv_nsec == 5 && state.st_mtim.tv_sec == 200 &&
                                      state.st_mtim.tv_nsec == 999999999);
    CHECK("attributes.omit", futimens(fd, some) == 0 && times_are(NAME, 100, 300));
    time_t before = time(NULL);
    CHECK("attributes.now", futimens(fd, now) == 0 && stat(NAME, &state) == 0 &&
                                state.st_atime >= before && state.st_mtime == 300);
    CHECK("attributes.both-now", utimensat(AT_FDCWD, NAME, NULL, 0) == 0 &&
                                     stat(NAME, &state) == 0 && state.st_mtime >= before &&
                                     state.st_ctime >= before);
    CHECK("attributes.bad-time",
          fails(futimens(fd, bad), EINVAL) && fails(futimens(fd, far), EINVAL));
    CHECK("attributes.utimes", utimes(NAME, micro) == 0 && times_are(NAME, 7, 8));
    CHECK("attributes.utime",
          utime(NAME, &(struct utimbuf){11, 12}) == 0 && times_are(NAME, 11, 12));
}

void area_attributes(void)
{
    int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
    modes(fd);
    times(fd);
    close(fd);
    unlink(NAME);
}
