// SPDX-License-Identifier: MIT
// Calls on pipes, sockets, queues and channels that lack memory.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/thread.h>

#include "logs.h"
#include "memory.h"
#include "pipes.h"
#include "queues.h"
#include "scratch.h"
#include "shortage.h"
#include "sockets.h"

#define SOCKET_PATH SCRATCH "/short-socket"
#define TAKEN 100u

static int64_t make_pipe(void)
{
    return coco_pipe_create(0);
}
SHORTAGE(pipe_create, make_pipe, .undo = shortage_close_two)

static int64_t make_socket(void)
{
    return coco_socket_create(COCO_SOCKET_STREAM, 0);
}
SHORTAGE(socket_create, make_socket, .undo = shortage_close)

static int64_t make_pair(void)
{
    return coco_socket_pair(COCO_SOCKET_STREAM, 0);
}
SHORTAGE(socket_pair, make_pair, .undo = shortage_close_two)

static struct socket_ends ends;
static coco_handle_t listener;
static coco_handle_t client;

static void make_ends(void)
{
    (void)sockets_make(&ends, COCO_SOCKET_STREAM, COCO_STATUS_NONBLOCK);
}

static void close_ends(void)
{
    sockets_close(&ends);
}

static int64_t send_handle(void)
{
    const coco_handle_t handle = COCO_HANDLE_LOG;
    return sockets_send_handles(ends.a, &handle, 1);
}
SHORTAGE(socket_send, send_handle, .before = make_ends, .after = close_ends)

static void make_socket_before(void)
{
    client = (coco_handle_t)coco_socket_create(COCO_SOCKET_STREAM, 0);
}

static void close_socket(void)
{
    pipe_close_end(&client);
}

static int64_t bind_socket(void)
{
    return sockets_bind(client, SOCKET_PATH);
}

static void remove_name(int64_t result)
{
    EXPECT_OK(result);
    EXPECT_OK(coco_file_unlink(SOCKET_PATH, 0));
}
SHORTAGE(socket_bind, bind_socket, .before = make_socket_before, .after = close_socket,
         .undo = remove_name)

static void listen_before(void)
{
    listener = sockets_listen(SOCKET_PATH, COCO_SOCKET_STREAM, 4);
    make_socket_before();
}

static void stop_listening(void)
{
    close_socket();
    pipe_close_end(&listener);
    EXPECT_OK(coco_file_unlink(SOCKET_PATH, 0));
}

static int64_t connect_socket(void)
{
    return coco_socket_connect(client, SOCKET_PATH);
}
SHORTAGE(socket_connect, connect_socket, .before = listen_before, .after = stop_listening)

static void connect_before(void)
{
    listen_before();
    EXPECT_OK(connect_socket());
}

static int64_t accept_socket(void)
{
    return coco_socket_accept(listener, 0);
}
SHORTAGE(socket_accept, accept_socket, .before = connect_before, .after = stop_listening,
         .undo = shortage_close)

static coco_handle_t queue;

static int64_t open_queue(void)
{
    return coco_mqueue_open(QUEUE_PATH, QUEUE_OPEN_BOTH | COCO_MQUEUE_OPEN_CREATE, 0600, 4, 16);
}

static void drop_queue(int64_t handle)
{
    queue_remove((coco_handle_t)handle);
}
SHORTAGE(mqueue_open, open_queue, .undo = drop_queue)

static void queue_before(void)
{
    queue = queue_make(4, 16, COCO_MQUEUE_OPEN_NONBLOCK);
}

static void queue_after(void)
{
    queue_remove(queue);
}

static int64_t send_message(void)
{
    return queue_send(queue, "message", 0);
}
SHORTAGE(mqueue_send, send_message, .before = queue_before, .after = queue_after)

static int64_t ask_for_notice(void)
{
    return coco_mqueue_notify(queue, COCO_MQUEUE_NOTIFY_HANDLE, 0, 0);
}

static void close_watch(int64_t watch)
{
    if (watch > 0) {
        shortage_close(watch);
    }
}
SHORTAGE(mqueue_notify, ask_for_notice, .before = queue_before, .after = queue_after,
         .undo = close_watch)

static struct coco_poll polled[TAKEN];
static struct pipe_pair quiet;

static void quiet_before(void)
{
    (void)pipe_make(&quiet, 0);
    for (unsigned i = 0; i < TAKEN; i++) {
        polled[i] = (struct coco_poll){.handle = quiet.reader, .wanted = COCO_EVENT_READ};
    }
}

static void quiet_after(void)
{
    pipe_close(&quiet);
}

static int64_t poll_many(void)
{
    return coco_object_poll(polled, TAKEN, deadline_after(MILLISECONDS));
}
SHORTAGE(object_poll, poll_many, .before = quiet_before, .after = quiet_after)

static int64_t make_log(void)
{
    const struct coco_log_options options = log_options("short");
    return coco_log_create(entry_handle(COCO_ROLE_SYSTEM), &options);
}
SHORTAGE(log_create, make_log, .undo = shortage_close)

static int64_t make_reader(void)
{
    return coco_log_reader_create(entry_handle(COCO_ROLE_SYSTEM));
}
SHORTAGE(log_reader_create, make_reader, .undo = shortage_close)
