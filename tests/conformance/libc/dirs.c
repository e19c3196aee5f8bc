// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

#define TOP "/tmp/libc-dirs"
#define COUNT 40

static bool fails(int result, int error)
{
    return result == -1 && errno == error;
}

static void make_files(void)
{
    bool made = true;
    for (int i = 0; i < COUNT; i++) {
        char name[64];
        snprintf(name, sizeof(name), TOP "/sub/file-%02d", i);
        int fd = open(name, O_WRONLY | O_CREAT, 0600);
        made = made && fd >= 0 && close(fd) == 0;
    }
    CHECK("dirs.fill", made);
}

static void making(void)
{
    CHECK("dirs.mkdir", mkdir(TOP, 0755) == 0);
    CHECK("dirs.mkdir-exists", fails(mkdir(TOP, 0755), EEXIST));
    CHECK("dirs.mkdir-no-parent", fails(mkdir(TOP "/a/b", 0755), ENOENT));
    CHECK("dirs.mkdir-trailing-slash", mkdir(TOP "/sub/", 0755) == 0);
    make_files();
    CHECK("dirs.rmdir-not-empty", fails(rmdir(TOP), ENOTEMPTY) || errno == EEXIST);
    CHECK("dirs.rmdir-file", fails(rmdir(TOP "/sub/file-00"), ENOTDIR));
    CHECK("dirs.unlink-directory", fails(unlink(TOP "/sub"), EISDIR) || errno == EPERM);
    CHECK("dirs.mkdir-over-file", fails(mkdir(TOP "/sub/file-00/x", 0755), ENOTDIR));
}

// Read to the end; count the files, each of which must come once.
static int count_files(DIR *dir, bool *each_once, bool *dots)
{
    int seen[COUNT] = {0};
    int count = 0;
    int dot_count = 0;
    struct dirent *entry;
    *each_once = true;
    errno = 0;
    while ((entry = readdir(dir))) {
        int number = -1;
        if (sscanf(entry->d_name, "file-%2d", &number) == 1 && number >= 0 && number < COUNT) {
            *each_once =
                *each_once && seen[number]++ == 0 && entry->d_type == DT_REG && entry->d_ino != 0;
            count++;
        } else {
            dot_count += strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        }
    }
    *dots = dot_count == 2 && errno == 0;
    return count;
}

static void reading(void)
{
    bool each_once;
    bool dots;
    DIR *dir = opendir(TOP "/sub");
    if (!CHECK("dirs.opendir", dir != NULL)) {
        return;
    }
    CHECK("dirs.readdir", count_files(dir, &each_once, &dots) == COUNT && each_once && dots);
    rewinddir(dir);
    CHECK("dirs.rewinddir", count_files(dir, &each_once, &dots) == COUNT && each_once && dots);
    rewinddir(dir);
    for (int i = 0; i < 5; i++) {
        readdir(dir);
    }
    long place = telldir(dir);
    char name[256];
    strcpy(name, readdir(dir)->d_name);
    readdir(dir);
    seekdir(dir, place);
    CHECK("dirs.seekdir", strcmp(readdir(dir)->d_name, name) == 0);
    rewinddir(dir);
    unlink(TOP "/sub/file-39");
    CHECK("dirs.readdir-vanished", count_files(dir, &each_once, &dots) == COUNT - 1 && each_once);
    struct stat state;
    struct stat by_path;
    CHECK("dirs.dirfd", fstat(dirfd(dir), &state) == 0 && stat(TOP "/sub", &by_path) == 0 &&
                            state.st_ino == by_path.st_ino);
    CHECK("dirs.closedir", closedir(dir) == 0);
    CHECK("dirs.opendir-file", !opendir(TOP "/sub/file-00") && errno == ENOTDIR);
    CHECK("dirs.opendir-missing", !opendir(TOP "/none") && errno == ENOENT);
}

static int only_ten(const struct dirent *entry)
{
    return strncmp(entry->d_name, "file-1", 6) == 0;
}

static void at_handles(void)
{
    struct dirent **names;
    int top = open(TOP, O_RDONLY | O_DIRECTORY);
    int count = scandirat(top, "sub", &names, only_ten, alphasort);
    CHECK("dirs.scandirat", count == 10 && strcmp(names[9]->d_name, "file-19") == 0);
    for (int i = 0; i < count; i++) {
        free(names[i]);
    }
    if (count >= 0) {
        free(names);
    }
    CHECK("dirs.scandirat-missing", fails(scandirat(top, "none", &names, NULL, NULL), ENOENT));
    close(top);
    DIR *dir = opendir(TOP "/sub");
    int fd = dir ? fdclosedir(dir) : -1;
    _Alignas(struct posix_dent) char buffer[1024];
    ssize_t size;
    int files = 0;
    bool good = fd >= 0;
    while ((size = posix_getdents(fd, buffer, sizeof(buffer), DT_FORCE_TYPE)) > 0) {
        for (ssize_t at = 0; at < size;) {
            const struct posix_dent *record = (const struct posix_dent *)(buffer + at);
            good = good && record->d_type == DT_REG && record->d_ino != 0 &&
                   strncmp(record->d_name, "file-", 5) == 0 && record->d_reclen > 0;
            files++;
            at += record->d_reclen;
        }
    }
    CHECK("dirs.getdents", good && size == 0 && files == COUNT - 1);
    CHECK("dirs.getdents-small", fails((int)posix_getdents(fd, buffer, 16, 0), EINVAL));
    CHECK("dirs.getdents-flags", fails((int)posix_getdents(fd, buffer, 1024, 8), EINVAL));
    CHECK("dirs.getdents-file", fails((int)posix_getdents(1, buffer, 1024, 0), ENOTDIR));
    close(fd);
    CHECK("dirs.getdents-closed", fails((int)posix_getdents(fd, buffer, 1024, 0), EBADF));
}

static void working(void)
{
    char before[4096];
    char now[4096];
    CHECK("dirs.getcwd", getcwd(before, sizeof(before)) != NULL && before[0] == '/');
    CHECK("dirs.chdir", chdir(TOP) == 0 && getcwd(now, sizeof(now)) && strcmp(now, TOP) == 0);
    CHECK("dirs.relative",
          access("sub/file-00", F_OK) == 0 && access("./sub/../sub/file-01", F_OK) == 0);
    CHECK("dirs.chdir-relative", chdir("sub") == 0 && access("file-00", F_OK) == 0);
    CHECK("dirs.chdir-up",
          chdir("../..") == 0 && getcwd(now, sizeof(now)) && strcmp(now, "/tmp") == 0);
    CHECK("dirs.chdir-file", fails(chdir(TOP "/sub/file-00"), ENOTDIR));
    CHECK("dirs.chdir-missing", fails(chdir("none"), ENOENT));
    CHECK("dirs.getcwd-small", getcwd(now, 2) == NULL && errno == ERANGE);
    int fd = open(TOP "/sub", O_RDONLY | O_DIRECTORY);
    CHECK("dirs.fchdir", fchdir(fd) == 0 && access("file-00", F_OK) == 0);
    chdir("/");
    struct stat state;
    int inner = openat(fd, "file-00", O_RDONLY);
    CHECK("dirs.openat", inner >= 0 && close(inner) == 0);
    CHECK("dirs.fstatat", fstatat(fd, "../sub/file-01", &state, 0) == 0 && S_ISREG(state.st_mode));
    CHECK("dirs.unlinkat",
          unlinkat(fd, "file-38", 0) == 0 && fails(access(TOP "/sub/file-38", F_OK), ENOENT));
    CHECK("dirs.mkdirat",
          mkdirat(fd, "deep", 0700) == 0 && unlinkat(fd, "deep", AT_REMOVEDIR) == 0);
    close(fd);
    char *real = realpath(TOP "/./sub/..//sub", NULL);
    CHECK("dirs.realpath", real && strcmp(real, TOP "/sub") == 0);
    free(real);
    fd = open(TOP "/sub/file-00", O_RDONLY);
    CHECK("dirs.fchdir-file", fails(fchdir(fd), ENOTDIR));
    CHECK("dirs.openat-file", fails(openat(fd, "..", O_RDONLY), ENOTDIR));
    CHECK("dirs.fdopendir-file", !fdopendir(fd) && errno == ENOTDIR);
    close(fd);
    CHECK("dirs.realpath-missing", !realpath(TOP "/none", NULL) && errno == ENOENT);
    chdir(before);
}

static int walked;

static int walk(const char *path, const struct stat *state, int type)
{
    (void)path;
    (void)state;
    walked += type == FTW_F;
    return 0;
}

static void whole_trees(void)
{
    glob_t found;
    int error = glob(TOP "/sub/file-0*", 0, NULL, &found);
    CHECK("dirs.glob",
          error == 0 && found.gl_pathc == 10 && strcmp(found.gl_pathv[9], TOP "/sub/file-09") == 0);
    if (error == 0) {
        globfree(&found);
    }
    CHECK("dirs.ftw", ftw(TOP, walk, 8) == 0 && walked == COUNT - 2);
    CHECK("dirs.rename",
          rename(TOP "/sub", TOP "/moved") == 0 && access(TOP "/moved/file-00", F_OK) == 0);
    CHECK("dirs.rename-into-itself", fails(rename(TOP "/moved", TOP "/moved/x"), EINVAL));
    for (int i = 0; i < COUNT - 2; i++) {
        char name[64];
        snprintf(name, sizeof(name), TOP "/moved/file-%02d", i);
        unlink(name);
    }
    CHECK("dirs.rmdir",
          rmdir(TOP "/moved") == 0 && remove(TOP) == 0 && fails(access(TOP, F_OK), ENOENT));
}

void area_dirs(void)
{
    making();
    reading();
    at_handles();
    working();
    whole_trees();
}
