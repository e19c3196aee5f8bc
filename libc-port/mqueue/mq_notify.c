// SPDX-License-Identifier: MIT
// Notification. For SIGEV_THREAD a thread waits for the message from the start, and becomes the one
// that runs the program's function: it has the attributes that the program wants for that.
#include <errno.h>
#include <mqueue.h>
#include <pthread.h>
#include <stdlib.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/mqueue.h"
#include "../private/ret.h"

struct notice {
    coco_handle_t watch; /* ends when the message comes */
    void (*function)(union sigval);
    union sigval value;
};

static void *wait_and_call(void *argument)
{
    struct notice notice = *(struct notice *)argument;
    struct coco_poll poll = {.handle = notice.watch, .wanted = COCO_EVENT_ENDED};
    free(argument);
    int64_t result;
    do {
        result = coco_object_poll(&poll, 1, COCO_FOREVER);
    } while (result == COCO_EINTR);
    (void)coco_close(notice.watch); // always succeeds
    if (result == 1 && (poll.returned & COCO_EVENT_ENDED)) {
        notice.function(notice.value);
    }
    return NULL;
}

// Start the thread with all signals blocked, which are the program's other threads' to take.
static int start_thread(const struct sigevent *event, struct notice *notice)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    if (event->sigev_notify_attributes) {
        attributes = *event->sigev_notify_attributes;
    } else {
        (void)pthread_attr_init(&attributes); // cannot fail
    }
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, &attributes, wait_and_call, notice);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static int notify_by_thread(coco_handle_t queue, const struct sigevent *event)
{
    struct notice *notice = malloc(sizeof(*notice)); // sets errno
    if (!notice) {
        return -1;
    }
    int64_t watch = coco_mqueue_notify(queue, COCO_MQUEUE_NOTIFY_HANDLE, 0, 0);
    if (__coco_mqueue_ret(watch) < 0) {
        free(notice);
        return -1;
    }
    *notice =
        (struct notice){(coco_handle_t)watch, event->sigev_notify_function, event->sigev_value};
    int error = start_thread(event, notice);
    if (error != 0) {
        (void)coco_mqueue_notify(queue, COCO_MQUEUE_NOTIFY_REMOVE, 0, 0); // ours, or gone
        (void)coco_close((coco_handle_t)watch);
        free(notice);
        errno = error;
        return -1;
    }
    return 0;
}

static int notify(coco_handle_t queue, const struct sigevent *event)
{
    if (!event) {
        return (int)__coco_mqueue_ret(coco_mqueue_notify(queue, COCO_MQUEUE_NOTIFY_REMOVE, 0, 0));
    }
    switch (event->sigev_notify) {
    case SIGEV_NONE:
        return (int)__coco_mqueue_ret(coco_mqueue_notify(queue, COCO_MQUEUE_NOTIFY_NOTHING, 0, 0));
    case SIGEV_SIGNAL:
        return (int)__coco_mqueue_ret(coco_mqueue_notify(queue, COCO_MQUEUE_NOTIFY_SIGNAL,
                                                         (uint32_t)event->sigev_signo,
                                                         (uintptr_t)event->sigev_value.sival_ptr));
    case SIGEV_THREAD:
        return notify_by_thread(queue, event);
    default:
        errno = EINVAL;
        return -1;
    }
}

int mq_notify(mqd_t queue, const struct sigevent *event)
{
    struct file_description *description = __coco_fd_get(queue);
    if (!description) {
        return -1;
    }
    int result = notify(description->handle, event);
    __coco_fd_put(description);
    return result;
}
