// SPDX-License-Identifier: MIT
// Catching signals in the tests: one entry for all, which notes what was delivered.
#pragma once

#include <coconut/types.h>
#include <harness/thread.h>

#include <stdbool.h>
#include <stdint.h>

#define SIGNAL_BIT(signal) (1ull << (signal))
#define SIGNALS_KEPT 512u

/* Numbers without a meaning of their own to the kernel. */
#define SIGNAL_ONE 30u
#define SIGNAL_OTHER 31u
#define SIGNAL_QUEUED 33u

/// What was delivered, since signals_reset().
struct signals_caught {
    uint32_t count; /* atomic */
    struct coco_signal_info info[SIGNALS_KEPT];
    uint64_t handler; /* of the last one */
    uint64_t mask;
    uint64_t blocked; /* as signal_mask told the handler */
    uint64_t frame;   /* where the frame was */
    uint32_t flags;
};

extern struct signals_caught signals_caught;

/// Called by the entry before it returns from the signal, if not NULL. May change the frame.
extern void (*signals_hook)(struct coco_signal_frame *frame);

/// Where delivery begins; notes, calls the hook and returns from the signal.
void signals_entry(struct coco_signal_frame *frame);

/// Makes signals_entry() catch a signal. 0 or an error.
int64_t signals_catch(uint32_t signal, uint32_t flags, uint64_t mask);

/// Sets the action of a signal to COCO_SIGNAL_DEFAULT or COCO_SIGNAL_IGNORE. 0 or an error.
int64_t signals_set(uint32_t signal, uint64_t handler);

/// Sends a signal to the calling thread. 0 or an error.
int64_t signals_raise(uint32_t signal);

/// Sends this process `signal` until `thread`, which is the one that takes it, has ended, a minute
/// at most, and joins it: the first may come before it waits. The calling thread blocks the signal
/// meanwhile.
void signals_interrupt(uint32_t signal, struct thread *thread);

/// Default actions, nothing blocked, nothing caught.
void signals_reset(void);

/// Waits at most a minute until `count` signals were caught.
bool signals_await(uint32_t count);
