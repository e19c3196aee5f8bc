// SPDX-License-Identifier: MIT
// The calls of <aio.h> about one request.
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>

#include <coconut/types.h>

#include "../private/aio.h"
#include "../private/clock.h"

static int accept_request(struct aiocb *request, int operation)
{
    int error = __coco_aio_submit(request, operation, NULL);
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}

int aio_read(struct aiocb *request)
{
    return accept_request(request, LIO_READ);
}

int aio_write(struct aiocb *request)
{
    return accept_request(request, LIO_WRITE);
}

int aio_fsync(int operation, struct aiocb *request)
{
    if (operation != O_SYNC && operation != O_DSYNC) {
        errno = EINVAL;
        return -1;
    }
    return accept_request(request, operation == O_SYNC ? COCO_AIO_FSYNC : COCO_AIO_FDATASYNC);
}

static unsigned state_of(const struct aiocb *request)
{
    return __atomic_load_n(&request->__state, __ATOMIC_ACQUIRE);
}

int aio_error(const struct aiocb *request)
{
    switch (state_of(request)) {
    case AIO_QUEUED:
    case AIO_RUNNING:
        return EINPROGRESS;
    case AIO_DONE:
        return request->__error;
    default:
        errno = EINVAL;
        return -1;
    }
}

ssize_t aio_return(struct aiocb *request)
{
    unsigned state = state_of(request);
    if (state != AIO_DONE) {
        errno = state == AIO_QUEUED || state == AIO_RUNNING ? EINPROGRESS : EINVAL;
        return -1;
    }
    __atomic_store_n(&request->__state, AIO_TAKEN, __ATOMIC_RELAXED);
    if (request->__result < 0) {
        errno = request->__error;
    }
    return request->__result;
}

int aio_cancel(int descriptor, struct aiocb *request)
{
    if (fcntl(descriptor, F_GETFL) < 0) {
        errno = EBADF;
        return -1;
    }
    if (request && request->aio_fildes != descriptor) {
        errno = EINVAL;
        return -1;
    }
    return __coco_aio_cancel(descriptor, request);
}

static int one_is_done(const struct aiocb *const list[], int count)
{
    for (int i = 0; i < count; i++) {
        unsigned state = list[i] ? state_of(list[i]) : AIO_QUEUED;
        if (state != AIO_QUEUED && state != AIO_RUNNING) {
            return 1;
        }
    }
    return 0;
}

int aio_suspend(const struct aiocb *const list[], int count, const struct timespec *timeout)
{
    uint64_t deadline = COCO_FOREVER;

    pthread_testcancel();
    if (count < 0 || (timeout && !__coco_timespec_valid(timeout))) {
        errno = EINVAL;
        return -1;
    }
    if (timeout) {
        uint64_t length = __coco_time_ns(timeout);
        if (__builtin_add_overflow(__coco_monotonic(), length, &deadline)) {
            deadline = COCO_FOREVER;
        }
    }
    for (;;) {
        uint32_t seen = __coco_aio_count();
        if (one_is_done(list, count)) {
            return 0;
        }
        int error = __coco_aio_wait(seen, deadline);
        if (error) {
            errno = error;
            return -1;
        }
    }
}
