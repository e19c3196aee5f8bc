// SPDX-License-Identifier: MIT
// poll() and ppoll(): descriptors become handles, which the kernel waits for.
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/clock.h"
#include "../private/fd.h"
#include "../private/poll.h"
#include "../private/ret.h"

#define READ_EVENTS (POLLIN | POLLRDNORM)
#define WRITE_EVENTS (POLLOUT | POLLWRNORM)
#define SMALL_COUNT 16 /* descriptors for which no memory is allocated */

struct poll_request {
    struct pollfd *descriptors;
    nfds_t count;
    uint64_t deadline;
    const sigset_t *mask; // signals blocked meanwhile, in one step with the wait; or NULL
};

struct waited {
    struct file_description *description; // held during the call; NULL: none
    short local;                          // what holds without asking the kernel
};

// Look the descriptors up. Returns how many are ready without asking the kernel.
static int prepare(struct pollfd *descriptors, nfds_t count, struct waited *waited,
                   struct coco_poll *entries)
{
    int ready = 0;
    for (nfds_t i = 0; i < count; i++) {
        short events = descriptors[i].events;
        entries[i] = (struct coco_poll){.handle = COCO_HANDLE_NONE};
        waited[i] = (struct waited){NULL, 0};
        if (descriptors[i].fd < 0) {
            continue;
        }
        waited[i].description = __coco_fd_get(descriptors[i].fd);
        if (!waited[i].description) {
            waited[i].local = POLLNVAL;
        } else if (waited[i].description->handle == COCO_HANDLE_NONE) { // empty input
            waited[i].local = events & READ_EVENTS;
        } else {
            entries[i].handle = waited[i].description->handle;
            entries[i].wanted = events & READ_EVENTS ? COCO_EVENT_READ : 0;
            entries[i].wanted |= events & WRITE_EVENTS ? COCO_EVENT_WRITE : 0;
        }
        ready += waited[i].local != 0;
    }
    return ready;
}

static short to_revents(const struct coco_poll *entry, short events)
{
    int result = 0;
    result |= entry->returned & COCO_EVENT_READ ? events & READ_EVENTS : 0;
    result |= entry->returned & COCO_EVENT_WRITE ? events & WRITE_EVENTS : 0;
    result |= entry->returned & COCO_EVENT_HANGUP ? POLLHUP : 0;
    result |= entry->returned & COCO_EVENT_ERROR ? POLLERR : 0;
    result |= entry->returned & COCO_EVENT_INVALID ? POLLNVAL : 0;
    return (short)result;
}

static int finish(struct pollfd *descriptors, nfds_t count, const struct waited *waited,
                  const struct coco_poll *entries)
{
    int ready = 0;
    for (nfds_t i = 0; i < count; i++) {
        short kernel = to_revents(&entries[i], descriptors[i].events);
        descriptors[i].revents = (short)(waited[i].local | kernel);
        ready += descriptors[i].revents != 0;
    }
    return ready;
}

static int64_t ask(struct coco_poll *entries, nfds_t count, uint64_t deadline, const sigset_t *mask)
{
    if (!mask) {
        return coco_cp_object_poll(entries, count, deadline);
    }
    return coco_cp_object_poll_masked(entries, count, deadline,
                                      *mask & ~((sigset_t)1 << SIGCANCEL));
}

// Result of the kernel's call, or how many are ready.
static int64_t poll_with(const struct poll_request *request, struct waited *waited,
                         struct coco_poll *entries)
{
    struct pollfd *descriptors = request->descriptors;
    nfds_t count = request->count;
    int saved_errno = errno; // a descriptor that is not open is no failure here
    int ready = prepare(descriptors, count, waited, entries);
    errno = saved_errno;
    int64_t result = ask(entries, count, ready > 0 ? 0 : request->deadline, request->mask);
    if (ready > 0 && result == COCO_EINTR) {
        result = 0; // what is known without the kernel is enough
    }
    if (result >= 0) {
        result = finish(descriptors, count, waited, entries);
    }
    for (nfds_t i = 0; i < count; i++) {
        if (waited[i].description) {
            __coco_fd_put(waited[i].description);
        }
    }
    return result;
}

static int64_t poll_any_count(const struct poll_request *request)
{
    struct waited small_waited[SMALL_COUNT];
    struct coco_poll small_entries[SMALL_COUNT];
    if (request->count <= SMALL_COUNT) {
        return poll_with(request, small_waited, small_entries);
    }
    struct waited *waited = calloc(request->count, sizeof(*waited));
    struct coco_poll *entries = calloc(request->count, sizeof(*entries));
    int64_t result = COCO_EAGAIN;
    if (waited && entries) {
        result = poll_with(request, waited, entries);
    }
    free(waited);
    free(entries);
    return result;
}

int __coco_poll(struct pollfd *descriptors, nfds_t count, uint64_t deadline, const sigset_t *mask)
{
    const struct poll_request request = {descriptors, count, deadline, mask};
    if (count > OPEN_MAX) {
        errno = EINVAL;
        return -1;
    }
    return (int)__coco_ret(poll_any_count(&request));
}

int __coco_poll_deadline(const struct timespec *time, uint64_t *deadline)
{
    *deadline = COCO_FOREVER;
    if (!time) {
        return 0;
    }
    if (time->tv_sec < 0 || !__coco_timespec_valid(time)) {
        errno = EINVAL;
        return -1;
    }
    uint64_t left = __coco_time_ns(time);
    if (left == 0) {
        *deadline = 0;
    } else if (__builtin_add_overflow(__coco_monotonic(), left, deadline)) {
        *deadline = COCO_FOREVER;
    }
    return 0;
}

int ppoll(struct pollfd *descriptors, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask)
{
    uint64_t deadline;
    if (__coco_poll_deadline(timeout, &deadline) < 0) {
        return -1;
    }
    return __coco_poll(descriptors, count, deadline, mask);
}

int poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
    if (timeout <= 0) {
        return __coco_poll(descriptors, count, timeout < 0 ? COCO_FOREVER : 0, NULL);
    }
    const struct timespec time = {.tv_sec = timeout / 1000,
                                  .tv_nsec = (long)(timeout % 1000) * 1000000};
    return ppoll(descriptors, count, &time, NULL);
}
