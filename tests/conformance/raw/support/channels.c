// SPDX-License-Identifier: MIT
#include "channels.h"

#include <coconut/coconut.h>
#include <harness/test.h>

#define HANG (60 * SECONDS)

bool channel_make(struct channel_pair *pair, uint32_t flags)
{
    int64_t channel = coco_channel_create();

    *pair = (struct channel_pair){COCO_HANDLE_NONE, COCO_HANDLE_NONE};
    if (!EXPECT_TRUE(channel > 0)) {
        return false;
    }
    pair->channel = (coco_handle_t)channel;
    int64_t connection = coco_channel_connect(pair->channel, CHANNEL_BADGE, flags);
    if (!EXPECT_TRUE(connection > 0)) {
        channel_close(pair);
        return false;
    }
    pair->connection = (coco_handle_t)connection;
    return true;
}

void channel_close_end(coco_handle_t *end)
{
    if (*end != COCO_HANDLE_NONE) {
        EXPECT_OK(coco_close(*end));
        *end = COCO_HANDLE_NONE;
    }
}

void channel_close(struct channel_pair *pair)
{
    channel_close_end(&pair->connection);
    channel_close_end(&pair->channel);
}

struct coco_exchange channel_exchange_of(uint32_t kind, const void *payload, uint32_t length)
{
    return (struct coco_exchange){
        .size = sizeof(struct coco_exchange),
        .kind = kind,
        .deadline = deadline_after(HANG),
        .payload = (uintptr_t)payload,
        .length = length,
    };
}

static void run_client(void *argument)
{
    struct channel_client *client = argument;

    __atomic_store_n(&client->id, (uint64_t)coco_thread_id(), __ATOMIC_RELEASE);
    client->result = coco_channel_exchange(client->connection, &client->exchange);
}

bool channel_client_start(struct channel_client *client)
{
    client->id = 0;
    return EXPECT_OK(thread_start(&client->thread, run_client, client));
}

bool channel_client_queue(struct channel_client *client, const struct channel_pair *pair)
{
    struct coco_poll poll = {.handle = pair->channel, .wanted = COCO_EVENT_READ};

    client->connection = pair->connection;
    return channel_client_start(client) &&
           EXPECT_EQ(coco_object_poll(&poll, 1, deadline_after(HANG)), 1);
}

int64_t channel_client_end(struct channel_client *client)
{
    return EXPECT_OK(thread_join(&client->thread)) ? client->result : COCO_EUNKNOWN;
}

int64_t channel_get(coco_handle_t channel, struct channel_message *message)
{
    return coco_channel_receive(channel, message, sizeof(*message), deadline_after(HANG));
}

static void run_server(void *argument)
{
    struct channel_server *server = argument;
    uint64_t room = sizeof(struct coco_channel_message) + server->capacity;

    server->result =
        coco_channel_receive(server->channel, &server->message, room, deadline_after(HANG));
    if (server->result >= 0 && server->reply_length != UINT32_MAX) {
        int64_t replied = coco_channel_reply(server->channel, server->reply, server->reply_length);

        server->result = replied < 0 ? replied : server->result;
    }
}

bool channel_server_start(struct channel_server *server)
{
    return EXPECT_OK(thread_start(&server->thread, run_server, server));
}

int64_t channel_server_end(struct channel_server *server)
{
    return EXPECT_OK(thread_join(&server->thread)) ? server->result : COCO_EUNKNOWN;
}
