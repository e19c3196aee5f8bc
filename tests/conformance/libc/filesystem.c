// SPDX-License-Identifier: MIT
// The file system as a whole, owners, and several buffers at a time.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "harness.h"

#define NAME "/tmp/libc-filesystem"

static bool fails(long result, int error)
{
    return result == -1 && errno == error;
}

static void space(void)
{
    static char page[4096] = "x";
    struct statvfs before;
    struct statvfs now;
    int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK("filesystem.statvfs", statvfs("/tmp", &before) == 0 && before.f_bsize == 4096 &&
                                    before.f_frsize == 4096 && before.f_blocks >= before.f_bfree &&
                                    before.f_bfree > 100 && before.f_bavail == before.f_bfree &&
                                    before.f_files > before.f_ffree &&
                                    before.f_namemax == NAME_MAX);
    for (int i = 0; i < 32; i++) {
        (void)!write(fd, page, sizeof(page));
    }
    // Others may write meanwhile, but not free.
    CHECK("filesystem.fewer-blocks", fstatvfs(fd, &now) == 0 && before.f_bfree - now.f_bfree >= 32);
    CHECK("filesystem.errors",
          fails(statvfs("/tmp/none", &now), ENOENT) && fails(fstatvfs(1000, &now), EBADF));
    CHECK("filesystem.pathconf", fpathconf(fd, _PC_FILESIZEBITS) >= 32 &&
                                     pathconf("/", _PC_2_SYMLINKS) == 1 &&
                                     pathconf("/", _PC_SYMLINK_MAX) >= 255 &&
                                     fails(pathconf("/tmp/none", _PC_NAME_MAX), ENOENT));
    close(fd);
}

static void owners(void)
{
    int fd = open(NAME, O_RDONLY);
    CHECK("filesystem.chown", chown(NAME, 0, 0) == 0 && chown(NAME, (uid_t)-1, (gid_t)-1) == 0 &&
                                  lchown(NAME, 0, (gid_t)-1) == 0 && fchown(fd, 0, 0) == 0 &&
                                  fchownat(AT_FDCWD, NAME, 0, 0, AT_SYMLINK_NOFOLLOW) == 0);
    CHECK("filesystem.chown-other", fails(chown(NAME, 1, 0), EPERM) &&
                                        fails(fchown(fd, 0, 5), EPERM) &&
                                        fails(lchown(NAME, 7, (gid_t)-1), EPERM));
    CHECK("filesystem.chown-missing",
          fails(chown("/tmp/none", 0, 0), ENOENT) && fails(fchown(1000, 0, 0), EBADF));
    close(fd);
}

static void vectors(void)
{
    char a[4] = "abc";
    char b[8] = "defghij";
    char got[16] = "";
    const struct iovec out[] = {{a, 3}, {NULL, 0}, {b, 7}};
    const struct iovec in[] = {{a, 2}, {b, 8}};
    int fd = open(NAME, O_RDWR | O_TRUNC);
    CHECK("filesystem.writev", writev(fd, out, 3) == 10 && pread(fd, got, 16, 0) == 10 &&
                                   memcmp(got, "abcdefghij", 10) == 0);
    CHECK("filesystem.readv", lseek(fd, 1, SEEK_SET) == 1 && readv(fd, in, 2) == 9 &&
                                  memcmp(a, "bc", 2) == 0 && memcmp(b, "defghij", 7) == 0 &&
                                  readv(fd, in, 2) == 0);
    CHECK("filesystem.pwritev", pwritev(fd, out, 3, 20) == 10 && lseek(fd, 0, SEEK_CUR) == 10 &&
                                    preadv(fd, in, 2, 21) == 9);
    struct iovec huge[] = {{a, SSIZE_MAX}, {b, SSIZE_MAX}};
    CHECK("filesystem.vector-limits",
          fails(writev(fd, out, 0), EINVAL) && fails(readv(fd, in, IOV_MAX + 1), EINVAL) &&
              fails(writev(fd, huge, 2), EINVAL) && fails(preadv(fd, in, 2, -1), EINVAL));
    close(fd);
}

#define RECORDS 200
#define HALF 3000

struct writer {
    pthread_t thread;
    int fd;
    char mark;
};

static void *write_records(void *argument)
{
    struct writer *writer = argument;
    static char halves[2][HALF];
    char *half = halves[writer->mark - 'a'];
    memset(half, writer->mark, HALF);
    const struct iovec record[] = {{half, HALF}, {half, HALF}};
    for (int i = 0; i < RECORDS; i++) {
        (void)!writev(writer->fd, record, 2);
    }
    return NULL;
}

// No record has bytes of another in it.
static void one_step(void)
{
    struct writer writers[2] = {{.mark = 'a'}, {.mark = 'b'}};
    static char record[2 * HALF];
    bool whole = true;
    for (int i = 0; i < 2; i++) {
        writers[i].fd = open(NAME, O_WRONLY | O_APPEND | (i == 0 ? O_TRUNC : 0));
        pthread_create(&writers[i].thread, NULL, write_records, &writers[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(writers[i].thread, NULL);
        close(writers[i].fd);
    }
    int fd = open(NAME, O_RDONLY);
    int count = 0;
    while (read(fd, record, sizeof(record)) == sizeof(record)) {
        whole = whole && memcmp(record, record + 1, sizeof(record) - 1) == 0;
        count++;
    }
    close(fd);
    CHECK("filesystem.writev-is-one-step", whole && count == 2 * RECORDS);
}

void area_filesystem(void)
{
    space();
    owners();
    vectors();
    one_step();
    CHECK("filesystem.clear", unlink(NAME) == 0);
}
