// SPDX-License-Identifier: MIT
// Calls that are served without their thunk when everything is as it mostly is. Private to syscall.
#pragma once

#include <abi/numbers.h>
#include <arch/trap.h>
#include <base/compiler.h>

/// Whether the number is that of a call with a fast path.
static inline bool fast_path_has(uint64_t number)
{
    return unlikely(number == COCO_SYS_CHANNEL_CALL || number == COCO_SYS_CHANNEL_REPLY_RECEIVE);
}

/// Serves the call, which is one of those, and returns its result; ERR_AGAIN, which none of them
/// has, if it takes the long way, with nothing changed. Called with interrupts off; with any other
/// result they may be on.
int64_t fast_path(const struct syscall_frame *frame);
