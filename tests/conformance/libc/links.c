// SPDX-License-Identifier: MIT
// Symbolic and hard links, directory handles, and the current directory as one of them.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"

#define TOP "/tmp/libc-links"

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static bool make_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    size_t len = strlen(text);
    return fd >= 0 && write(fd, text, len) == (ssize_t)len && close(fd) == 0;
}

static bool names(const char *path, ino_t inode)
{
    struct stat state;
    return stat(path, &state) == 0 && state.st_ino == inode;
}

static ino_t inode_of(const char *path)
{
    struct stat state = {0};
    (void)stat(path, &state);
    return state.st_ino;
}

static void symbolic(void)
{
    char text[16];
    struct stat state;
    CHECK("links.symlink", symlink("d", "to-d") == 0 && symlink("none", "lost") == 0 &&
                               symlink("loop", "loop") == 0 &&
                               symlink("../libc-links/f", "up") == 0);
    CHECK("links.symlink-exists", fails(symlink("x", "lost"), EEXIST));
    CHECK("links.symlink-empty", fails(symlink("", "x"), ENOENT));
    CHECK("links.readlink", readlink("to-d", text, sizeof(text)) == 1 && text[0] == 'd' &&
                                readlink("lost", text, 2) == 2 && memcmp(text, "no", 2) == 0);
    CHECK("links.readlink-file", fails(readlink("f", text, sizeof(text)), EINVAL));
    CHECK("links.lstat", lstat("lost", &state) == 0 && S_ISLNK(state.st_mode) &&
                             state.st_size == 4 && lstat("to-d", &state) == 0 &&
                             S_ISLNK(state.st_mode));
    CHECK("links.lstat-slash", lstat("to-d/", &state) == 0 && S_ISDIR(state.st_mode));
    CHECK("links.stat",
          stat("to-d", &state) == 0 && S_ISDIR(state.st_mode) && names("up", inode_of("f")));
    CHECK("links.lost", fails(stat("lost", &state), ENOENT) &&
                            fails(open("lost", O_RDONLY), ENOENT) && access("lost", F_OK) < 0);
    CHECK("links.loop", fails(stat("loop", &state), ELOOP) && fails(open("loop", O_RDONLY), ELOOP));
    CHECK("links.nofollow", fails(open("up", O_RDONLY | O_NOFOLLOW), ELOOP) &&
                                fstatat(AT_FDCWD, "loop", &state, AT_SYMLINK_NOFOLLOW) == 0);
    CHECK("links.dot-dot", names("to-d/e/..", inode_of("d")) && names("to-d/..", inode_of(".")));
    CHECK("links.excl", fails(open("lost", O_WRONLY | O_CREAT | O_EXCL, 0600), EEXIST));
    CHECK("links.create-through",
          make_file("lost", "made") && access("none", F_OK) == 0 && unlink("none") == 0);
    struct timespec times[2] = {{.tv_sec = 5}, {.tv_sec = 6}};
    CHECK("links.utimensat", utimensat(AT_FDCWD, "loop", times, AT_SYMLINK_NOFOLLOW) == 0 &&
                                 lstat("loop", &state) == 0 && state.st_mtim.tv_sec == 6);
    CHECK("links.fchmodat",
          fails(fchmodat(AT_FDCWD, "lost", 0600, AT_SYMLINK_NOFOLLOW), EOPNOTSUPP));
    CHECK("links.rename", rename("lost", "lost2") == 0 && lstat("lost2", &state) == 0 &&
                              S_ISLNK(state.st_mode) && unlink("lost2") == 0);
    CHECK("links.rmdir", fails(rmdir("to-d"), ENOTDIR) && names("to-d", inode_of("d")));
}

static void resolved(void)
{
    char path[PATH_MAX];
    CHECK("links.realpath", realpath("to-d/../up", path) && strcmp(path, TOP "/f") == 0);
    CHECK("links.realpath-directory", realpath("to-d/e/./", path) && strcmp(path, TOP "/d/e") == 0);
    CHECK("links.realpath-root", realpath("/", path) && strcmp(path, "/") == 0);
    CHECK("links.realpath-loop", !realpath("loop", path) && errno == ELOOP);
    CHECK("links.realpath-missing", !realpath("none/x", path) && errno == ENOENT);
    CHECK("links.realpath-file", !realpath("f/", path) && errno == ENOTDIR);
}

static void hard(void)
{
    struct stat first;
    struct stat second;
    CHECK("links.link", link("f", "d/g") == 0 && stat("f", &first) == 0 &&
                            stat("d/g", &second) == 0 && first.st_ino == second.st_ino &&
                            second.st_nlink == 2);
    CHECK("links.link-exists", fails(link("f", "d/g"), EEXIST));
    CHECK("links.link-directory", fails(link("d", "x"), EPERM));
    CHECK("links.link-missing", fails(link("none", "x"), ENOENT));
    CHECK("links.link-device", fails(link("/dev/null", "x"), EXDEV));
    CHECK("links.rename-same", rename("f", "d/g") == 0 && access("f", F_OK) == 0);
    CHECK("links.linkat-follow", linkat(AT_FDCWD, "up", AT_FDCWD, "x", AT_SYMLINK_FOLLOW) == 0 &&
                                     names("x", first.st_ino) && unlink("x") == 0);
    CHECK("links.linkat-itself", linkat(AT_FDCWD, "up", AT_FDCWD, "x", 0) == 0 &&
                                     lstat("x", &second) == 0 && S_ISLNK(second.st_mode) &&
                                     unlink("x") == 0);
    int fd = open("d/g", O_RDONLY);
    CHECK("links.unlink-open", unlink("f") == 0 && unlink("d/g") == 0 && fstat(fd, &first) == 0 &&
                                   first.st_nlink == 0 && first.st_size == 1);
    close(fd);
    (void)make_file("f", "x");
    CHECK("links.pathconf", pathconf("f", _PC_LINK_MAX) == LINK_MAX && LINK_MAX >= 8);
}

static void directories(void)
{
    char path[PATH_MAX];
    struct stat state;
    int d = open("d", O_RDONLY | O_DIRECTORY);
    CHECK("links.openat-renamed", rename("d", "moved") == 0 && fstatat(d, "e", &state, 0) == 0 &&
                                      mkdirat(d, "n", 0700) == 0 && access("moved/n", F_OK) == 0 &&
                                      unlinkat(d, "n", AT_REMOVEDIR) == 0);
    CHECK("links.at-family", symlinkat("e", d, "l") == 0 && readlinkat(d, "l", path, 1) == 1 &&
                                 linkat(AT_FDCWD, "f", d, "h", 0) == 0 &&
                                 renameat(d, "h", d, "i") == 0 && faccessat(d, "i", R_OK, 0) == 0 &&
                                 fchmodat(d, "i", 0600, 0) == 0 && unlinkat(d, "i", 0) == 0 &&
                                 unlinkat(d, "l", 0) == 0);
    int f = open("f", O_RDONLY);
    CHECK("links.at-errors",
          fails(openat(f, "x", O_RDONLY), ENOTDIR) && fails(fstatat(f, "x", &state, 0), ENOTDIR) &&
              fails(mkdirat(1000, "x", 0700), EBADF) && fails(openat(1000, "x", O_RDONLY), EBADF));
    close(f);
    CHECK("links.fchdir",
          fchdir(d) == 0 && getcwd(path, sizeof(path)) && strcmp(path, TOP "/moved") == 0);
    CHECK("links.cwd-renamed", rename(TOP "/moved", TOP "/d") == 0 && getcwd(path, sizeof(path)) &&
                                   strcmp(path, TOP "/d") == 0 && access("e", F_OK) == 0);
    CHECK("links.cwd-removed", chdir("e") == 0 && rmdir(TOP "/d/e") == 0 &&
                                   !getcwd(path, sizeof(path)) && errno == ENOENT &&
                                   fails(open("x", O_WRONLY | O_CREAT, 0600), ENOENT) &&
                                   fails(stat("..", &state), ENOENT) && chdir(TOP) == 0);
    CHECK("links.dir-handle-of-removed", mkdir("d/e", 0700) == 0);
    close(d);
    CHECK("links.chdir-errors", fails(chdir("f"), ENOTDIR) && fails(chdir("none"), ENOENT));
}

static int visited[8];

static int count(const char *path, const struct stat *state, int type, struct FTW *place)
{
    (void)path;
    (void)state;
    (void)place;
    visited[type]++;
    return 0;
}

static void walking(void)
{
    memset(visited, 0, sizeof(visited));
    (void)symlink("none", "lost");
    (void)symlink("..", "d/back");
    CHECK("links.nftw-physical", nftw(TOP, count, 4, FTW_PHYS) == 0 && visited[FTW_SL] == 5 &&
                                     visited[FTW_D] == 3 && visited[FTW_F] == 1);
    memset(visited, 0, sizeof(visited));
    CHECK("links.nftw-following", nftw(TOP, count, 4, 0) == 0 && visited[FTW_SLN] == 2 &&
                                      visited[FTW_SL] == 0 && visited[FTW_F] == 2);
    (void)unlink("d/back");
    (void)unlink("lost");
}

static void positions(void)
{
    char name[32];
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "d/%02d", i);
        (void)make_file(name, "");
    }
    DIR *dir = opendir("d");
    long place = -1;
    char next[256] = "";
    struct dirent *entry;
    for (int i = 0; (entry = readdir(dir)); i++) {
        if (i == 12) {
            place = telldir(dir);
        } else if (i == 13) {
            strcpy(next, entry->d_name);
        }
    }
    (void)unlink("d/03"); // what is behind a position does not matter to it
    seekdir(dir, place);
    entry = readdir(dir);
    CHECK("links.seekdir", entry && strcmp(entry->d_name, next) == 0);
    (void)make_file("d/new", "");
    rewinddir(dir);
    bool found = false;
    int seen = 0;
    while ((entry = readdir(dir))) {
        found = found || strcmp(entry->d_name, "new") == 0;
        seen += entry->d_type == DT_REG;
    }
    CHECK("links.rewinddir", found && seen == 20);
    closedir(dir);
    CHECK("links.fdopendir-file", !fdopendir(0) && errno == ENOTDIR);
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "d/%02d", i);
        (void)unlink(name);
    }
    (void)unlink("d/new");
}

static void descriptors(void)
{
    struct stat one;
    struct stat other;
    int dev = open("/dev", O_RDONLY | O_DIRECTORY);
    int f = open("f", O_RDWR);
    char path[32];
    snprintf(path, sizeof(path), "fd/%d", f);
    int again = openat(dev, path, O_RDONLY);
    CHECK("links.dev-fd-at", again >= 0 && fstat(again, &one) == 0 && fstat(f, &other) == 0 &&
                                 one.st_ino == other.st_ino && fstatat(dev, path, &one, 0) == 0 &&
                                 one.st_ino == other.st_ino);
    int out = openat(dev, "stdout", O_WRONLY);
    CHECK("links.dev-stdout-at", out >= 0);
    close(out);
    close(again);
    close(f);
    close(dev);
}

void area_links(void)
{
    char before[PATH_MAX];
    bool ready = getcwd(before, sizeof(before)) && mkdir(TOP, 0755) == 0 && chdir(TOP) == 0 &&
                 mkdir("d", 0755) == 0 && mkdir("d/e", 0755) == 0 && make_file("f", "x");
    if (!CHECK("links.prepare", ready)) {
        return;
    }
    symbolic();
    resolved();
    hard();
    directories();
    walking();
    positions();
    descriptors();
    bool cleared = unlink("to-d") == 0 && unlink("loop") == 0 && unlink("up") == 0 &&
                   unlink("f") == 0 && rmdir("d/e") == 0 && rmdir("d") == 0 && chdir(before) == 0 &&
                   rmdir(TOP) == 0;
    CHECK("links.clear", cleared);
}
