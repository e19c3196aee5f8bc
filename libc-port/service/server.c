// SPDX-License-Identifier: MIT
// A server's loop. With one interface and nothing else to wait for, each message costs one system
// call, which replies and receives the next. Otherwise it waits for all of them first.
#include <string.h>

#include <coconut/coconut.h>
#include <coconut/event.h>
#include <coconut/service.h>

#include "clients.h"

/* The payload is received behind the header, into `request`. */
_Static_assert(offsetof(struct coco_server, request) ==
                   offsetof(struct coco_server, header) + sizeof(struct coco_channel_message),
               "header and payload are one buffer");
#define ROOM (sizeof(struct coco_channel_message) + COCO_CHANNEL_MESSAGE_MAX)

void coco_server_init(struct coco_server *server)
{
    memset(server, 0, sizeof(*server));
}

int32_t coco_server_add(struct coco_server *server, const struct coco_served *served)
{
    if (served->channel == COCO_HANDLE_NONE || !served->dispatch) {
        return COCO_EINVAL;
    }
    if (server->interface_count == COCO_SERVER_INTERFACES_MAX) {
        return COCO_ENOMEM;
    }
    server->interfaces[server->interface_count++] = *served;
    return 0;
}

int32_t coco_server_add_source(struct coco_server *server, struct coco_source *source)
{
    if (server->source_count == COCO_SERVER_SOURCES_MAX) {
        return COCO_ENOMEM;
    }
    server->sources[server->source_count++] = source;
    return 0;
}

void coco_server_remove_source(struct coco_server *server, struct coco_source *source)
{
    for (uint32_t i = 0; i < server->source_count; i++) {
        if (server->sources[i] == source) {
            server->sources[i] = server->sources[--server->source_count];
            return;
        }
    }
}

void coco_server_stop(struct coco_server *server)
{
    __atomic_store_n(&server->stopped, 1, __ATOMIC_RELEASE);
}

static bool stopped(const struct coco_server *server)
{
    return __atomic_load_n(&server->stopped, __ATOMIC_ACQUIRE) != 0;
}

static bool is_stop(const struct coco_server *server)
{
    const struct coco_request_header *request = (const struct coco_request_header *)server->request;

    return server->header.badge == COCO_BADGE_MANAGER && server->header.kind == COCO_CHANNEL_SEND &&
           server->header.length == sizeof(*request) && request->operation == COCO_OPERATION_STOP;
}

/* What a handler did not keep goes, whatever came of the call. */
static void close_handles(const struct coco_call *call)
{
    for (uint32_t i = 0; i < call->handle_count; i++) {
        if (call->handles[i] != COCO_HANDLE_NONE) {
            (void)coco_close(call->handles[i]);
        }
    }
}

/* Replies at once: with handles there is no reply and receive in one. */
__attribute__((noinline)) static int64_t answer(coco_handle_t channel, const struct coco_call *call)
{
    struct coco_exchange reply = {
        .size = sizeof(reply),
        .payload = (uintptr_t)call->reply,
        .length = call->reply_length,
        .handle_count = call->reply_handle_count,
    };
    memcpy(reply.handles, call->reply_handles, call->reply_handle_count * sizeof(reply.handles[0]));
    const int64_t result = coco_channel_answer(channel, &reply);
    if (!coco_is_error(result)) {
        return 0;
    }
    /* A handle that could not be sent: the caller still waits, and learns of it. */
    struct coco_reply_header *header = (struct coco_reply_header *)call->reply;
    header->status = (int32_t)result;
    return coco_channel_reply(channel, header, sizeof(*header));
}

/* Serves what is in the buffer. */
static void take(struct coco_server *server, uint32_t index)
{
    const struct coco_served *served = &server->interfaces[index];
    const struct coco_channel_message *header = &server->header;
    struct coco_call call; /* the handles of the reply are not set, so that it costs little */

    call.context = served->context;
    call.client = NULL;
    call.badge = header->badge;
    call.request = server->request;
    call.reply = server->reply;
    call.length = header->length;
    call.kind = header->kind;
    call.handle_count = header->handle_count;
    call.reply_length = 0;
    call.reply_handle_count = 0;

    if (header->kind == COCO_CHANNEL_CLOSED) {
        __coco_client_gone(server, header->badge);
        return;
    }
    if (is_stop(server)) {
        coco_server_stop(server);
        return;
    }
    memcpy(call.handles, header->handles, sizeof(call.handles));
    if (server->clients && !(call.client = __coco_client_state(server, header->badge))) {
        coco_call_finish(&call, COCO_ENOBUFS);
    } else {
        served->dispatch(served->operations, &call);
    }
    if (call.handle_count > 0) {
        close_handles(&call);
    }
    if (header->kind != COCO_CHANNEL_CALL) {
        return;
    }
    if (call.reply_handle_count > 0) {
        (void)answer(served->channel, &call); /* who waits no more misses nothing */
    } else {
        server->reply_pending = call.reply_length + 1;
        server->reply_to = index;
    }
}

static void send_reply(struct coco_server *server)
{
    if (server->reply_pending != 0) {
        /* Only a caller that waits no more makes it fail. */
        (void)coco_channel_reply(server->interfaces[server->reply_to].channel, server->reply,
                                 server->reply_pending - 1);
        server->reply_pending = 0;
    }
}

/* One channel and nothing else. */
static int64_t serve_one(struct coco_server *server)
{
    const coco_handle_t channel = server->interfaces[0].channel;
    const uint32_t pending = server->reply_pending;

    server->reply_pending = 0;
    const int64_t got =
        pending != 0
            ? coco_channel_reply_receive(channel, server->reply, pending - 1, &server->header, ROOM)
            : coco_channel_receive(channel, &server->header, ROOM, COCO_FOREVER);
    if (got >= 0) {
        take(server, 0);
    }
    return got;
}

/* Tells the sources whose object is ready or whose time has come. Handlers may change the list. */
static void tell_sources(struct coco_server *server, const struct coco_poll *polls)
{
    struct coco_source *sources[COCO_SERVER_SOURCES_MAX];
    const uint32_t count = server->source_count;

    memcpy(sources, server->sources, sizeof(sources));
    for (uint32_t i = 0; i < count && !stopped(server); i++) {
        struct coco_source *source = sources[i];
        bool there = false;
        for (uint32_t at = 0; at < server->source_count; at++) {
            there |= server->sources[at] == source;
        }
        if (!there) {
            continue;
        }
        if (polls[i].returned != 0) {
            source->ready(server, source, polls[i].returned);
        } else if (source->deadline != COCO_FOREVER &&
                   source->deadline <= (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC)) {
            source->deadline = COCO_FOREVER;
            source->ready(server, source, 0);
        }
    }
}

/* Takes a message of a channel that has one; the channel behind it is the first next time. */
static int64_t serve_ready(struct coco_server *server, const struct coco_poll *polls)
{
    for (uint32_t i = 0; i < server->interface_count; i++) {
        const uint32_t index = (server->turn + i) % server->interface_count;
        if (polls[index].returned == 0) {
            continue;
        }
        const int64_t got =
            coco_channel_receive(server->interfaces[index].channel, &server->header, ROOM, 0);
        if (got == COCO_ETIMEDOUT || got == COCO_EINTR) {
            continue; /* who called has gone, or another thread was faster */
        }
        if (got >= 0) {
            server->turn = index + 1;
            take(server, index);
        }
        return got;
    }
    return 0;
}

__attribute__((noinline)) static int64_t serve_many(struct coco_server *server)
{
    struct coco_poll polls[COCO_SERVER_INTERFACES_MAX + COCO_SERVER_SOURCES_MAX];
    struct coco_wait_set set =
        coco_wait_set_in(polls, COCO_SERVER_INTERFACES_MAX + COCO_SERVER_SOURCES_MAX);
    uint64_t deadline = COCO_FOREVER;

    send_reply(server);
    for (uint32_t i = 0; i < server->interface_count; i++) {
        (void)coco_wait_add(&set, server->interfaces[i].channel, COCO_EVENT_READ);
    }
    for (uint32_t i = 0; i < server->source_count; i++) {
        const struct coco_source *source = server->sources[i];
        (void)coco_wait_add(&set, source->handle, source->wanted);
        deadline = source->deadline < deadline ? source->deadline : deadline;
    }
    const int64_t ready = coco_wait_any(&set, deadline);
    if (ready < 0 && ready != COCO_ETIMEDOUT) {
        return ready;
    }
    tell_sources(server, polls + server->interface_count);
    return stopped(server) ? 0 : serve_ready(server, polls);
}

int64_t coco_server_run(struct coco_server *server)
{
    int64_t got = server->interface_count > 0 ? 0 : COCO_EINVAL;

    while ((got >= 0 || got == COCO_EINTR) && !stopped(server)) {
        const bool one = server->interface_count == 1 && server->source_count == 0;
        got = one ? serve_one(server) : serve_many(server);
    }
    send_reply(server);
    return stopped(server) ? 0 : got;
}

int64_t coco_server_serve_waiting(struct coco_server *server)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < server->interface_count; i++) {
        const int64_t got =
            coco_channel_receive(server->interfaces[i].channel, &server->header, ROOM, 0);
        if (got >= 0) {
            take(server, i);
            send_reply(server);
            count++;
        } else if (got != COCO_ETIMEDOUT && got != COCO_EINTR) {
            return got;
        }
    }
    return count;
}
