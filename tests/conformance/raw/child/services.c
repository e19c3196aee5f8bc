// SPDX-License-Identifier: MIT
// Servers and clients that come to a bad end.
#include "behaviour.h"

#include <coconut/ipc.h>
#include <harness/entry.h>
#include <harness/string.h>
#include <harness/thread.h>

/* Adds one to the number it is asked about. A client that says 0 stops it. */
static int32_t increment(void *context, const struct coco_ipc_request *request,
                         struct coco_ipc_reply *reply)
{
    uint64_t number = 0;
    (void)context;
    if (request->kind != COCO_CHANNEL_CALL || request->length != sizeof(number)) {
        return COCO_IPC_GO_ON;
    }
    memcpy(&number, request->data, sizeof(number));
    if (number == 0) {
        return COCO_IPC_STOP;
    }
    number++;
    memcpy(reply->data, &number, sizeof(number));
    reply->length = sizeof(number);
    return COCO_IPC_GO_ON;
}

BEHAVIOUR(serve_increments)
{
    static struct coco_ipc_buffer buffer;
    return coco_ipc_serve(entry_handle(COCO_ROLE_FD + 9), increment, NULL, &buffer) == 0 ? 0 : 1;
}

static void flood(void *connection)
{
    static uint8_t junk[COCO_CHANNEL_MESSAGE_MAX];
    coco_handle_t through = *(const coco_handle_t *)connection;
    for (;;) {
        (void)coco_channel_send(through, junk, sizeof(junk), COCO_FOREVER);
        (void)coco_channel_call(through, junk, 1, NULL, 0);
    }
}

/* Nothing but a connection that can be written to. First everything it has no right to; 0 if all
   was refused. Then it fills the channel, until it is killed. */
BEHAVIOUR(attack_server)
{
    static struct thread threads[4];
    static uint8_t buffer[2 * COCO_CHANNEL_MESSAGE_MAX];
    static coco_handle_t connection;
    struct coco_exchange exchange = {.size = sizeof(exchange),
                                     .kind = COCO_CHANNEL_CALL,
                                     .deadline = COCO_FOREVER,
                                     .handle_count = 1};
    connection = entry_handle(COCO_ROLE_FD + 9);
    exchange.handles[0] = (struct coco_transfer){.handle = connection, .rights = COCO_RIGHTS_SAME};
    for (coco_handle_t forged = 0; forged < COCO_HANDLE_MAX; forged++) {
        if (forged != connection && (coco_channel_call(forged, NULL, 0, NULL, 0) >= 0 ||
                                     coco_channel_receive(forged, buffer, sizeof(buffer), 0) >= 0 ||
                                     coco_channel_connect(forged, 1, 0) >= 0)) {
            return 1;
        }
    }
    if (coco_channel_receive(connection, buffer, sizeof(buffer), 0) != COCO_ENOTSUPP ||
        coco_channel_reply(connection, NULL, 0) != COCO_ENOTSUPP ||
        coco_channel_connect(connection, 1, 0) != COCO_ENOTSUPP ||
        coco_handle_duplicate(connection, COCO_RIGHTS_SAME) != COCO_EPERM ||
        coco_channel_exchange(connection, &exchange) != COCO_EPERM ||
        coco_channel_call(connection, buffer, sizeof(buffer), NULL, 0) != COCO_ETOOBIG ||
        coco_channel_call(connection, (void *)8, 8, NULL, 0) != COCO_EFAULT) {
        return 2;
    }
    if (coco_event_signal(entry_handle(COCO_ROLE_FD + 10), 1) != 0) {
        return 3;
    }
    for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
        if (thread_start(&threads[i], flood, &connection) != 0) {
            return 4;
        }
    }
    flood(&connection);
    return 5;
}
