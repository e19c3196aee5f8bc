// SPDX-License-Identifier: MIT
// The fast path: a call whose server waits on this CPU, and its reply. Lock, decide, commit, and
// the CPU is the peer's. Interrupts are off all the way, and nothing is changed before it is
// certain that the whole step can be made; what is out of the ordinary goes through channel_call.c.
// Records of waits are in the threads: a frame without them needs no guard.
#include <ipc/channel.h>

#include <arch/cpu.h>

#include "channel_internal.h"

enum status channel_call_fast(struct object *object, uint32_t reply_capacity)
{
    struct connection *connection = connection_of(object);
    struct channel *channel = connection->channel;
    struct call_state *state = sched_call_state();
    struct channel_call *call = call_record(state);
    struct message *message = state->message;
    struct channel_receiver *receiver;
    struct call_state *server;
    enum status status;

    spin_lock(&channel->lock);
    receiver = list_first_entry(&channel->receivers, struct channel_receiver, link);
    if (unlikely(list_empty(&channel->receivers) || channel->closed || connection->closed ||
                 message->header.length > receiver->capacity ||
                 !sched_hand_over_begin(receiver->thread, WAIT_KILLABLE))) {
        spin_unlock(&channel->lock);
        return ERR_AGAIN;
    }
    list_unlink(&receiver->link);
    server = receiver->state;
    state->message = server->message;
    server->message = message;
    message->header.badge = connection->badge;
    message->header.kind = COCO_CHANNEL_CALL;
    call->connection = connection;
    call->reply_capacity = reply_capacity;
    call->kind = COCO_CHANNEL_CALL;
    call_serve(channel, call, server);
    receiver->status = OK;
    __atomic_store_n(&receiver->progress, PROGRESS_CLAIMED, __ATOMIC_RELEASE);
    status = sched_hand_over(receiver->thread, WAIT_KILLABLE, &channel->lock);
    if (likely(__atomic_load_n(&call->progress, __ATOMIC_ACQUIRE) == PROGRESS_CLAIMED)) {
        return call->status;
    }
    arch_irq_enable();
    return call_wait(channel, call, WAIT_FOREVER, status);
}

struct object *channel_served(void)
{
    const struct call_state *state = sched_call_state();

    return __atomic_load_n(&state->serving, __ATOMIC_RELAXED) != NULL ? &state->channel->object
                                                                      : NULL;
}

/* Whether the reply can go out, the caller can go on here, and nothing waits to be received. Then
 * its thread is locked for the hand-over. Lock held. */
static inline bool can_reply(const struct channel *channel, const struct channel_call *call,
                             const struct message *reply)
{
    return call != NULL && channel->pending == 0 && !channel->closed &&
           reply->header.length <= call->reply_capacity &&
           sched_hand_over_begin(call->thread, WAIT_SIGNALS);
}

/* What there is to do when the wait did not end with a call. */
static __noinline enum status receive_end(struct channel *channel,
                                          struct channel_receiver *receiver, enum status status)
{
    arch_irq_enable();
    return received(receiver->state, receiver_wait(channel, receiver, WAIT_FOREVER, status));
}

enum status channel_reply_receive_fast(uint32_t capacity)
{
    struct call_state *state = sched_call_state();
    struct channel *channel = state->channel;
    struct channel_receiver *receiver = receiver_record(state);
    struct message *reply = state->message;
    struct channel_call *call;
    enum status status;

    spin_lock(&channel->lock);
    call = state->serving;
    if (unlikely(!can_reply(channel, call, reply))) {
        spin_unlock(&channel->lock);
        return ERR_AGAIN;
    }
    list_unlink(&call->link);
    state->serving = NULL;
    state->message = call->state->message;
    call->state->message = reply;
    call->status = OK;
    receiver->capacity = capacity;
    receiver->progress = PROGRESS_WAITING;
    list_add_head(&channel->receivers, &receiver->link);
    __atomic_store_n(&call->progress, PROGRESS_CLAIMED, __ATOMIC_RELEASE);
    status = sched_hand_over(call->thread, WAIT_SIGNALS, &channel->lock);
    if (likely(__atomic_load_n(&receiver->progress, __ATOMIC_ACQUIRE) == PROGRESS_CLAIMED &&
               receiver->status == OK && state->serving != NULL)) {
        return OK;
    }
    return receive_end(channel, receiver, status);
}
