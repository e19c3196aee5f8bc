// SPDX-License-Identifier: MIT
// Locks on files.
#pragma once

#include <fcntl.h>

/// fcntl() with F_GETLK, F_SETLK, F_SETLKW and their relatives for open file descriptions.
/// @return 0, or -1 with errno. The waiting ones are cancellation points.
int __coco_record_lock(int fd, int command, struct flock *lock);
