// SPDX-License-Identifier: MIT
// What poll() and select() share.
#pragma once

#include <poll.h>
#include <signal.h>
#include <stdint.h>

/// Wait until a descriptor is ready; fills in `revents` everywhere.
/// @param deadline  monotonic clock, nanoseconds; 0: look only; COCO_FOREVER: no limit
/// @param mask      signals blocked meanwhile, or NULL
/// @return how many are ready, or -1 with errno
int __coco_poll(struct pollfd *descriptors, nfds_t count, uint64_t deadline, const sigset_t *mask);

/// The deadline for a timeout that starts now.
/// @param time  NULL for no limit
/// @return 0, or -1 with errno EINVAL
int __coco_poll_deadline(const struct timespec *time, uint64_t *deadline);
