// SPDX-License-Identifier: MIT
// Directory streams. The kernel's directory handle holds a copy of the names, which readdir() looks
// up in the directory as it is: a name that has vanished since is passed over. "." and ".." come
// from here. Positions: 0 and 1 are theirs, 2 begins the copy, others are the kernel's and 2 more.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/lock.h"
#include "../private/path.h"
#include "../private/ret.h"

#define BATCH 8 /* entries read at a time */

#define FIRST_POSITION 2 /* of what the kernel lists */

struct __dirstream {
    struct coco_lock lock;
    int fd;
    long position;                        /* of the next entry */
    struct file_description *description; /* held */
    struct coco_dirent found[BATCH];      /* read from the kernel, not handed out */
    int next;                             /* in `found` */
    int found_count;
    struct dirent entry;
};

DIR *fdopendir(int fd)
{
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return NULL;
    }
    DIR *dir = NULL;
    if (!__coco_fd_is_directory(description)) {
        errno = ENOTDIR;
    } else {
        dir = calloc(1, sizeof(*dir));
    }
    if (!dir) {
        __coco_fd_put(description); // leaves errno alone
        return NULL;
    }
    dir->fd = fd;
    dir->description = description;
    return dir;
}

DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return NULL;
    }
    DIR *dir = fdopendir(fd);
    if (!dir) {
        int saved_errno = errno;
        (void)close(fd); // open a moment ago
        errno = saved_errno;
    }
    return dir;
}

int fdclosedir(DIR *dir)
{
    int fd = dir->fd;
    __coco_fd_put(dir->description);
    free(dir);
    return fd;
}

int closedir(DIR *dir)
{
    return close(fdclosedir(dir));
}

int dirfd(DIR *dir)
{
    return dir->fd;
}

static void set_entry(DIR *dir, const char *name, ino_t inode, unsigned char type)
{
    struct dirent *entry = &dir->entry;
    size_t len = strlcpy(entry->d_name, name, sizeof(entry->d_name));
    entry->d_ino = inode;
    entry->d_type = type;
    entry->d_off = dir->position;
    entry->d_reclen = (unsigned short)(offsetof(struct dirent, d_name) + len + 1);
}

static unsigned char to_dirent_type(uint32_t type)
{
    switch (type) {
    case COCO_TYPE_DIR:
        return DT_DIR;
    case COCO_TYPE_DEVICE:
        return DT_CHR;
    case COCO_TYPE_PIPE:
        return DT_FIFO;
    case COCO_TYPE_LINK:
        return DT_LNK;
    default:
        return DT_REG;
    }
}

// Fill the stream's entry with `name` in the directory. False if it has vanished.
static bool look_up(DIR *dir, const char *name)
{
    struct coco_stat state;
    if (coco_is_error(
            coco_file_stat_at(dir->description->handle, name, COCO_FILE_AT_NOFOLLOW, &state))) {
        return false;
    }
    set_entry(dir, name, state.inode, to_dirent_type(state.type));
    return true;
}

static long position_of(const struct coco_dirent *found)
{
    uint64_t position = 0;
    memcpy(&position, found->position, sizeof(found->position)); // both little-endian
    return (long)position + FIRST_POSITION;
}

// Next entry into dir->entry. Returns 1, 0 at the end, or -1 with errno.
static int advance(DIR *dir)
{
    static const char *const dots[FIRST_POSITION] = {".", ".."};
    while (dir->position < FIRST_POSITION) {
        if (look_up(dir, dots[dir->position++])) {
            return 1;
        }
    }
    for (;;) {
        if (dir->next == dir->found_count) {
            int64_t count = coco_readdir(dir->description->handle, dir->found, BATCH);
            if (count == 0 || coco_is_error(count)) {
                return (int)__coco_ret(count);
            }
            dir->next = 0;
            dir->found_count = (int)count;
        }
        const struct coco_dirent *found = &dir->found[dir->next++];
        dir->position = position_of(found);
        if (look_up(dir, found->name)) {
            return 1;
        }
    }
}

// One record at `out`, which has room for the longest. Returns its size, 0 if the name has
// vanished.
static size_t put_record(const struct file_description *description, const char *name, void *out)
{
    struct coco_stat state;
    if (coco_is_error(
            coco_file_stat_at(description->handle, name, COCO_FILE_AT_NOFOLLOW, &state))) {
        return 0;
    }
    struct posix_dent record = {.d_ino = state.inode, .d_type = to_dirent_type(state.type)};
    size_t size = offsetof(struct posix_dent, d_name) + strlen(name) + 1;
    size = (size + alignof(struct posix_dent) - 1) & -alignof(struct posix_dent);
    record.d_reclen = (reclen_t)size;
    memcpy(out, &record, offsetof(struct posix_dent, d_name));
    strcpy((char *)out + offsetof(struct posix_dent, d_name), name);
    return size;
}

ssize_t posix_getdents(int fd, void *buffer, size_t size, int flags)
{
    const size_t longest = sizeof(struct posix_dent) + sizeof(((struct coco_dirent *)0)->name);
    if ((flags & ~DT_FORCE_TYPE) != 0 || size < longest) {
        errno = EINVAL;
        return -1;
    }
    struct file_description *description = __coco_fd_get(fd);
    if (!description) {
        return -1;
    }
    size_t used = 0;
    int64_t count = COCO_ENOTDIR;
    if (__coco_fd_is_directory(description)) {
        do {
            struct coco_dirent found;
            count = coco_readdir(description->handle, &found, 1);
            used += count > 0 ? put_record(description, found.name, (char *)buffer + used) : 0;
        } while (count > 0 && size - used >= longest);
    }
    __coco_fd_put(description);
    return coco_is_error(count) && used == 0 ? (ssize_t)__coco_ret(count) : (ssize_t)used;
}

struct dirent *readdir(DIR *dir)
{
    __coco_lock(&dir->lock);
    int found = advance(dir);
    __coco_unlock(&dir->lock);
    return found > 0 ? &dir->entry : NULL;
}

int readdir_r(DIR *dir, struct dirent *entry, struct dirent **result)
{
    int saved_errno = errno;
    __coco_lock(&dir->lock);
    int found = advance(dir);
    if (found > 0) {
        *entry = dir->entry;
    }
    __coco_unlock(&dir->lock);
    *result = found > 0 ? entry : NULL;
    int error = found < 0 ? errno : 0;
    errno = saved_errno;
    return error;
}

// Go on at a position. If that cannot be, the stream stays where it is; POSIX gives no way to
// report.
static void go_to(DIR *dir, long position, bool afresh)
{
    uint64_t first = afresh ? 0 : COCO_DIR_FIRST;
    uint64_t place = position > FIRST_POSITION ? (uint64_t)(position - FIRST_POSITION) : first;
    __coco_lock(&dir->lock);
    if (coco_file_dir_seek(dir->description->handle, place) == 0) {
        dir->next = dir->found_count = 0;
        dir->position = position < 0 ? 0 : position;
    }
    __coco_unlock(&dir->lock);
}

void rewinddir(DIR *dir)
{
    go_to(dir, 0, true);
}

long telldir(DIR *dir)
{
    return dir->position;
}

void seekdir(DIR *dir, long position)
{
    go_to(dir, position, false);
}
