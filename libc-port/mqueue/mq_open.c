// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <mqueue.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/mqueue.h"
#include "../private/ret.h"

#define FOLDER "/dev/mqueue"
#define PATH_LEN (sizeof(FOLDER) + NAME_MAX + 2)
#define MESSAGES_DEFAULT 10
#define SIZE_DEFAULT 8192
#define OPEN_FLAGS (O_ACCMODE | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC)

uint32_t __coco_apply_umask(mode_t mode);

// The path for a name. -1 with errno: EINVAL, ENAMETOOLONG.
static int path_of(const char *name, char path[PATH_LEN])
{
    const char *base = name + 1;
    if (*name != '/' || *base == '\0' || strchr(base, '/') || strcmp(base, ".") == 0 ||
        strcmp(base, "..") == 0) {
        errno = EINVAL;
        return -1;
    }
    if (strlen(base) > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(path, PATH_LEN, FOLDER "/%s", base);
    return 0;
}

static uint32_t to_kernel(int flags)
{
    int access = flags & O_ACCMODE;
    return (access != O_WRONLY ? COCO_MQUEUE_OPEN_READ : 0) |
           (access != O_RDONLY ? COCO_MQUEUE_OPEN_WRITE : 0) |
           (flags & O_CREAT ? COCO_MQUEUE_OPEN_CREATE : 0) |
           (flags & O_EXCL ? COCO_MQUEUE_OPEN_EXCLUSIVE : 0) |
           (flags & O_NONBLOCK ? COCO_MQUEUE_OPEN_NONBLOCK : 0);
}

static bool is_valid(const struct mq_attr *attributes)
{
    return attributes->mq_maxmsg > 0 && attributes->mq_maxmsg <= (long)COCO_MQUEUE_MESSAGES_MAX &&
           attributes->mq_msgsize > 0 && attributes->mq_msgsize <= (long)COCO_MQUEUE_SIZE_MAX;
}

// Open, making the folder for the first queue of the machine.
static int64_t open_path(const char *path, int flags, mode_t mode, const struct mq_attr *attributes)
{
    uint32_t messages = attributes ? (uint32_t)attributes->mq_maxmsg : MESSAGES_DEFAULT;
    uint32_t size = attributes ? (uint32_t)attributes->mq_msgsize : SIZE_DEFAULT;
    uint32_t permissions = __coco_apply_umask(mode);
    uint32_t wanted = to_kernel(flags);
    int64_t handle = coco_mqueue_open(path, wanted, permissions, messages, size);
    if (handle == COCO_ENOTFOUND && (flags & O_CREAT)) {
        if (mkdir(FOLDER, 01777) < 0 && errno != EEXIST) {
            return -1;
        }
        handle = coco_mqueue_open(path, wanted, permissions, messages, size);
    }
    return __coco_ret(handle);
}

mqd_t mq_open(const char *name, int flags, ...)
{
    const struct mq_attr *attributes = NULL;
    mode_t mode = 0;
    char path[PATH_LEN];
    if (flags & O_CREAT) {
        va_list list;
        va_start(list, flags);
        mode = va_arg(list, mode_t);
        attributes = va_arg(list, const struct mq_attr *);
        va_end(list);
    }
    if (path_of(name, path) < 0) {
        return -1;
    }
    if ((flags & ~OPEN_FLAGS) != 0 || (attributes && !is_valid(attributes))) {
        errno = EINVAL;
        return -1;
    }
    struct fd_place place; // before the queue is created
    if (__coco_fd_reserve(&place) < 0) {
        return -1;
    }
    int64_t handle = open_path(path, flags, mode, attributes);
    if (handle < 0) {
        __coco_fd_give_back(&place);
        return -1;
    }
    int fd = __coco_fd_fill(&place, (coco_handle_t)handle, flags & O_ACCMODE, FD_CLOEXEC);
    if (fd < 0) {
        (void)coco_close((coco_handle_t)handle); // always succeeds
    }
    return fd;
}

int mq_unlink(const char *name)
{
    char path[PATH_LEN];
    return path_of(name, path) < 0 ? -1 : unlink(path);
}

int mq_close(mqd_t queue)
{
    struct file_description *description = __coco_fd_get(queue);
    if (!description) {
        return -1;
    }
    // Children may share the description: it does not go with this descriptor then.
    int64_t removed = coco_mqueue_notify(description->handle, COCO_MQUEUE_NOTIFY_REMOVE, 0, 0);
    __coco_fd_put(description);
    if (removed == COCO_ENOTSUPP) {
        errno = EBADF;
        return -1;
    }
    return close(queue);
}
