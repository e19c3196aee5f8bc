// SPDX-License-Identifier: MIT
// Waiting for one of several descriptors.
#pragma once

#include <sys/features.h>

#include <sys/_sigset.h>
#include <sys/timespec.h>

#ifdef __cplusplus
extern "C" {
#endif

#define POLLIN 0x001
#define POLLPRI 0x002
#define POLLOUT 0x004
#define POLLERR 0x008
#define POLLHUP 0x010
#define POLLNVAL 0x020
#define POLLRDNORM 0x040
#define POLLRDBAND 0x080
#define POLLWRNORM 0x100
#define POLLWRBAND 0x200

typedef unsigned long nfds_t;

#if !defined(_SIGSET_T_DECLARED)
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

struct pollfd {
    int fd;        /* negative: passed over */
    short events;  /* POLL* to wait for */
    short revents; /* POLL* that hold */
};

/// Wait at most timeout milliseconds (-1: no limit) until a descriptor is ready. Returns how many
/// are, 0 when the time has passed, or -1 with errno.
int poll(struct pollfd *__descriptors, nfds_t __count, int __timeout);

#if __POSIX_VISIBLE >= 202405 || __GNU_VISIBLE || __BSD_VISIBLE
/// The same with a finer time (NULL: no limit), and other signals blocked meanwhile if mask is not
/// NULL.
int ppoll(struct pollfd *__descriptors, nfds_t __count, const struct timespec *__timeout,
          const sigset_t *__mask);
#endif

#ifdef __cplusplus
}
#endif
