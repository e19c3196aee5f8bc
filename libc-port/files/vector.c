// SPDX-License-Identifier: MIT
// readv(), writev() and their siblings. POSIX wants each to be one step to others, so the bytes go
// through one piece of memory.
#include "../private/vector.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../private/socket.h"

int __coco_vector_begin(struct coco_vector *vector, const struct iovec *buffers, int count)
{
    size_t total = 0;
    if (count < 1 || count > IOV_MAX) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < count; i++) {
        if (__builtin_add_overflow(total, buffers[i].iov_len, &total) || total > SSIZE_MAX) {
            errno = EINVAL;
            return -1;
        }
    }
    vector->len = total;
    vector->bytes = total <= sizeof(vector->small) ? vector->small : malloc(total);
    return vector->bytes ? 0 : -1;
}

void __coco_vector_gather(struct coco_vector *vector, const struct iovec *buffers, int count)
{
    char *to = vector->bytes;
    for (int i = 0; i < count; i++) {
        if (buffers[i].iov_len > 0) {
            memcpy(to, buffers[i].iov_base, buffers[i].iov_len);
        }
        to += buffers[i].iov_len;
    }
}

void __coco_vector_scatter(const struct coco_vector *vector, const struct iovec *buffers, int count,
                           size_t len)
{
    const char *from = vector->bytes;
    for (int i = 0; i < count && len > 0; i++) {
        size_t part = buffers[i].iov_len < len ? buffers[i].iov_len : len;
        if (part > 0) {
            memcpy(buffers[i].iov_base, from, part);
        }
        from += part;
        len -= part;
    }
}

void __coco_vector_end(struct coco_vector *vector)
{
    if (vector->bytes != vector->small) {
        int saved_errno = errno;
        free(vector->bytes);
        errno = saved_errno;
    }
}

// A cleanup handler: the call in the middle is a cancellation point.
static void end(void *vector)
{
    __coco_vector_end(vector);
}

// One of the calls below, for all bytes at once. `offset`: NULL for the descriptor's own position.
static ssize_t transfer(int fd, struct coco_vector *vector, const off_t *offset, bool writes)
{
    ssize_t result;
    pthread_cleanup_push(end, vector);
    if (writes) {
        result = offset ? pwrite(fd, vector->bytes, vector->len, *offset)
                        : write(fd, vector->bytes, vector->len);
    } else {
        result = offset ? pread(fd, vector->bytes, vector->len, *offset)
                        : read(fd, vector->bytes, vector->len);
    }
    pthread_cleanup_pop(0);
    return result;
}

static ssize_t read_vector(int fd, const struct iovec *buffers, int count, const off_t *offset)
{
    struct coco_vector vector;
    if (__coco_vector_begin(&vector, buffers, count) < 0) {
        return -1;
    }
    ssize_t got = transfer(fd, &vector, offset, false);
    if (got > 0) {
        __coco_vector_scatter(&vector, buffers, count, (size_t)got);
    }
    __coco_vector_end(&vector);
    return got;
}

static ssize_t write_vector(int fd, const struct iovec *buffers, int count, const off_t *offset)
{
    struct coco_vector vector;
    if (__coco_vector_begin(&vector, buffers, count) < 0) {
        return -1;
    }
    __coco_vector_gather(&vector, buffers, count);
    ssize_t done = transfer(fd, &vector, offset, true);
    __coco_vector_end(&vector);
    return done;
}

ssize_t readv(int fd, const struct iovec *buffers, int count)
{
    if (count == 1) {
        return read(fd, buffers->iov_base, buffers->iov_len);
    }
    if (count > 1 && count <= IOV_MAX && __coco_fd_is_socket(fd)) { // all are one message
        struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)buffers,
                                 .msg_iovlen = count};
        return recvmsg(fd, &message, 0);
    }
    return read_vector(fd, buffers, count, NULL);
}

ssize_t preadv(int fd, const struct iovec *buffers, int count, off_t offset)
{
    return read_vector(fd, buffers, count, &offset);
}

ssize_t writev(int fd, const struct iovec *buffers, int count)
{
    if (count == 1) {
        return write(fd, buffers->iov_base, buffers->iov_len);
    }
    if (count > 1 && count <= IOV_MAX && __coco_fd_is_socket(fd)) { // all are one message
        struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)buffers,
                                 .msg_iovlen = count};
        return sendmsg(fd, &message, 0);
    }
    return write_vector(fd, buffers, count, NULL);
}

ssize_t pwritev(int fd, const struct iovec *buffers, int count, off_t offset)
{
    return write_vector(fd, buffers, count, &offset);
}
