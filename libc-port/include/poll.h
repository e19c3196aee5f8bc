// SPDX-License-Identifier: MIT
// Waiting for one of several descriptors.
#pragma once

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

struct pollfd {
    int fd;
    short events;  /* POLL* to wait for */
    short revents; /* POLL* that hold */
};

/// Wait at most timeout milliseconds (-1: no limit) until a descriptor is ready. Not available on
/// this system yet. Returns -1 with errno ENOSYS.
int poll(struct pollfd *__descriptors, nfds_t __count, int __timeout);

#ifdef __cplusplus
}
#endif
