// SPDX-License-Identifier: MIT
// A client's calls go to the server's dispatch in the same thread: no kernel, and no handle is
// real.
#include <string.h>

#include "../round_trip.h"

static struct coco_client client;

int32_t coco_client_call(struct coco_client *caller, struct coco_client_call *call)
{
    struct coco_call served = {
        .badge = 42,
        .request = caller->request,
        .reply = caller->reply,
        .length = call->length,
        .kind = call->flags & COCO_CLIENT_ONEWAY ? COCO_CHANNEL_SEND : COCO_CHANNEL_CALL,
        .handle_count = (uint16_t)call->handle_count,
    };
    struct coco_reply_header header;

    for (uint32_t i = 0; i < call->handle_count; i++) {
        served.handles[i] = call->handles[i].handle;
    }
    memset(caller->reply, 0xa5, sizeof(caller->reply));
    everything_dispatch(&round_trip_server, &served);
    memcpy(&header, caller->reply, sizeof(header));
    call->reply_length = served.reply_length;
    for (uint32_t i = 0; i < served.reply_handle_count; i++) {
        call->reply_handles[i] = served.reply_handles[i].handle;
    }
    return call->flags & COCO_CLIENT_ONEWAY ? 0 : header.status;
}

int32_t coco_client_reject(const struct coco_client_call *call)
{
    (void)call;
    return COCO_EIO;
}

int32_t coco_call_handle(const struct coco_call *call, uint32_t index, uint32_t object,
                         uint32_t rights)
{
    (void)object;
    (void)rights;
    return call->handles[index] == COCO_HANDLE_NONE ? COCO_ENOTFOUND : 0;
}

struct coco_client *round_trip_client(void)
{
    return &client;
}

coco_handle_t round_trip_memory(void)
{
    return 100;
}

coco_handle_t round_trip_event(void)
{
    return 200;
}
