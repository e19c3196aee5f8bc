// SPDX-License-Identifier: MIT
// The queue of requests and the threads that work it off. A thread takes the first request whose
// descriptor no other thread is busy with; it ends after a while without work.
#include "../private/aio.h"
#include "../private/cancel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/fd.h"

#define WORKERS_MAX 32
#define IDLE_NS COCO_SECOND
#define WORKER_STACK (64u * 1024u)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static struct aiocb
    *first; /* queued and running, in the order of acceptance; under the lock, as all here */
static unsigned workers;
static unsigned idle;
static bool fork_watched;
static uint32_t done_count;   /* a futex; atomic */
static uint32_t done_waiters; /* threads in __coco_aio_wait(); atomic */

uint32_t __coco_aio_count(void)
{
    return __atomic_load_n(&done_count, __ATOMIC_ACQUIRE);
}

int __coco_aio_wait(uint32_t seen, uint64_t deadline)
{
    __atomic_add_fetch(&done_waiters, 1, __ATOMIC_SEQ_CST);
    int64_t result = coco_cp_futex_wait(&done_count, seen, deadline);
    __atomic_sub_fetch(&done_waiters, 1, __ATOMIC_SEQ_CST);
    if (result == COCO_ECANCELED) {
        __coco_cancel_point();
    }
    return result == COCO_ETIMEDOUT ? EAGAIN : result == COCO_EINTR ? EINTR : 0;
}

static void unlink_request(struct aiocb *request)
{
    struct aiocb **place = &first;
    while (*place != request) {
        place = &(*place)->__next;
    }
    *place = request->__next;
}

// The request is the program's again from the store of its state on. Call without the lock, the
// request unlinked.
static void finish(struct aiocb *request, ssize_t result, int error)
{
    struct sigevent event = request->aio_sigevent;
    struct __aio_list *list = request->__list;
    int saved_errno = errno;

    __coco_fd_drop(request->__descriptor);
    errno = saved_errno;
    request->__result = result;
    request->__error = error;
    __atomic_store_n(&request->__state, AIO_DONE, __ATOMIC_RELEASE);
    __atomic_add_fetch(&done_count, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&done_waiters, __ATOMIC_SEQ_CST) > 0) {
        (void)coco_futex_wake(&done_count, UINT_MAX);
    }
    __coco_aio_notify(&event);
    __coco_aio_list_done(list);
}

static ssize_t read_or_write(const struct aiocb *request)
{
    void *buffer = (void *)(uintptr_t)request->aio_buf;
    int descriptor = request->__descriptor;
    ssize_t done;

    if (request->__operation == LIO_READ) {
        done = pread(descriptor, buffer, request->aio_nbytes, request->aio_offset);
        return done < 0 && errno == ESPIPE ? read(descriptor, buffer, request->aio_nbytes) : done;
    }
    if (fcntl(descriptor, F_GETFL) & O_APPEND) {
        return write(descriptor, buffer, request->aio_nbytes);
    }
    done = pwrite(descriptor, buffer, request->aio_nbytes, request->aio_offset);
    return done < 0 && errno == ESPIPE ? write(descriptor, buffer, request->aio_nbytes) : done;
}

static void perform(struct aiocb *request)
{
    ssize_t result;

    errno = 0;
    if (request->__operation == COCO_AIO_FSYNC) {
        result = fsync(request->__descriptor);
    } else if (request->__operation == COCO_AIO_FDATASYNC) {
        result = fdatasync(request->__descriptor);
    } else {
        result = read_or_write(request);
    }
    int error = result < 0 ? errno : 0;

    pthread_mutex_lock(&lock);
    unlink_request(request);
    pthread_mutex_unlock(&lock);
    finish(request, result, error);
}

// A request that may begin: no earlier one of its descriptor is on its way.
static struct aiocb *next_request(void)
{
    for (struct aiocb *request = first; request; request = request->__next) {
        const struct aiocb *earlier = first;
        while (earlier->aio_fildes != request->aio_fildes) {
            earlier = earlier->__next;
        }
        if (earlier == request && request->__state == AIO_QUEUED) {
            return request;
        }
    }
    return NULL;
}

// Wait for work; false when none came for a while.
static bool wait_for_work(void)
{
    struct timespec until;
    uint64_t deadline = __coco_monotonic() + IDLE_NS;

    until.tv_sec = (time_t)(deadline / COCO_SECOND);
    until.tv_nsec = (long)(deadline % COCO_SECOND);
    idle++;
    int error = pthread_cond_clockwait(&work, &lock, CLOCK_MONOTONIC, &until);
    idle--;
    return error != ETIMEDOUT;
}

static void *worker(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    for (;;) {
        struct aiocb *request = next_request();
        if (request) {
            __atomic_store_n(&request->__state, AIO_RUNNING, __ATOMIC_RELAXED);
            pthread_mutex_unlock(&lock);
            perform(request);
            pthread_mutex_lock(&lock);
        } else if (!wait_for_work() && !next_request()) {
            break;
        }
    }
    workers--;
    pthread_mutex_unlock(&lock);
    return NULL;
}

// Have a thread for the work; an error only if there is none at all. Call with the lock.
static int ensure_worker(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all;
    sigset_t before;

    if (idle > 0 || workers == WORKERS_MAX) {
        pthread_cond_signal(&work);
        return 0;
    }
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, WORKER_STACK);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // signals are for the program's own threads
    int error = pthread_create(&thread, &attributes, worker, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    workers += error == 0;
    return workers > 0 ? 0 : EAGAIN;
}

static void before_fork(void)
{
    pthread_mutex_lock(&lock);
}

static void after_fork(void)
{
    pthread_mutex_unlock(&lock);
}

// POSIX: no asynchronous operation is inherited. The threads are not there, nor is what they worked
// on.
static void in_child(void)
{
    first = NULL;
    workers = 0;
    idle = 0;
    done_waiters = 0;
    pthread_cond_init(&work, NULL);
    pthread_mutex_init(&lock, NULL);
}

static int check(const struct aiocb *request, int operation)
{
    int flags = fcntl(request->aio_fildes, F_GETFL);
    int access = flags & O_ACCMODE;

    if (flags < 0 || (operation == LIO_READ && access == O_WRONLY) ||
        (operation != LIO_READ && access == O_RDONLY)) {
        return EBADF;
    }
    if (operation != LIO_READ && operation != LIO_WRITE) {
        return 0;
    }
    return request->aio_offset < 0 || request->aio_nbytes > SSIZE_MAX || request->aio_reqprio < 0 ||
                   request->aio_reqprio > AIO_PRIO_DELTA_MAX
               ? EINVAL
               : 0;
}

static int append(struct aiocb *request)
{
    struct aiocb **last = &first;

    if (!fork_watched && pthread_atfork(before_fork, after_fork, in_child) != 0) {
        return EAGAIN;
    }
    fork_watched = true;
    while (*last) {
        last = &(*last)->__next;
    }
    *last = request;
    int error = ensure_worker();
    if (error) {
        *last = NULL;
    }
    return error;
}

int __coco_aio_submit(struct aiocb *request, int operation, struct __aio_list *list)
{
    int saved_errno = errno;
    int error = check(request, operation);

    if (!error) {
        // Of its own, so that the request outlives close(), and never meets another file of the
        // same number. A child has no use for it.
        request->__descriptor =
            __coco_fd_duplicate(request->aio_fildes, 0, FD_CLOEXEC | FD_CLOFORK);
        error = request->__descriptor < 0 ? EAGAIN : 0;
    }
    errno = saved_errno;
    if (error) {
        return error;
    }
    request->__operation = operation;
    request->__list = list;
    request->__next = NULL;
    request->__result = -1;
    request->__error = EINPROGRESS;
    pthread_mutex_lock(&lock);
    request->__state = AIO_QUEUED;
    error = append(request);
    if (error) {
        request->__state = AIO_UNUSED;
    }
    pthread_mutex_unlock(&lock);
    if (error) {
        __coco_fd_drop(request->__descriptor);
    }
    return error;
}

int __coco_aio_cancel(int descriptor, struct aiocb *request)
{
    struct aiocb *canceled = NULL;
    int result = AIO_ALLDONE;

    pthread_mutex_lock(&lock);
    for (struct aiocb **place = &first; *place;) {
        struct aiocb *one = *place;
        bool meant = one->aio_fildes == descriptor && (!request || one == request);
        if (meant && one->__state == AIO_QUEUED) {
            *place = one->__next;
            one->__next = canceled;
            canceled = one;
            continue;
        }
        result = meant ? AIO_NOTCANCELED : result;
        place = &one->__next;
    }
    pthread_mutex_unlock(&lock);
    if (result == AIO_ALLDONE && canceled) {
        result = AIO_CANCELED;
    }
    while (canceled) {
        struct aiocb *next = canceled->__next;
        finish(canceled, -1, ECANCELED);
        canceled = next;
    }
    return result;
}
