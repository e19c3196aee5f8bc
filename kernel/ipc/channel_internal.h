// SPDX-License-Identifier: MIT
// What the files of channels share.
//
// Threads that wait stand in the channel's lists with a record on their own stack. Whoever ends a
// wait does so with the channel's lock held: it takes the record off its list, sets `progress`, and
// wakes the thread. A thread leaves its wait with that lock taken, so it exists while it is woken;
// only one that was claimed (sched_claim) for a hand-over needs not, as nobody else can wake it.
#pragma once

#include <arch/spinlock.h>
#include <base/list.h>
#include <ipc/channel.h>
#include <ipc/message.h>
#include <object/call_state.h>
#include <object/wait.h>

enum progress {
    PROGRESS_WAITING,
    PROGRESS_SERVED,  /* a call that was received */
    PROGRESS_DONE,    /* woken in the ordinary way */
    PROGRESS_CLAIMED, /* done, and the CPU is handed over */
};

/// A thread that sends.
struct channel_call {
    struct list link; /* in `callers`, then in `served` */
    struct thread *thread;
    struct call_state *state;
    struct connection *connection;
    struct call_state *server; /* of the thread that serves the call */
    uint32_t reply_capacity;
    uint16_t kind;
    uint8_t progress;   /* enum progress; atomic */
    enum status status; /* once done */
};

/// A thread that receives.
struct channel_receiver {
    struct list link; /* in `receivers` */
    struct thread *thread;
    struct call_state *state;
    uint32_t capacity;
    uint8_t progress; /* enum progress; atomic */
    enum status status;
};

struct channel {
    struct object object;
    struct spinlock lock;
    bool closed;              /* no handle is left, and none can come back */
    uint32_t pending;         /* entries of `callers` and `gone`; stored atomically */
    struct list callers;      /* struct channel_call: longest waiting first */
    struct list served;       /* struct channel_call */
    struct list receivers;    /* struct channel_receiver: latest first, its caches are warm */
    struct list gone;         /* struct connection: their end is to be told; a reference each */
    struct wait_queue events; /* woken when an event begins to hold */
};

struct connection {
    struct object object;
    struct channel *channel; /* one reference */
    uint64_t badge;
    bool notify;
    bool closed; /* its last handle has gone; what is made of it later is of no use */
    struct list gone_link;
};

static inline struct channel *channel_of(struct object *object)
{
    return container_of(object, struct channel, object);
}

static inline struct connection *connection_of(struct object *object)
{
    return container_of(object, struct connection, object);
}

// The rest is called with the channel's lock held.

/// Takes the call off its list and sets its result; the thread goes on in the ordinary way.
void call_finish(struct channel_call *call, enum status status);

/// Gives what is told about a connection's end to a receiver.
void receiver_tell_gone(struct call_state *state, const struct connection *connection);

/// Ends a receiver's wait.
void receiver_finish(struct channel_receiver *receiver, enum status status);

/// Notes that `change` more wait to be received.
static inline void channel_count_pending(struct channel *channel, int change)
{
    __atomic_store_n(&channel->pending, channel->pending + (uint32_t)change, __ATOMIC_RELAXED);
}
