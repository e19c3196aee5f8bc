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

_Static_assert(sizeof(struct channel_call) <= sizeof(((struct call_state *)0)->record) &&
                   sizeof(struct channel_receiver) <= sizeof(((struct call_state *)0)->record) &&
                   offsetof(struct channel_call, thread) ==
                       offsetof(struct channel_receiver, thread) &&
                   offsetof(struct channel_call, state) == offsetof(struct channel_receiver, state),
               "both records fit, and begin alike");

/// The current thread's own record for either wait; who it belongs to is filled in once.
static inline struct channel_call *call_record(struct call_state *state)
{
    return (struct channel_call *)(void *)state->record;
}

static inline struct channel_receiver *receiver_record(struct call_state *state)
{
    return (struct channel_receiver *)(void *)state->record;
}

static inline void call_record_init(struct call_state *state)
{
    call_record(state)->thread = sched_current();
    call_record(state)->state = state;
}

/// The current thread is about to receive.
static inline void receiver_init(struct channel_receiver *receiver, uint32_t capacity)
{
    receiver->thread = sched_current();
    receiver->state = sched_call_state();
    receiver->capacity = capacity;
}

/// Sleeps until the call is done; `status` is what the first block returned. Result of the call.
enum status call_wait(struct channel *channel, struct channel_call *call, uint64_t deadline,
                      enum status status);

/// Sleeps until the receiver has a message; the same.
enum status receiver_wait(struct channel *channel, struct channel_receiver *receiver,
                          uint64_t deadline, enum status status);

/// The current thread has received something, or an error, and so has to be told: without a call to
/// serve it lets go of the channel. Returns `status`.
enum status received(struct call_state *state, enum status status);

// The rest is called with the channel's lock held.

/// What the receiver finds; the sender's message becomes the receiver's and the other way round.
static inline void pass_message(const struct channel_call *call, struct call_state *to)
{
    struct message *message = call->state->message;

    call->state->message = to->message;
    to->message = message;
    message->header.badge = call->connection->badge;
    message->header.kind = call->kind;
}

/// The call, in no list now, becomes one that `server` owes a reply to.
static inline void call_serve(struct channel *channel, struct channel_call *call,
                              struct call_state *server)
{
    call->server = server;
    server->serving = call;
    __atomic_store_n(&call->progress, PROGRESS_SERVED, __ATOMIC_RELAXED);
    list_add_tail(&channel->served, &call->link);
}

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
