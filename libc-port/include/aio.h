// SPDX-License-Identifier: MIT
// Asynchronous input and output.
#pragma once

#include <sys/features.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Results of aio_cancel(). */
#define AIO_CANCELED 0
#define AIO_NOTCANCELED 1
#define AIO_ALLDONE 2

/* aio_lio_opcode. */
#define LIO_NOP 0
#define LIO_READ 1
#define LIO_WRITE 2

/* Modes of lio_listio(). */
#define LIO_NOWAIT 0
#define LIO_WAIT 1

struct __aio_list;

/// A request. It and its buffer belong to the library from the call that accepts it until
/// aio_error() gives something else than EINPROGRESS. The members behind aio_lio_opcode are for
/// libc-port only.
struct aiocb {
    int aio_fildes;
    off_t aio_offset; /* bytes from the file's start; passed over for pipes and O_APPEND */
    volatile void *aio_buf;
    size_t aio_nbytes;
    int aio_reqprio; /* 0 to AIO_PRIO_DELTA_MAX */
    struct sigevent aio_sigevent;
    int aio_lio_opcode; /* LIO_*, read by lio_listio() */
    unsigned int __state;
    int __operation;
    int __descriptor;
    int __error;
    ssize_t __result;
    struct aiocb *__next;
    struct __aio_list *__list;
};

/// Start to read or write. Returns 0 once the request is accepted, or -1 with errno EAGAIN, EBADF,
/// EINVAL.
int aio_read(struct aiocb *__request);
int aio_write(struct aiocb *__request);
/// Start fsync() (O_SYNC) or fdatasync() (O_DSYNC) behind what was accepted for the descriptor
/// before.
int aio_fsync(int __operation, struct aiocb *__request);
/// The error number of a request: 0 done, EINPROGRESS, ECANCELED or why it failed; -1 with EINVAL
/// for one that was never accepted, or whose result has been taken.
int aio_error(const struct aiocb *__request);
/// Take the result of a request that is done, as read(), write() or fsync() would have returned it.
ssize_t aio_return(struct aiocb *__request);
/// Cancel a request, or all of a descriptor (NULL), that have not begun. Returns AIO_*, or -1 with
/// EBADF.
int aio_cancel(int __descriptor, struct aiocb *__request);
/// Wait until one of the requests (NULL: passed over) is done; at most `timeout` if not NULL.
/// Returns 0, or -1 with EAGAIN when the time has passed, EINTR after a signal handler.
int aio_suspend(const struct aiocb *const __list[], int __count, const struct timespec *__timeout);
/// Start many at once; LIO_WAIT: and wait for all. Returns 0, or -1 with EAGAIN, EINVAL, EINTR, or
/// EIO if one failed.
int lio_listio(int __mode, struct aiocb *__restrict const __list[], int __count,
               struct sigevent *__restrict __event);

#ifdef __cplusplus
}
#endif
