// SPDX-License-Identifier: MIT
// What a client that means harm can try. Each attack's exit code is how much was not refused.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <coconut/event.h>
#include <coconut/ipc.h>

#include "hostile.h"
#include "store.h"

#define HANDLES 300u
#define MESSAGES 20000u
#define THREADS 6u

/* Handles of others do not exist; one's own do what their kind and rights allow. */
static int forged_handles(coco_handle_t connection)
{
    static struct coco_ipc_buffer buffer;
    int open = 0;

    for (coco_handle_t handle = 1; handle < HANDLES; handle++) {
        open += coco_channel_receive(handle, &buffer, sizeof(buffer), 0) >= 0;
        open += coco_channel_reply(handle, "x", 1) >= 0;
        open += coco_channel_connect(handle, 1, 0) >= 0;
        open += coco_process_kill(handle, COCO_SIGNAL_KILL) >= 0;
        open += coco_event_signal(handle, 1) >= 0;
        open += !coco_is_error(coco_mmap(handle, NULL, 0, 4096, COCO_MMAP_READ));
        open += handle != connection && coco_channel_call(handle, "x", 1, &buffer, 1) >= 0;
    }
    return open;
}

/* Rights only shrink, also in a message. */
static int rights_it_lacks(coco_handle_t connection)
{
    const uint32_t more[] = {COCO_RIGHT_READ, COCO_RIGHT_MANAGE,
                             COCO_RIGHT_WRITE | COCO_RIGHT_MANAGE};
    const struct coco_request_header header = {STORE_NUMBER, STORE_OPERATION_SUM, STORE_MAJOR, 0};
    int open = 0;

    for (uint32_t i = 0; i < 3; i++) {
        open += coco_handle_duplicate(connection, more[i]) >= 0;
        open += coco_ipc_call_handle(connection, &header, sizeof(header), connection, more[i]) >= 0;
    }
    return open;
}

/* Only who made the connection chose its badge; to say otherwise changes nothing. */
static int bad_badges(coco_handle_t connection)
{
    struct coco_ipc_buffer message = {
        .header = {.badge = COCO_BADGE_MANAGER, .kind = COCO_CHANNEL_SEND}};
    const struct coco_request_header stop = {.operation = COCO_OPERATION_STOP};
    struct coco_exchange closed = {
        .size = sizeof(closed), .kind = COCO_CHANNEL_CLOSED, .deadline = COCO_FOREVER};
    struct coco_reply_header reply;
    int open = 0;

    memcpy(message.data, &stop, sizeof(stop));
    (void)coco_channel_send(connection, &message, sizeof(message.header) + sizeof(stop),
                            COCO_FOREVER);
    (void)coco_service_request_stop(connection, COCO_FOREVER); /* taken, and not obeyed */
    open += coco_channel_exchange(connection, &closed) >= 0;
    open += coco_channel_call(connection, &stop, sizeof(stop), &reply, sizeof(reply)) !=
                sizeof(reply) ||
            reply.status == 0;
    return open;
}

/* Messages that are nearly good. The reply is a definite one to each. */
static int malformed_messages(coco_handle_t connection)
{
    const struct coco_request_header header = {STORE_NUMBER, STORE_OPERATION_PUT, STORE_MAJOR, 0};
    static uint8_t message[COCO_CHANNEL_MESSAGE_MAX];
    static uint64_t reply[COCO_CHANNEL_MESSAGE_MAX / 8];
    int open = 0;

    srandom(1);
    for (uint32_t i = 0; i < MESSAGES; i++) {
        memset(message, 0, 128);
        memcpy(message, &header, sizeof(header));
        message[4] = (uint8_t)(random() % 5);
        message[12] = (uint8_t)(random() % 70);
        for (long changes = random() % 4; changes > 0; changes--) {
            message[random() % 96] = (uint8_t)random();
        }
        const uint64_t length =
            random() % 8 == 0 ? (uint64_t)random() % sizeof(message) : (uint64_t)random() % 13 * 8;
        const int64_t got = coco_channel_call(connection, message, length, reply, sizeof(reply));
        open += got < (int64_t)sizeof(struct coco_reply_header);
    }
    return open;
}

/* Handles that nobody asked for must not fill up the server's table, nor keep objects. */
static int unwanted_handles(coco_handle_t connection)
{
    struct coco_client client;
    const struct coco_request_header header = {STORE_NUMBER, STORE_OPERATION_GET, STORE_MAJOR, 0};
    struct store_sum_results sum;
    int open = 0;

    coco_client_init(&client, connection);
    for (uint32_t i = 0; i < 2000; i++) {
        const coco_handle_t memory = (coco_handle_t)coco_memory_create(4096);
        struct coco_exchange exchange = {.size = sizeof(exchange),
                                         .deadline = COCO_FOREVER,
                                         .payload = (uintptr_t)&header,
                                         .length = sizeof(header),
                                         .reply = (uintptr_t)client.reply,
                                         .reply_capacity = 4096,
                                         .handle_count = 4};
        for (uint32_t at = 0; at < 4; at++) {
            exchange.handles[at].handle =
                (coco_handle_t)coco_handle_duplicate(memory, COCO_RIGHTS_SAME);
            exchange.handles[at].rights = COCO_RIGHTS_SAME;
            exchange.handles[at].flags = COCO_TRANSFER_MOVE;
        }
        open += coco_channel_exchange(connection, &exchange) != sizeof(struct coco_reply_header);
        open += store_sum(&client, &(struct store_sum_arguments){.memory = memory}, &sum) != 0;
        open += coco_memory_resize(memory, 0) != 0; /* the server has let go of it */
        open += store_sum(&client, &(struct store_sum_arguments){.memory = memory}, &sum) == 0;
        (void)coco_close(memory);
    }
    return open;
}

struct flood {
    coco_handle_t connection;
    uint32_t kind;
};

static void *pour(void *argument)
{
    const struct flood *flood = argument;
    const struct coco_request_header header = {STORE_NUMBER, STORE_OPERATION_GET, STORE_MAJOR, 0};
    const uint64_t message[2] = {[1] = flood->kind % 8};

    for (;;) { /* until somebody ends it */
        uint64_t whole[2];
        memcpy(whole, message, sizeof(whole));
        memcpy(whole, &header, sizeof(header));
        if (flood->kind % 3 == 0) {
            (void)coco_channel_send(flood->connection, whole, sizeof(whole), COCO_FOREVER);
        } else { /* the reply is never read */
            (void)coco_channel_call(flood->connection, whole, sizeof(whole), NULL, 0);
        }
    }
    return NULL;
}

static int floods(coco_handle_t connection)
{
    static struct flood all[THREADS];
    pthread_t thread;

    for (uint32_t i = 0; i < THREADS; i++) {
        all[i] = (struct flood){connection, i};
        if (pthread_create(&thread, NULL, pour, &all[i]) != 0) {
            return 1;
        }
    }
    (void)pthread_join(thread, NULL);
    return 1;
}

const struct attack attacks[] = {
    {"forged handles", forged_handles, 1, false},
    {"rights it lacks", rights_it_lacks, 1, false},
    {"bad badges", bad_badges, 1, false},
    {"malformed messages", malformed_messages, 1, false},
    {"unwanted handles", unwanted_handles, 1, false},
    {"floods", floods, 1, true},
    {"dying with messages in flight", floods, 50, true},
};
const uint32_t attack_count = sizeof(attacks) / sizeof(attacks[0]);
