// SPDX-License-Identifier: MIT
// Exchanges over channels: sending, receiving, replying.
//
// When the other side waits already, the CPU goes straight to it (sched_claim, sched_block_for): no
// run queue is touched, and the peer gets the rest of the slice. Priorities: all user threads have
// the same, so a caller waits at most for the calls that came before its own.
#include <ipc/channel.h>

#include <base/check.h>

#include "channel_internal.h"

void receiver_tell_gone(struct call_state *state, const struct connection *connection)
{
    state->message->header = (struct coco_channel_message){
        .badge = connection->badge,
        .kind = COCO_CHANNEL_CLOSED,
    };
}

void call_finish(struct channel_call *call, enum status status)
{
    list_remove(&call->link);
    if (call->server != NULL) {
        call->server->serving = NULL;
    } else {
        channel_count_pending(call->connection->channel, -1);
    }
    call->status = status;
    __atomic_store_n(&call->progress, PROGRESS_DONE, __ATOMIC_RELAXED);
    sched_wake(call->thread);
}

void receiver_finish(struct channel_receiver *receiver, enum status status)
{
    list_remove(&receiver->link);
    receiver->status = status;
    __atomic_store_n(&receiver->progress, PROGRESS_DONE, __ATOMIC_RELAXED);
    sched_wake(receiver->thread);
}

// --- sending -------------------------------------------------------------------------------------

/* Gives the message to a receiver that waits. Returns the receiver's thread if it was claimed. */
static struct thread *give(struct channel *channel, struct channel_call *call,
                           struct channel_receiver *receiver)
{
    bool claimed;

    list_remove(&receiver->link);
    pass_message(call, receiver->state);
    if (call->kind == COCO_CHANNEL_CALL) {
        call_serve(channel, call, receiver->state);
    }
    receiver->status = OK;
    claimed = sched_claim(receiver->thread);
    __atomic_store_n(&receiver->progress, claimed ? PROGRESS_CLAIMED : PROGRESS_DONE,
                     __ATOMIC_RELEASE);
    return claimed ? receiver->thread : NULL;
}

/* The block ended with `status` before the call was done. True if the call is off all lists, and
 * `status` its result. Lock held. */
static bool call_withdraw(struct channel *channel, struct channel_call *call, enum status status)
{
    if (status == OK || (status == ERR_INTR && call->progress == PROGRESS_SERVED)) {
        return false;
    }
    list_remove(&call->link);
    if (call->progress == PROGRESS_SERVED) {
        call->server->serving = NULL;
    } else {
        channel_count_pending(channel, -1);
    }
    return true;
}

enum status call_wait(struct channel *channel, struct channel_call *call, uint64_t deadline,
                      enum status status)
{
    while (__atomic_load_n(&call->progress, __ATOMIC_ACQUIRE) != PROGRESS_CLAIMED) {
        irqflags_t flags = spin_lock_irqsave(&channel->lock);
        uint8_t progress = call->progress;
        bool withdrawn = progress != PROGRESS_DONE && call_withdraw(channel, call, status);

        spin_unlock_irqrestore(&channel->lock, flags);
        if (withdrawn) {
            return status;
        }
        if (progress == PROGRESS_DONE) {
            break;
        }
        status = sched_block(deadline, progress == PROGRESS_SERVED ? WAIT_KILLABLE : WAIT_SIGNALS);
    }
    return call->status;
}

/* Nobody receives: joins the callers. Lock held, and given back. */
static enum status call_queue(struct channel *channel, struct channel_call *call, uint64_t deadline,
                              irqflags_t flags)
{
    call->progress = PROGRESS_WAITING;
    list_add_tail(&channel->callers, &call->link);
    channel_count_pending(channel, 1);
    spin_unlock_irqrestore(&channel->lock, flags);
    wait_wake(&channel->events, WAIT_ALL);
    return call_wait(channel, call, deadline, sched_block(deadline, WAIT_SIGNALS));
}

/* A receiver waits. Lock held, and given back. */
static enum status call_hand_over(struct channel *channel, struct channel_call *call,
                                  uint64_t deadline, irqflags_t flags)
{
    struct thread *claimed =
        give(channel, call, list_first_entry(&channel->receivers, struct channel_receiver, link));
    enum status status;

    spin_unlock_irqrestore(&channel->lock, flags);
    if (unlikely(call->kind == COCO_CHANNEL_SEND)) {
        if (claimed != NULL) {
            sched_resume(claimed);
        }
        return OK;
    }
    status = likely(claimed != NULL) ? sched_block_for(claimed, deadline, WAIT_KILLABLE)
                                     : sched_block(deadline, WAIT_KILLABLE);
    return call_wait(channel, call, deadline, status);
}

enum status channel_send(struct object *object, const struct channel_request *request)
{
    struct connection *connection = connection_of(object);
    struct channel *channel = connection->channel;
    struct channel_call call;
    enum status status;

    call.thread = sched_current();
    call.state = sched_call_state();
    call.connection = connection;
    call.server = NULL;
    call.reply_capacity = request->reply_capacity;
    call.kind = request->kind;
    irqflags_t flags = spin_lock_irqsave(&channel->lock);
    if (unlikely(channel->closed || connection->closed)) {
        spin_unlock_irqrestore(&channel->lock, flags);
        status = ERR_CANCELED;
    } else if (list_empty(&channel->receivers)) {
        status = call_queue(channel, &call, request->deadline, flags);
    } else if (call.state->message->header.length >
               list_first_entry(&channel->receivers, struct channel_receiver, link)->capacity) {
        spin_unlock_irqrestore(&channel->lock, flags);
        status = ERR_TOOBIG;
    } else {
        status = call_hand_over(channel, &call, request->deadline, flags);
    }
    return status;
}

// --- receiving -----------------------------------------------------------------------------------

/* Takes the longest waiting caller's message. The caller of a SEND goes on. */
static void take_call(struct channel *channel, struct channel_call *call, struct call_state *state)
{
    pass_message(call, state);
    if (call->kind == COCO_CHANNEL_SEND) {
        call_finish(call, OK);
        return;
    }
    list_remove(&call->link);
    channel_count_pending(channel, -1);
    call_serve(channel, call, state);
}

/* Gives the receiver what waits. False if nothing does. `*gone` gets a reference to put. Lock
 * held. */
static bool take_pending(struct channel *channel, struct channel_receiver *receiver,
                         struct connection **gone)
{
    *gone = NULL;
    if (!list_empty(&channel->gone)) {
        *gone = list_entry(list_take_first(&channel->gone), struct connection, gone_link);
        channel_count_pending(channel, -1);
        receiver_tell_gone(receiver->state, *gone);
        return true;
    }
    while (!list_empty(&channel->callers)) {
        struct channel_call *call = list_first_entry(&channel->callers, struct channel_call, link);

        if (call->state->message->header.length <= receiver->capacity) {
            take_call(channel, call, receiver->state);
            return true;
        }
        call_finish(call, ERR_TOOBIG);
    }
    return false;
}

enum status receiver_wait(struct channel *channel, struct channel_receiver *receiver,
                          uint64_t deadline, enum status status)
{
    while (__atomic_load_n(&receiver->progress, __ATOMIC_ACQUIRE) != PROGRESS_CLAIMED) {
        irqflags_t flags = spin_lock_irqsave(&channel->lock);
        bool done = receiver->progress == PROGRESS_DONE;

        if (!done && status != OK) {
            list_remove(&receiver->link);
        }
        spin_unlock_irqrestore(&channel->lock, flags);
        if (done) {
            break;
        }
        if (status != OK) {
            return status;
        }
        status = sched_block(deadline, WAIT_SIGNALS);
    }
    return receiver->status;
}

/* Receives, and lets `claimed`, if there is one, go on. Lock held, and given back. */
static enum status receive_locked(struct channel *channel, struct channel_receiver *receiver,
                                  struct thread *claimed, uint64_t deadline, irqflags_t flags)
{
    struct connection *gone = NULL;
    bool taken = channel->pending > 0 && take_pending(channel, receiver, &gone);
    enum status status;

    if (likely(!taken && !channel->closed)) {
        receiver->progress = PROGRESS_WAITING;
        list_add_head(&channel->receivers, &receiver->link);
        spin_unlock_irqrestore(&channel->lock, flags);
        status = likely(claimed != NULL) ? sched_block_for(claimed, deadline, WAIT_SIGNALS)
                                         : sched_block(deadline, WAIT_SIGNALS);
        return receiver_wait(channel, receiver, deadline, status);
    }
    spin_unlock_irqrestore(&channel->lock, flags);
    if (claimed != NULL) {
        sched_resume(claimed);
    }
    if (gone != NULL) {
        object_put(&gone->object);
    }
    return taken ? OK : ERR_CANCELED;
}

/* The thread owes nothing to a channel any more, and lets go of it. */
static void detach(struct call_state *state)
{
    struct channel *channel = state->channel;

    if (channel != NULL) {
        state->channel = NULL;
        object_put(&channel->object);
    }
}

/* The thread is about to receive from `channel`. */
static void attach(struct channel *channel, struct call_state *state)
{
    channel_abandon();
    object_get_held(&channel->object);
    state->channel = channel;
}

enum status received(struct call_state *state, enum status status)
{
    if (unlikely(status != OK || state->message->header.kind != COCO_CHANNEL_CALL)) {
        detach(state);
    }
    return status;
}

enum status channel_receive(struct object *object, uint32_t capacity, uint64_t deadline)
{
    struct channel *channel = channel_of(object);
    struct channel_receiver receiver;

    receiver_init(&receiver, capacity);
    attach(channel, receiver.state);
    irqflags_t flags = spin_lock_irqsave(&channel->lock);
    return received(receiver.state, receive_locked(channel, &receiver, NULL, deadline, flags));
}

// --- replying ------------------------------------------------------------------------------------

bool channel_owes_reply(struct object *object)
{
    const struct call_state *state = sched_call_state();

    return state->channel == channel_of(object) &&
           __atomic_load_n(&state->serving, __ATOMIC_RELAXED) != NULL;
}

/* Hands the current thread's message to the caller it serves. Returns the caller's thread if it was
 * claimed. Lock held. */
static struct thread *reply_locked(struct call_state *state)
{
    struct channel_call *call = state->serving;
    struct message *reply = state->message;
    bool claimed;

    list_remove(&call->link);
    state->serving = NULL;
    if (likely(reply->header.length <= call->reply_capacity)) {
        state->message = call->state->message;
        call->state->message = reply;
        call->status = OK;
    } else {
        call->status = ERR_OVERFLOW;
    }
    claimed = sched_claim(call->thread);
    __atomic_store_n(&call->progress, claimed ? PROGRESS_CLAIMED : PROGRESS_DONE, __ATOMIC_RELEASE);
    return claimed ? call->thread : NULL;
}

enum status channel_reply(struct object *object)
{
    struct channel *channel = channel_of(object);
    struct call_state *state = sched_call_state();
    struct thread *claimed = NULL;
    irqflags_t flags = spin_lock_irqsave(&channel->lock);
    bool there = state->channel == channel && state->serving != NULL;

    if (there) {
        claimed = reply_locked(state);
    }
    spin_unlock_irqrestore(&channel->lock, flags);
    if (claimed != NULL) {
        sched_resume(claimed);
    }
    if (state->channel == channel || __atomic_load_n(&state->serving, __ATOMIC_RELAXED) == NULL) {
        detach(state);
    }
    return there ? OK : ERR_NOTREADY;
}

enum status channel_reply_receive(struct object *object, uint32_t capacity)
{
    struct channel *channel = channel_of(object);
    struct channel_receiver receiver;
    struct thread *claimed = NULL;

    receiver_init(&receiver, capacity);
    if (unlikely(receiver.state->channel != channel)) {
        attach(channel, receiver.state);
    }
    irqflags_t flags = spin_lock_irqsave(&channel->lock);
    if (likely(receiver.state->serving != NULL)) {
        claimed = reply_locked(receiver.state);
    }
    return received(receiver.state,
                    receive_locked(channel, &receiver, claimed, WAIT_FOREVER, flags));
}

void channel_abandon(void)
{
    struct call_state *state = sched_call_state();
    struct channel *channel = state->channel;

    if (channel == NULL) {
        return;
    }
    irqflags_t flags = spin_lock_irqsave(&channel->lock);
    if (state->serving != NULL) {
        call_finish(state->serving, ERR_CANCELED);
    }
    spin_unlock_irqrestore(&channel->lock, flags);
    detach(state);
}
