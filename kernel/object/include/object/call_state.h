// SPDX-License-Identifier: MIT
// What a thread keeps between two system calls about channels: the message it writes and reads, and
// the call that it serves. Only kernel/ipc looks inside; it is here so that threads can hold it
// without knowing channels.
#pragma once

#include <base/types.h>

struct channel;
struct channel_call;
struct message;

/// All zero is the state of a thread that has not used a channel. `message` changes hands with the
/// peer's under the channel's lock; `serving` is guarded by the lock of `channel`.
struct call_state {
    struct message *message;      /* NULL until the first use */
    struct channel *channel;      /* that `serving` came from; one reference */
    struct channel_call *serving; /* received from it and not replied to */
    uint64_t record[8]; /* of the wait on the fast path: struct channel_call or _receiver */
    /// Frees all of it and fails the call that is served; NULL while there is nothing to free.
    void (*release)(struct call_state *state);
};

/// Upcall, defined by the scheduler: the current thread's state.
struct call_state *sched_call_state(void);

/// To be called when the thread ends, while it can still wake others.
static inline void call_state_end(struct call_state *state)
{
    if (state->release != 0) {
        state->release(state);
    }
}
