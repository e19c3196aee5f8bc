// SPDX-License-Identifier: MIT
// Signals: what the files of signal/ share. The kernel keeps actions, masks and what waits; this
// library keeps nothing but the address of the signal stack for sigaltstack() to tell.
#pragma once

#include <signal.h>

#include <coconut/types.h>

/// Whether a number is one of a signal.
static inline int __coco_signal_valid(int signal)
{
    return signal > 0 && signal < NSIG;
}

/// What the kernel tells about a signal, as POSIX has it. For a floating-point exception `fpu`, the
/// state as XSAVE stores it, says which; it may be NULL.
void __coco_siginfo(const struct coco_signal_info *from, const void *fpu, siginfo_t *to);
