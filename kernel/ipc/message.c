// SPDX-License-Identifier: MIT
#include <ipc/channel.h>
#include <ipc/message.h>

#include <base/check.h>
#include <mm/heap.h>
#include <object/call_state.h>
#include <object/handle.h>

#include "channel_internal.h"

_Static_assert(offsetof(struct message, data) ==
                   offsetof(struct message, header) + sizeof(struct coco_channel_message),
               "header and payload are copied out in one piece");

/* What a thread leaves behind when it ends. */
static void release(struct call_state *state)
{
    channel_abandon();
    message_drop_handles(state->message);
    kfree(state->message);
    state->message = NULL;
    state->release = NULL;
}

static enum status make(struct call_state *state)
{
    void *memory;
    enum status status = kmalloc(sizeof(struct message), &memory);

    if (status == OK) {
        state->message = memory;
        state->message->handle_count = 0;
        state->message->header = (struct coco_channel_message){0}; /* goes out as a whole */
        state->release = release;
        call_record_init(state);
    }
    return status;
}

enum status message_prepare(struct message **out)
{
    struct call_state *state = sched_call_state();

    if (unlikely(state->message == NULL)) {
        enum status status = make(state);

        if (status != OK) {
            return status;
        }
    }
    if (unlikely(state->message->handle_count != 0)) {
        message_drop_handles(state->message);
    }
    *out = state->message;
    return OK;
}

struct message *message_current(void)
{
    return sched_call_state()->message;
}

void message_add_handle(struct message *message, struct object *object, uint32_t rights)
{
    CHECK(message->handle_count < COCO_CHANNEL_HANDLES_MAX, "too many handles in a message");
    message->handles[message->handle_count++] = (struct message_handle){object, rights};
}

void message_drop_handles(struct message *message)
{
    while (message->handle_count > 0) {
        handle_drop(message->handles[--message->handle_count].object);
    }
}
