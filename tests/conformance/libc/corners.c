// SPDX-License-Identifier: MIT
// What functions refuse: paths, descriptors, names; and parts of options.
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

#define TOP "/tmp/libc-corners"
#define FILE_NAME TOP "/d/f"

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static bool no_path(const char *path, int error)
{
    char *found = realpath(path, NULL);
    bool refused = !found && errno == error;
    free(found);
    return refused;
}

static void make_tree(void)
{
    CHECK("corners.tree", mkdir(TOP, 0700) == 0 && mkdir(TOP "/d", 0700) == 0 &&
                              symlink("d", TOP "/l") == 0 && symlink("loop", TOP "/loop") == 0 &&
                              close(open(FILE_NAME, O_CREAT | O_RDWR, 0600)) == 0);
}

static void paths(void)
{
    char path[PATH_MAX];
    char name[300];
    CHECK("corners.realpath",
          realpath(TOP "/l/../l/./f", path) == path && !strcmp(path, FILE_NAME));
    CHECK("corners.realpath-refused",
          no_path(TOP "/loop", ELOOP) && no_path("", ENOENT) && no_path(NULL, EINVAL) &&
              no_path(FILE_NAME "/x", ENOTDIR) && no_path(FILE_NAME "/", ENOTDIR) &&
              no_path(TOP "/d/none", ENOENT));
    CHECK("corners.rename-into-itself", fails(rename(TOP "/d", TOP "/d/x"), EINVAL));
    CHECK("corners.rename-over-folder", fails(rename(FILE_NAME, TOP "/d"), EISDIR));
    CHECK("corners.rename-same", rename(FILE_NAME, FILE_NAME) == 0);
    CHECK("corners.rmdir-dot", fails(rmdir(TOP "/d/."), EINVAL));
    CHECK("corners.unlink-slash", fails(unlink(FILE_NAME "/"), ENOTDIR));
    CHECK("corners.mkdir-loop", fails(mkdir(TOP "/loop/x", 0700), ELOOP));
    CHECK("corners.link-folder", fails(link(TOP "/d", TOP "/e"), EPERM));
    CHECK("corners.open-not-folder", fails(open(FILE_NAME, O_RDONLY | O_DIRECTORY), ENOTDIR));
    CHECK("corners.open-no-follow", fails(open(TOP "/loop", O_RDONLY | O_NOFOLLOW), ELOOP));
    CHECK("corners.open-folder", fails(open(TOP "/d", O_WRONLY), EISDIR));
    CHECK("corners.open-exclusive-link",
          fails(open(TOP "/loop", O_CREAT | O_EXCL | O_WRONLY, 0600), EEXIST));
    CHECK("corners.open-empty", fails(open("", O_RDONLY), ENOENT));
    memset(name, 'a', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    CHECK("corners.open-long", fails(open(name, O_RDONLY), ENAMETOOLONG));
    CHECK("corners.access", fails(access(FILE_NAME, 77), EINVAL) &&
                                fails(access(FILE_NAME "/x", F_OK), ENOTDIR) &&
                                fails(faccessat(AT_FDCWD, TOP, F_OK, 0x8000), EINVAL));
    CHECK("corners.symlink-empty", fails(symlink("", TOP "/empty"), ENOENT));
    CHECK("corners.readlink", readlink(TOP "/loop", name, 2) == 2 && !memcmp(name, "lo", 2) &&
                                  fails(readlink(TOP "/d", name, 9), EINVAL));
    CHECK("corners.pathconf", fails(pathconf(TOP, 9999), EINVAL) &&
                                  fails(pathconf(TOP "/none", _PC_NAME_MAX), ENOENT) &&
                                  pathconf(TOP, _PC_NAME_MAX) >= 255);
    errno = 0;
    CHECK("corners.getcwd-small", !getcwd(name, 1) && errno == ERANGE);
    errno = 0;
    CHECK("corners.getcwd-none", !getcwd(name, 0) && errno == EINVAL);
}

static void descriptors(void)
{
    int fd = open(FILE_NAME, O_RDWR);
    int reader = open(FILE_NAME, O_RDONLY);
    char byte;
    const struct timespec bad[2] = {{0, -5}, {0, 0}};
    CHECK("corners.truncate", fails(truncate(FILE_NAME, -1), EINVAL) &&
                                  fails(truncate(TOP "/d", 0), EISDIR) &&
                                  ftruncate(reader, 0) == -1);
    CHECK("corners.lseek",
          fails(lseek(fd, -1, SEEK_SET), EINVAL) && fails(lseek(fd, 0, 99), EINVAL));
    CHECK("corners.pread-negative", fails(pread(fd, &byte, 1, -1), EINVAL));
    CHECK("corners.write-reader", fails(write(reader, "x", 1), EBADF));
    CHECK("corners.dup", dup2(fd, fd) == fd && fails(dup2(999, 3), EBADF) &&
                             fails(dup2(fd, -1), EBADF) && fails(dup3(fd, fd, 0), EINVAL) &&
                             fails(fcntl(fd, F_DUPFD, -1), EINVAL));
    CHECK("corners.futimens-bad", fails(futimens(fd, bad), EINVAL));
    CHECK("corners.fchdir-file", fails(fchdir(fd), ENOTDIR));
    CHECK("corners.lockf", lockf(fd, F_TLOCK, 10) == 0 && lockf(fd, F_ULOCK, 0) == 0 &&
                               fails(lockf(fd, 77, 0), EINVAL) &&
                               fails(lockf(-1, F_LOCK, 0), EBADF));
    CHECK("corners.fpathconf-closed", fails(fpathconf(-1, _PC_NAME_MAX), EBADF));
    close(fd);
    close(reader);
}

static void variables(void)
{
    CHECK("corners.setenv-refused",
          fails(setenv("", "x", 1), EINVAL) && fails(setenv("A=", "x", 1), EINVAL) &&
              fails(unsetenv(""), EINVAL) && fails(unsetenv("A="), EINVAL));
    CHECK("corners.setenv-keeps", setenv("CORNER", "1", 1) == 0 && setenv("CORNER", "2", 0) == 0 &&
                                      strcmp(getenv("CORNER"), "1") == 0 &&
                                      unsetenv("CORNER") == 0 && !getenv("CORNER"));
}

static void parts(void)
{
    char text[] = "ro,size=5,bad,,x=1,r";
    char *names[] = {"ro", "size", NULL};
    char *rest = text;
    char *value = text;
    CHECK("corners.getsubopt", getsubopt(&rest, names, &value) == 0 && !value &&
                                   getsubopt(&rest, names, &value) == 1 && !strcmp(value, "5"));
    CHECK("corners.getsubopt-unknown",
          getsubopt(&rest, names, &value) == -1 && !strcmp(value, "bad") &&
              getsubopt(&rest, names, &value) == -1 && !strcmp(value, "") &&
              getsubopt(&rest, names, &value) == -1 && !strcmp(value, "x=1") && *rest == 'r');
    CHECK("corners.getsubopt-prefix", getsubopt(&rest, names, &value) == -1 && *rest == '\0');
    char *words[] = {"p", "-a", "-bval", "-z", "-b", NULL};
    optind = 1;
    CHECK("corners.getopt", getopt(5, words, ":ab:") == 'a' && getopt(5, words, ":ab:") == 'b' &&
                                strcmp(optarg, "val") == 0 && getopt(5, words, ":ab:") == '?' &&
                                optopt == 'z' && getopt(5, words, ":ab:") == ':' && optopt == 'b' &&
                                getopt(5, words, ":ab:") == -1);
    optind = 1;
}

void area_corners(void)
{
    make_tree();
    paths();
    descriptors();
    variables();
    parts();
    CHECK("corners.clear", unlink(FILE_NAME) == 0 && unlink(TOP "/l") == 0 &&
                               unlink(TOP "/loop") == 0 && rmdir(TOP "/d") == 0 && rmdir(TOP) == 0);
}
