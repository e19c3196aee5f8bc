// SPDX-License-Identifier: MIT
// Lists of requests, and how ends are told of.
#include <aio.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <coconut/types.h>

#include "../private/aio.h"

struct call {
    void (*function)(union sigval);
    union sigval value;
};

static void *run_call(void *argument)
{
    struct call call = *(struct call *)argument;
    free(argument);
    call.function(call.value);
    return NULL;
}

static void start_thread(const struct sigevent *event)
{
    pthread_attr_t attributes;
    pthread_t thread;
    struct call *call = malloc(sizeof(*call));

    if (!call) {
        return;
    }
    *call = (struct call){event->sigev_notify_function, event->sigev_value};
    if (event->sigev_notify_attributes) {
        attributes = *event->sigev_notify_attributes;
    } else {
        pthread_attr_init(&attributes);
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, run_call, call) != 0) {
        free(call);
    }
}

void __coco_aio_notify(const struct sigevent *event)
{
    int saved_errno = errno;

    if (event && event->sigev_notify == SIGEV_SIGNAL) {
        (void)sigqueue(getpid(), event->sigev_signo, event->sigev_value);
    } else if (event && event->sigev_notify == SIGEV_THREAD) {
        start_thread(event);
    }
    errno = saved_errno;
}

void __coco_aio_list_done(struct __aio_list *list)
{
    if (list && __atomic_sub_fetch(&list->pending, 1, __ATOMIC_ACQ_REL) == 0) {
        __coco_aio_notify(&list->event);
        free(list);
    }
}

static bool is_operation(const struct aiocb *request)
{
    return request && (request->aio_lio_opcode == LIO_READ || request->aio_lio_opcode == LIO_WRITE);
}

static int wait_for_all(struct aiocb *const requests[], int count)
{
    int error = 0;

    for (int i = 0; i < count; i++) {
        while (is_operation(requests[i])) {
            uint32_t seen = __coco_aio_count();
            int state = aio_error(requests[i]);
            if (state != EINPROGRESS) {
                error = state != 0 ? EIO : error;
                break;
            }
            int interrupted = __coco_aio_wait(seen, COCO_FOREVER);
            if (interrupted) {
                return interrupted;
            }
        }
    }
    return error;
}

// Accept all; returns EIO or EAGAIN if one was refused.
static int submit_all(struct aiocb *const requests[], int count, struct __aio_list *list)
{
    int result = 0;

    for (int i = 0; i < count; i++) {
        if (!requests[i] || requests[i]->aio_lio_opcode == LIO_NOP) {
            continue;
        }
        int error = EINVAL;
        if (is_operation(requests[i])) {
            if (list) {
                __atomic_add_fetch(&list->pending, 1, __ATOMIC_RELAXED);
            }
            error = __coco_aio_submit(requests[i], requests[i]->aio_lio_opcode, list);
            if (error && list) {
                __atomic_sub_fetch(&list->pending, 1, __ATOMIC_RELAXED);
            }
        }
        if (error) {
            requests[i]->__result = -1;
            requests[i]->__error = error;
            __atomic_store_n(&requests[i]->__state, AIO_DONE, __ATOMIC_RELEASE);
            result = error == EAGAIN ? EAGAIN : result ? result : EIO;
        }
    }
    return result;
}

int lio_listio(int mode, struct aiocb *restrict const list_given[restrict], int count,
               struct sigevent *restrict event)
{
    struct aiocb *const *requests = (struct aiocb *const *)list_given;
    struct __aio_list *list = NULL;

    if ((mode != LIO_WAIT && mode != LIO_NOWAIT) || count < 0 || count > AIO_LISTIO_MAX) {
        errno = EINVAL;
        return -1;
    }
    if (mode == LIO_NOWAIT && event && event->sigev_notify != SIGEV_NONE) {
        list = malloc(sizeof(*list));
        if (!list) {
            errno = EAGAIN;
            return -1;
        }
        // One for this call, so that the list is complete before it can be done.
        *list = (struct __aio_list){.pending = 1, .event = *event};
    }
    int error = submit_all(requests, count, list);
    __coco_aio_list_done(list);
    if (mode == LIO_WAIT) {
        int failed = wait_for_all(requests, count);
        error = error ? error : failed;
    }
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}
