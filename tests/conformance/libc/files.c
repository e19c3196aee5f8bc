// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "harness.h"

#define NAME "/tmp/libc-file"

static bool fails(int result, int error)
{
    bool as_expected = result == -1 && errno == error;
    return as_expected;
}

static void opening(void)
{
    unlink(NAME);
    CHECK("files.open-missing", fails(open(NAME, O_RDONLY), ENOENT));
    int fd = open(NAME, O_RDWR | O_CREAT | O_EXCL, 0640);
    CHECK("files.create", fd >= 3);
    CHECK("files.exclusive", fails(open(NAME, O_RDWR | O_CREAT | O_EXCL, 0640), EEXIST));
    CHECK("files.open-directory-to-write", fails(open("/tmp", O_WRONLY), EISDIR));
    CHECK("files.file-as-directory", fails(open(NAME "/x", O_RDONLY), ENOTDIR));
    CHECK("files.o-directory-on-file", fails(open(NAME, O_RDONLY | O_DIRECTORY), ENOTDIR));
    CHECK("files.trailing-slash-on-file", fails(open(NAME "/", O_RDONLY), ENOTDIR));
    CHECK("files.empty-path", fails(open("", O_RDONLY), ENOENT));
    char path[6000];
    memset(path, 'a', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    CHECK("files.path-too-long", fails(open(path, O_RDONLY), ENAMETOOLONG));
    path[300] = '\0';
    CHECK("files.name-too-long", fails(open(path, O_RDONLY), ENAMETOOLONG));
    CHECK("files.bad-access-mode", fails(open(NAME, O_ACCMODE), EINVAL));
    close(fd);
}

static void transfer(void)
{
    int fd = open(NAME, O_RDWR | O_TRUNC);
    char buffer[32] = "";
    CHECK("files.write", write(fd, "0123456789", 10) == 10);
    CHECK("files.read-at-end", read(fd, buffer, 10) == 0);
    CHECK("files.lseek-set",
          lseek(fd, 2, SEEK_SET) == 2 && read(fd, buffer, 3) == 3 && memcmp(buffer, "234", 3) == 0);
    CHECK("files.lseek-cur", lseek(fd, -1, SEEK_CUR) == 4);
    CHECK("files.lseek-end", lseek(fd, -3, SEEK_END) == 7);
    CHECK("files.lseek-negative", fails((int)lseek(fd, -1, SEEK_SET), EINVAL));
    CHECK("files.lseek-bad-whence", fails((int)lseek(fd, 0, 77), EINVAL));
    CHECK("files.pread", pread(fd, buffer, 4, 5) == 4 && memcmp(buffer, "5678", 4) == 0 &&
                             lseek(fd, 0, SEEK_CUR) == 7);
    CHECK("files.pwrite", pwrite(fd, "XY", 2, 0) == 2 && pread(fd, buffer, 3, 0) == 3 &&
                              memcmp(buffer, "XY2", 3) == 0);
    CHECK("files.pread-negative", fails((int)pread(fd, buffer, 1, -1), EINVAL));
    CHECK("files.hole", lseek(fd, 5000, SEEK_SET) == 5000 && write(fd, "z", 1) == 1 &&
                            pread(fd, buffer, 4, 3000) == 4 && memcmp(buffer, "\0\0\0\0", 4) == 0);
    struct iovec parts[3] = {{"ab", 2}, {"", 0}, {"cde", 3}};
    CHECK("files.writev", lseek(fd, 0, SEEK_SET) == 0 && writev(fd, parts, 3) == 5);
    char one[2];
    char two[4];
    struct iovec into[2] = {{one, 2}, {two, 4}};
    CHECK("files.readv", lseek(fd, 0, SEEK_SET) == 0 && readv(fd, into, 2) == 6 &&
                             memcmp(one, "ab", 2) == 0 && memcmp(two, "cde5", 4) == 0);
    CHECK("files.writev-bad-count", fails((int)writev(fd, parts, 0), EINVAL));
    CHECK("files.fsync", fsync(fd) == 0 && fdatasync(fd) == 0);
    close(fd);
    CHECK("files.closed", fails((int)read(fd, buffer, 1), EBADF) &&
                              fails((int)write(fd, "", 0), EBADF) && fails(fsync(fd), EBADF));
    fd = open(NAME, O_RDONLY);
    CHECK("files.write-to-reader", fails((int)write(fd, "x", 1), EBADF));
    CHECK("files.bad-buffer", fails((int)read(fd, (void *)0x10, 5), EFAULT));
    close(fd);
    fd = open(NAME, O_WRONLY);
    CHECK("files.read-from-writer", fails((int)read(fd, buffer, 1), EBADF));
    close(fd);
    fd = open("/tmp", O_RDONLY);
    CHECK("files.read-directory", fails((int)read(fd, buffer, 1), EISDIR));
    CHECK("files.pread-directory", fails((int)pread(fd, buffer, 1, 0), EISDIR));
    close(fd);
}

static void sizes(void)
{
    int fd = open(NAME, O_RDWR | O_TRUNC);
    struct stat state;
    CHECK("files.ftruncate-grows",
          ftruncate(fd, 10000) == 0 && fstat(fd, &state) == 0 && state.st_size == 10000);
    CHECK("files.ftruncate-shrinks",
          ftruncate(fd, 5) == 0 && fstat(fd, &state) == 0 && state.st_size == 5);
    CHECK("files.ftruncate-negative", fails(ftruncate(fd, -1), EINVAL));
    CHECK("files.truncate",
          truncate(NAME, 77) == 0 && fstat(fd, &state) == 0 && state.st_size == 77);
    close(fd);
    fd = open(NAME, O_RDONLY);
    CHECK("files.ftruncate-reader", fails(ftruncate(fd, 1), EINVAL));
    close(fd);
    fd = open(NAME, O_WRONLY | O_APPEND);
    CHECK("files.append", lseek(fd, 0, SEEK_SET) == 0 && write(fd, "end", 3) == 3 &&
                              fstat(fd, &state) == 0 && state.st_size == 80);
    close(fd);
}

static void states(void)
{
    mode_t old = umask(022);
    unlink(NAME);
    int fd = open(NAME, O_RDWR | O_CREAT, 0777);
    struct stat a;
    struct stat b;
    CHECK("files.umask", old == 022 && fstat(fd, &a) == 0 && (a.st_mode & 0777) == 0755);
    CHECK("files.stat-same",
          stat(NAME, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev && a.st_ino != 0);
    CHECK("files.stat-type", S_ISREG(a.st_mode) && stat("/tmp", &b) == 0 && S_ISDIR(b.st_mode));
    CHECK("files.stat-times", a.st_mtime > 1577836800);
    CHECK("files.stat-missing",
          fails(stat("/tmp/none", &b), ENOENT) && fails(stat(NAME "/x", &b), ENOTDIR));
    CHECK("files.lstat", lstat(NAME, &b) == 0 && b.st_ino == a.st_ino);
    CHECK("files.fstat-stream", fstat(1, &b) == 0 && !S_ISREG(b.st_mode) && !S_ISDIR(b.st_mode));
    CHECK("files.access",
          access(NAME, R_OK | W_OK | X_OK) == 0 && fails(access("/tmp/none", F_OK), ENOENT));
    close(fd);
    unlink(NAME);
    fd = open(NAME, O_RDWR | O_CREAT, 0600);
    CHECK("files.access-not-executable", fails(access(NAME, X_OK), EACCES));
    close(fd);
    char buffer[8];
    CHECK("files.readlink", fails((int)readlink(NAME, buffer, sizeof(buffer)), EINVAL) &&
                                fails((int)readlink("/tmp/none", buffer, sizeof(buffer)), ENOENT));
}

static void names(void)
{
    CHECK("files.rename", rename(NAME, NAME "2") == 0 && access(NAME "2", F_OK) == 0 &&
                              fails(access(NAME, F_OK), ENOENT));
    int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK("files.rename-replaces", write(fd, "new", 3) == 3 && rename(NAME, NAME "2") == 0);
    char buffer[4] = "";
    int other = open(NAME "2", O_RDONLY);
    CHECK("files.renamed-content", read(other, buffer, 3) == 3 && strcmp(buffer, "new") == 0);
    CHECK("files.unlink-open",
          unlink(NAME "2") == 0 && pread(fd, buffer, 3, 0) == 3 && strcmp(buffer, "new") == 0);
    CHECK("files.unlink-twice", fails(unlink(NAME "2"), ENOENT));
    CHECK("files.rename-missing", fails(rename(NAME "2", NAME), ENOENT));
    close(fd);
    close(other);
}

void area_files(void)
{
    opening();
    transfer();
    sizes();
    states();
    names();
}
