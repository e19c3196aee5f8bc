// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/fd.h"
#include "../private/path.h"
#include "../private/ret.h"

#define BLOCK_SIZE 4096 /* good size for reads and writes, bytes */

static struct timespec to_timespec(int64_t ns)
{
    int64_t seconds = ns / (int64_t)COCO_SECOND;
    int64_t rest = ns % (int64_t)COCO_SECOND;
    if (rest < 0) {
        rest += (int64_t)COCO_SECOND;
        seconds--;
    }
    return (struct timespec){.tv_sec = seconds, .tv_nsec = rest};
}

static mode_t type_bits(uint32_t type)
{
    switch (type) {
    case COCO_TYPE_FILE:
        return S_IFREG;
    case COCO_TYPE_DIR:
        return S_IFDIR;
    case COCO_TYPE_LINK:
        return S_IFLNK;
    case COCO_TYPE_STREAM:
    case COCO_TYPE_PIPE:
        return S_IFIFO;
    case COCO_TYPE_SOCKET:
        return S_IFSOCK;
    default:
        return S_IFCHR; // a device, the log
    }
}

static void convert(const struct coco_stat *from, struct stat *to)
{
    memset(to, 0, sizeof(*to));
    to->st_dev = 1;
    to->st_ino = from->inode;
    to->st_mode = type_bits(from->type) | (from->permissions & ALLPERMS);
    to->st_rdev = (dev_t)from->device;
    bool named = from->type != COCO_TYPE_STREAM && from->type != COCO_TYPE_LOG;
    to->st_nlink = (nlink_t)(named ? from->links : 1);
    to->st_size = (off_t)from->size;
    to->st_atim = to_timespec(from->accessed);
    to->st_mtim = to_timespec(from->modified);
    to->st_ctim = to_timespec(from->changed);
    to->st_blksize = BLOCK_SIZE;
    to->st_blocks = (blkcnt_t)from->blocks;
}

int fstat(int fd, struct stat *out)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    struct coco_stat state = {.type = COCO_TYPE_STREAM}; // no handle: empty input
    int64_t result = 0;
    if (description->handle != COCO_HANDLE_NONE) {
        result = coco_file_stat(description->handle, &state);
    }
    __coco_fd_put(description);
    if (__coco_ret(result) < 0) {
        return -1;
    }
    convert(&state, out);
    return 0;
}

int fstatat(int dirfd, const char *path, struct stat *out, int flags)
{
    struct coco_place place;
    struct coco_stat state;
    if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0) {
        errno = EINVAL;
        return -1;
    }
    if ((flags & AT_EMPTY_PATH) && path && *path == '\0') {
        if (dirfd == AT_FDCWD) {
            return fstatat(AT_FDCWD, ".", out, 0);
        }
        return fstat(dirfd, out);
    }
    if (__coco_place(dirfd, path, &place) < 0) {
        return -1;
    }
    int64_t result = coco_file_stat_at(
        place.dir, path, flags & AT_SYMLINK_NOFOLLOW ? COCO_FILE_AT_NOFOLLOW : 0, &state);
    int fd = result == COCO_ENOTFOUND ? __coco_place_descriptor(&place) : -1;
    __coco_place_done(&place);
    if (fd >= 0) {
        return fstat(fd, out);
    }
    if (__coco_place_ret(result) < 0) {
        return -1;
    }
    convert(&state, out);
    return 0;
}

int stat(const char *path, struct stat *out)
{
    return fstatat(AT_FDCWD, path, out, 0);
}

int lstat(const char *path, struct stat *out)
{
    return fstatat(AT_FDCWD, path, out, AT_SYMLINK_NOFOLLOW);
}
