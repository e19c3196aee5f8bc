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

// Result of the kernel's call, or how many are ready.
static int64_t poll_with(struct pollfd *descriptors, nfds_t count, uint64_t deadline,
                         struct waited *waited, struct coco_poll *entries)
{
    int saved_errno = errno; // a descriptor that is not open is no failure here
    int ready = prepare(descriptors, count, waited, entries);
    errno = saved_errno;
    int64_t result = coco_cp_object_poll(entries, count, ready > 0 ? 0 : deadline);
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

static int64_t poll_any_count(struct pollfd *descriptors, nfds_t count, uint64_t deadline)
{
    struct waited small_waited[SMALL_COUNT];
    struct coco_poll small_entries[SMALL_COUNT];
    if (count <= SMALL_COUNT) {
        return poll_with(descriptors, count, deadline, small_waited, small_entries);
    }
    struct waited *waited = calloc(count, sizeof(*waited));
    struct coco_poll *entries = calloc(count, sizeof(*entries));
    int64_t result = COCO_EAGAIN;
    if (waited && entries) {
        result = poll_with(descriptors, count, deadline, waited, entries);
    }
    free(waited);
    free(entries);
    return result;
}

int __coco_poll(struct pollfd *descriptors, nfds_t count, uint64_t deadline, const sigset_t *mask)
{
    sigset_t before;
    if (count > OPEN_MAX) {
        errno = EINVAL;
        return -1;
    }
    if (mask) {
        errno = pthread_sigmask(SIG_SETMASK, mask, &before);
        if (errno) {
            return -1;
        }
    }
    int64_t result = poll_any_count(descriptors, count, deadline);
    if (mask) {
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL); // a set that was in force
    }
    return (int)__coco_ret(result);
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
    const struct timespec time = {.tv_sec = timeout / 1000,
                                  .tv_nsec = (long)(timeout % 1000) * 1000000};
    return ppoll(descriptors, count, timeout < 0 ? NULL : &time, NULL);
}
