// SPDX-License-Identifier: MIT
// Policies and priorities of threads.
//
// A real-time thread runs before all others on its CPU, up to the share that real_time.h describes.
// `nice` makes turns among the others longer or shorter; it never keeps anybody from running.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <base/types.h>

/// How the thread `thread` of the process `process` is scheduled; 0 stands for the current one,
/// COCO_SCHEDULE_ALL for any. ERR_SRCH there is none; ERR_PERM the current process may not signal
/// that one.
__must_check enum status schedule_get(uint64_t process, uint64_t thread,
                                      struct coco_schedule *schedule);

/// Changes it as `what` (COCO_SCHEDULE_SET_*) says, for all threads that there are with
/// COCO_SCHEDULE_ALL. ERR_INVAL no such policy, or priority for it; ERR_SRCH, ERR_PERM as above;
/// ERR_PERM the current process may not control what concerns all, and asks for more than there is.
__must_check enum status schedule_set(uint64_t process, uint64_t thread, uint32_t what,
                                      const struct coco_schedule *schedule);
