// SPDX-License-Identifier: MIT
// Calls that end once, whatever becomes of the server.
#include <string.h>

#include <coconut/coconut.h>
#include <coconut/event.h>
#include <coconut/service.h>

#define ATTEMPTS 16u

void coco_client_init(struct coco_client *client, coco_handle_t connection)
{
    client->connection = connection;
    client->attempts = ATTEMPTS;
    client->timeout = COCO_FOREVER;
    client->calls = 0;
    client->interrupted = 0;
}

/* With handles or a deadline: the long way, apart so that the other one has a small frame. */
__attribute__((noinline)) static int64_t exchange(struct coco_client *client,
                                                  struct coco_client_call *call, uint64_t deadline,
                                                  uint32_t *came)
{
    struct coco_exchange exchange = {
        .size = sizeof(exchange),
        .kind = COCO_CHANNEL_CALL,
        .deadline = deadline,
        .payload = (uintptr_t)client->request,
        .reply = (uintptr_t)client->reply,
        .length = call->length,
        .reply_capacity = sizeof(client->reply),
        .handle_count = call->handle_count,
    };
    memcpy(exchange.handles, call->handles, call->handle_count * sizeof(call->handles[0]));
    const int64_t result = coco_channel_exchange(client->connection, &exchange);
    if (result >= 0) {
        *came = exchange.reply_handle_count;
        memcpy(call->reply_handles, exchange.reply_handles, sizeof(call->reply_handles));
    }
    return result;
}

static int64_t once(struct coco_client *client, struct coco_client_call *call, uint64_t deadline,
                    uint32_t *came)
{
    int64_t result;

    do { /* INTR: nobody had received it */
        if (call->flags & COCO_CLIENT_ONEWAY) {
            result = coco_channel_send(client->connection, client->request, call->length, deadline);
        } else if (deadline == COCO_FOREVER &&
                   (call->handle_count | call->reply_handle_count) == 0) {
            result = coco_channel_call(client->connection, client->request, call->length,
                                       client->reply, sizeof(client->reply));
        } else {
            result = exchange(client, call, deadline, came);
        }
    } while (result == COCO_EINTR);
    return result;
}

/* A reply that is one to this call, or COCO_EIO. */
static int32_t judge(const struct coco_client *client, const struct coco_client_call *call,
                     uint32_t came)
{
    const struct coco_reply_header *header = (const struct coco_reply_header *)client->reply;

    if (call->reply_length < sizeof(*header) || header->operation != call->operation ||
        header->reserved != 0 || header->status > COCO_INTERFACE_ERROR_MAX ||
        header->status < -COCO_ERROR_MAX) {
        return COCO_EIO;
    }
    if (header->status != 0) {
        return call->reply_length == sizeof(*header) && came == 0 ? header->status : COCO_EIO;
    }
    for (uint32_t i = 0; i < came; i++) {
        if (call->reply_handles[i] == COCO_HANDLE_NONE) {
            return COCO_EMFILE; /* no number was free for it */
        }
    }
    return came == call->reply_handle_count ? 0 : COCO_EIO;
}

/* What came with a reply that is refused: nobody else knows of it. */
static void close_handles(const struct coco_client_call *call, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (call->reply_handles[i] != COCO_HANDLE_NONE) {
            (void)coco_close(call->reply_handles[i]);
        }
    }
}

int32_t coco_client_call(struct coco_client *client, struct coco_client_call *call)
{
    const uint64_t deadline =
        client->timeout == COCO_FOREVER ? COCO_FOREVER : coco_deadline_after(client->timeout);
    const bool again = (call->flags & COCO_CLIENT_IDEMPOTENT) != 0;
    uint32_t came = 0;
    int64_t result;

    client->calls++;
    for (uint32_t attempt = 1;; attempt++) {
        result = once(client, call, deadline, &came);
        if (result != COCO_ECANCELED) {
            break;
        }
        client->interrupted++;
        if (!again || attempt >= client->attempts) {
            break;
        }
    }
    if (result < 0 || (call->flags & COCO_CLIENT_ONEWAY)) {
        return (int32_t)result;
    }
    call->reply_length = (uint32_t)result;
    const int32_t status = judge(client, call, came);
    if (status != 0) {
        close_handles(call, came);
    }
    return status;
}

int32_t coco_client_reject(const struct coco_client_call *call)
{
    close_handles(call, call->reply_handle_count);
    return COCO_EIO;
}

int32_t coco_client_describe(struct coco_client *client, uint32_t interface_id,
                             struct coco_interface_description *out)
{
    struct coco_client_call call = {
        .length = sizeof(struct coco_request_header),
        .operation = COCO_OPERATION_DESCRIBE,
        .flags = COCO_CLIENT_IDEMPOTENT,
    };
    *(struct coco_request_header *)client->request = (struct coco_request_header){
        .interface_id = interface_id,
        .operation = COCO_OPERATION_DESCRIBE,
    };
    const int32_t status = coco_client_call(client, &call);
    if (status == 0 && call.reply_length != sizeof(struct coco_reply_header) + sizeof(*out)) {
        return COCO_EIO;
    }
    if (status == 0) {
        memcpy(out, &client->reply[1], sizeof(*out));
    }
    return status;
}

bool coco_client_is_dead(const struct coco_client *client)
{
    return coco_wait_one(client->connection, 0, 0) > 0; /* HANGUP, or not open */
}

int64_t coco_service_request_stop(coco_handle_t connection, uint64_t deadline)
{
    const struct coco_request_header message = {.operation = COCO_OPERATION_STOP};
    int64_t result;

    do {
        result = coco_channel_send(connection, &message, sizeof(message), deadline);
    } while (result == COCO_EINTR);
    return result;
}
