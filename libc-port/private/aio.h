// SPDX-License-Identifier: MIT
// Requests of asynchronous input and output on their way. Operations are done by threads of the
// library, those of one descriptor one after the other in the order of acceptance.
#pragma once

#include <aio.h>
#include <stdbool.h>
#include <stdint.h>

#define COCO_AIO_FSYNC 3 /* an __operation beyond LIO_* */
#define COCO_AIO_FDATASYNC 4

enum aio_state {
    AIO_UNUSED,
    AIO_QUEUED,
    AIO_RUNNING,
    AIO_DONE,
    AIO_TAKEN,
};

/// The requests of one lio_listio() that tells of its end.
struct __aio_list {
    uint32_t pending;      /* not done yet; atomic. The last one frees the list. */
    struct sigevent event; /* told when none is pending */
};

/// Accept a request for an operation. Thread-safe; list may be NULL.
/// @return 0, or EAGAIN, EBADF, EINVAL; then nothing has changed but that aio_error() tells the
/// same
int __coco_aio_submit(struct aiocb *request, int operation, struct __aio_list *list);

/// Take requests that have not begun off the queue: one, or all of a descriptor if request is NULL.
/// @return AIO_CANCELED, AIO_NOTCANCELED, AIO_ALLDONE
int __coco_aio_cancel(int descriptor, struct aiocb *request);

/// How often a request has become done: changes are waited for with __coco_aio_wait().
uint32_t __coco_aio_count(void);

/// Wait until the count is another than `seen`, at most to a time of the monotonic clock.
/// @return 0, EINTR, or EAGAIN when the time has passed
int __coco_aio_wait(uint32_t seen, uint64_t deadline);

/// Tell of an end as a sigevent says; NULL: in no way. Errors of the notification are nobody's to
/// hear.
void __coco_aio_notify(const struct sigevent *event);

/// Drop one pending request of a list, which may be NULL. Call with none of the queue's locks held.
void __coco_aio_list_done(struct __aio_list *list);
