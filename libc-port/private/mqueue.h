// SPDX-License-Identifier: MIT
// What the functions on message queues share.
#pragma once

#include <stdint.h>

/// POSIX's form of the result of a call on a queue: another kind of descriptor is EBADF.
/// @return result, or -1 with errno
long __coco_mqueue_ret(int64_t result);
