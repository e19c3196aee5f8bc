// SPDX-License-Identifier: MIT
// What newlib's stdio reads, writes, opens and closes by. It holds a stream's lock meanwhile, which
// nobody would release after a cancellation: here, these are no cancellation points.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <reent.h>
#include <unistd.h>

#include "../private/thread.h"

static int disable(void)
{
    struct __pthread *self = __coco_self();
    int before = self->cancel_state;
    self->cancel_state = PTHREAD_CANCEL_DISABLE;
    return before;
}

static void restore(int before)
{
    __coco_self()->cancel_state = before;
}

_ssize_t _read_r(struct _reent *reent, int fd, void *buffer, size_t len)
{
    (void)reent;
    int before = disable();
    ssize_t result = read(fd, buffer, len);
    restore(before);
    return result;
}

_ssize_t _write_r(struct _reent *reent, int fd, const void *buffer, size_t len)
{
    (void)reent;
    int before = disable();
    ssize_t result = write(fd, buffer, len);
    restore(before);
    return result;
}

int _open_r(struct _reent *reent, const char *path, int flags, int mode)
{
    (void)reent;
    int before = disable();
    int fd = open(path, flags, mode);
    restore(before);
    return fd;
}

int _close_r(struct _reent *reent, int fd)
{
    (void)reent;
    int before = disable();
    int result = close(fd);
    restore(before);
    return result;
}
