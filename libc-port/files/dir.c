// SPDX-License-Identifier: MIT
// Directory streams. The kernel's directory handle is a snapshot of names and is read one entry at
// a time: when a name has vanished since, only that one is lost and passed over. "." and ".." come
// from here.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/lock.h"
#include "../private/path.h"
#include "../private/ret.h"

#define BATCH 8 /* entries read at a time */

struct __dirstream {
    struct coco_lock lock;
    int fd;
    coco_handle_t
        handle;    /* snapshot; the descriptor's own one, or the one that rewinddir() opened */
    long position; /* entries handed out */
    struct file_description *description; /* held, so that its path stays */
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
    DIR *dir = __coco_fd_directory(description) ? calloc(1, sizeof(*dir)) : NULL;
    if (!dir) {
        __coco_fd_put(description); // leaves errno alone
        return NULL;
    }
    dir->fd = fd;
    dir->handle = description->handle;
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

int closedir(DIR *dir)
{
    int fd = dir->fd;
    if (dir->handle != dir->description->handle) {
        (void)coco_close(dir->handle); // always succeeds
    }
    __coco_fd_put(dir->description);
    free(dir);
    return close(fd);
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
    default:
        return DT_REG;
    }
}

// Fill the stream's entry with `name` in the directory. False if it has vanished.
static bool look_up(DIR *dir, const char *name)
{
    char path[COCO_PATH_MAX];
    struct coco_stat state;
    bool directory;
    if (__coco_path_join(dir->description->path, name, path, &directory) != 0 ||
        coco_is_error(coco_file_stat_path(path, &state))) {
        return false;
    }
    set_entry(dir, name, state.inode, to_dirent_type(state.type));
    return true;
}

// Next entry into dir->entry. Returns 1, 0 at the end, or -1 with errno.
static int advance(DIR *dir)
{
    static const char *const dots[] = {".", ".."};
    while (dir->position < 2) {
        if (look_up(dir, dots[dir->position++])) {
            return 1;
        }
    }
    for (;;) {
        if (dir->next == dir->found_count) {
            int64_t count = coco_readdir(dir->handle, dir->found, BATCH);
            if (count == 0 || coco_is_error(count)) {
                return (int)__coco_ret(count);
            }
            dir->next = 0;
            dir->found_count = (int)count;
        }
        dir->position++;
        if (look_up(dir, dir->found[dir->next++].name)) {
            return 1;
        }
    }
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

// A new snapshot. If it cannot be had, the stream stays where it is.
static bool reopen(DIR *dir)
{
    int64_t handle =
        coco_file_open(dir->description->path, COCO_FILE_READ | COCO_FILE_DIRECTORY, 0);
    if (coco_is_error(handle)) {
        return false;
    }
    if (dir->handle != dir->description->handle) {
        (void)coco_close(dir->handle); // always succeeds
    }
    dir->handle = (coco_handle_t)handle;
    dir->next = dir->found_count = 0;
    dir->position = 0;
    return true;
}

void rewinddir(DIR *dir)
{
    __coco_lock(&dir->lock);
    (void)reopen(dir); // POSIX gives no way to report
    __coco_unlock(&dir->lock);
}

long telldir(DIR *dir)
{
    return dir->position;
}

void seekdir(DIR *dir, long position)
{
    __coco_lock(&dir->lock);
    bool usable = dir->position <= position || reopen(dir);
    while (usable && dir->position < position && advance(dir) > 0) {
    }
    __coco_unlock(&dir->lock);
}
