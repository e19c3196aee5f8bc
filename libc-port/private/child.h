// SPDX-License-Identifier: MIT
// What wait() and its relatives make of what the kernel tells of a child. Pure.
#pragma once

#include <signal.h>
#include <stdint.h>

#include <coconut/types.h>

/// How wait() reports an end, a stop or a continuation.
/// @return the status word for WIFEXITED and the like
int __coco_wait_status(const struct coco_exit_status *status);

/// CLD_* of a status word, and the exit code or signal in *detail.
int __coco_wait_code(int status, int *detail);
