// SPDX-License-Identifier: MIT
// select() and pselect() over poll(). Nothing here has exceptional conditions.
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/select.h>

#include "../private/poll.h"

#define SMALL_COUNT 16 /* descriptors for which no memory is allocated */

struct sets {
    fd_set *readable;
    fd_set *writable;
    fd_set *exceptional;
};

static bool is_in(int fd, const fd_set *set)
{
    return set && FD_ISSET(fd, set);
}

// How many descriptors below `count` are in a set; with `out`, list them.
static nfds_t collect(int count, const struct sets *sets, struct pollfd *out)
{
    nfds_t found = 0;
    for (int fd = 0; fd < count; fd++) {
        int events = is_in(fd, sets->readable) ? POLLIN : 0;
        events |= is_in(fd, sets->writable) ? POLLOUT : 0;
        events |= is_in(fd, sets->exceptional) ? POLLPRI : 0;
        if (events != 0) {
            if (out) {
                out[found] = (struct pollfd){.fd = fd, .events = (short)events};
            }
            found++;
        }
    }
    return found;
}

static void clear(int count, fd_set *set)
{
    for (int fd = 0; set && fd < count; fd++) {
        FD_CLR(fd, set);
    }
}

static int mark(int fd, fd_set *set)
{
    FD_SET(fd, set);
    return 1;
}

// Turn what poll() found into sets. Returns the number of bits set.
static int report(int count, const struct sets *sets, const struct pollfd *found, nfds_t len)
{
    int bits = 0;
    clear(count, sets->readable);
    clear(count, sets->writable);
    clear(count, sets->exceptional);
    for (nfds_t i = 0; i < len; i++) {
        short events = found[i].events;
        short revents = found[i].revents;
        if ((events & POLLIN) && (revents & (POLLIN | POLLHUP | POLLERR))) {
            bits += mark(found[i].fd, sets->readable);
        }
        if ((events & POLLOUT) && (revents & (POLLOUT | POLLERR))) {
            bits += mark(found[i].fd, sets->writable);
        }
    }
    return bits;
}

static int select_with(int count, const struct sets *sets, struct pollfd *list, nfds_t len,
                       uint64_t deadline, const sigset_t *mask)
{
    (void)collect(count, sets, list);
    if (__coco_poll(list, len, deadline, mask) < 0) {
        return -1;
    }
    for (nfds_t i = 0; i < len; i++) {
        if (list[i].revents & POLLNVAL) {
            errno = EBADF;
            return -1;
        }
    }
    return report(count, sets, list, len);
}

int pselect(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
            const struct timespec *timeout, const sigset_t *mask)
{
    const struct sets sets = {readable, writable, exceptional};
    struct pollfd small_list[SMALL_COUNT];
    uint64_t deadline;
    if (count < 0 || count > FD_SETSIZE) {
        errno = EINVAL;
        return -1;
    }
    if (__coco_poll_deadline(timeout, &deadline) < 0) {
        return -1;
    }
    nfds_t len = collect(count, &sets, NULL);
    if (len <= SMALL_COUNT) {
        return select_with(count, &sets, small_list, len, deadline, mask);
    }
    struct pollfd *list = calloc(len, sizeof(*list)); // sets errno
    if (!list) {
        return -1;
    }
    int result;
    pthread_cleanup_push(free, list); // a cancellation point
    result = select_with(count, &sets, list, len, deadline, mask);
    pthread_cleanup_pop(0);
    int saved_errno = errno;
    free(list);
    errno = saved_errno;
    return result;
}

int select(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
           struct timeval *timeout)
{
    struct timespec time;
    if (timeout) {
        if (timeout->tv_usec < 0 || timeout->tv_usec >= 1000000) {
            errno = EINVAL;
            return -1;
        }
        time = (struct timespec){.tv_sec = timeout->tv_sec, .tv_nsec = timeout->tv_usec * 1000};
    }
    return pselect(count, readable, writable, exceptional, timeout ? &time : NULL, NULL);
}
