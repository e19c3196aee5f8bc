// SPDX-License-Identifier: MIT
// What exchanges between processes cost. The program starts itself as the server, in another
// process: its only argument is the kind of server. In a machine of several processors client and
// server stay on one each.
//
// Prints the lines of rawmeasure.h.
#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/print.h>
#include <harness/string.h>
#include <harness/thread.h>

#include "ipc.h"
#include "rawmeasure.h"

#define ROLE_CHANNEL IPC_ROLE_CHANNEL
#define BADGE IPC_BADGE

char ipc_program_path[512];
uint8_t ipc_request[COCO_CHANNEL_MESSAGE_MAX];
static uint8_t reply[COCO_CHANNEL_MESSAGE_MAX];
static coco_handle_t channel;
coco_handle_t ipc_connection;
static coco_handle_t server;
static bool apart; /* client and server on a processor each */

/* Starts a process, apart if that is asked for. */
static int64_t spawn_server(const struct coco_spawn *spawn)
{
    if (apart && coco_thread_affinity_set(0, 0, 1u << 1) != 0) {
        return COCO_EIO;
    }
    int64_t made = coco_process_spawn(spawn);
    if (apart && coco_thread_affinity_set(0, 0, 1u << 0) != 0) {
        return COCO_EIO;
    }
    return made;
}

// --- the server ----------------------------------------------------------------------------------

/* Replies with as many bytes as came, until the connection is closed. */
static int serve(void)
{
    static struct {
        struct coco_channel_message message;
        uint8_t data[COCO_CHANNEL_MESSAGE_MAX];
    } in;
    coco_handle_t calls = entry_handle(ROLE_CHANNEL);
    int64_t length = coco_channel_receive(calls, &in, sizeof(in), COCO_FOREVER);
    while (length >= 0 && in.message.kind == COCO_CHANNEL_CALL) {
        for (uint32_t i = 0; i < in.message.handle_count; i++) {
            (void)coco_close(in.message.handles[i]);
        }
        length = coco_channel_reply_receive(calls, in.data, (uint64_t)length, &in, sizeof(in));
    }
    return length < 0 || in.message.badge != BADGE;
}

// --- the client ----------------------------------------------------------------------------------

int64_t ipc_start(const char *arguments, uint64_t arguments_len, uint32_t argument_count)
{
    struct coco_spawn_handle handle = {.rights = COCO_RIGHTS_SAME, .role = ROLE_CHANNEL};
    struct coco_spawn spawn = {
        .size = sizeof(spawn),
        .path = (uintptr_t)ipc_program_path,
        .arguments = (uintptr_t)arguments,
        .arguments_len = arguments_len,
        .argument_count = argument_count,
        .handles = (uintptr_t)&handle,
        .handle_count = 1,
    };
    int64_t made = coco_channel_create();
    if (made < 0) {
        return made;
    }
    channel = handle.handle = (coco_handle_t)made;
    made = coco_channel_connect(channel, BADGE, COCO_CONNECT_NOTIFY_CLOSE);
    if (made < 0) {
        return made;
    }
    ipc_connection = (coco_handle_t)made;
    made = spawn_server(&spawn);
    server = (coco_handle_t)made;
    (void)coco_close(channel); /* so that the server's end can be seen */
    return made;
}

static int64_t server_start(uint64_t count)
{
    static const char arguments[] = "ipc\0serve";
    (void)count;
    return ipc_start(arguments, sizeof(arguments), 2);
}

static int64_t server_stop(uint64_t count)
{
    struct coco_exit_status status;
    (void)count;
    (void)coco_close(ipc_connection);
    int64_t result = coco_process_wait(server, COCO_FOREVER, &status);
    (void)coco_close(server);
    return result != 0 ? result : status.code == 0 ? 0 : COCO_EIO;
}

static int64_t round_trips(uint64_t count, uint64_t length)
{
    for (uint64_t i = 0; i < count; i++) {
        int64_t got = coco_channel_call(ipc_connection, ipc_request, length, reply, length);
        if (got != (int64_t)length) {
            return got < 0 ? got : COCO_EIO;
        }
    }
    return 0;
}

static int64_t call_empty(uint64_t count)
{
    return round_trips(count, 0);
}

static int64_t call_8(uint64_t count)
{
    return round_trips(count, 8);
}

static int64_t call_64(uint64_t count)
{
    return round_trips(count, 64);
}

static int64_t call_4096(uint64_t count)
{
    return round_trips(count, COCO_CHANNEL_MESSAGE_MAX);
}

/* A duplicate of the connection travels to the server, which closes it. */
static int64_t call_handle(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct coco_exchange exchange = {
            .size = sizeof(exchange),
            .kind = COCO_CHANNEL_CALL,
            .deadline = COCO_FOREVER,
            .handle_count = 1,
            .handles = {{.handle = ipc_connection, .rights = COCO_RIGHTS_SAME}},
        };
        int64_t got = coco_channel_exchange(ipc_connection, &exchange);
        if (got < 0) {
            return got;
        }
    }
    return 0;
}

// --- events: each signal wakes the other process -------------------------------------------------

static coco_handle_t to_server;
static coco_handle_t to_client;

static int answer_signals(void)
{
    int64_t bits = coco_event_wait(entry_handle(ROLE_CHANNEL), 3, 0, COCO_FOREVER);
    while (bits == 1) {
        if (coco_event_signal(entry_handle(ROLE_CHANNEL + 1), 1) != 0) {
            return 1;
        }
        bits = coco_event_wait(entry_handle(ROLE_CHANNEL), 3, 0, COCO_FOREVER);
    }
    return bits != 2;
}

static int64_t events_start(uint64_t count)
{
    (void)count;
    static const char argument[] = "ipc\0answer\0signals";
    to_server = (coco_handle_t)coco_event_create(0);
    to_client = (coco_handle_t)coco_event_create(0);
    struct coco_spawn_handle handles[] = {
        {.handle = to_server, .rights = COCO_RIGHTS_SAME, .role = ROLE_CHANNEL},
        {.handle = to_client, .rights = COCO_RIGHTS_SAME, .role = ROLE_CHANNEL + 1},
    };
    struct coco_spawn spawn = {
        .size = sizeof(spawn),
        .path = (uintptr_t)ipc_program_path,
        .arguments = (uintptr_t)argument,
        .arguments_len = sizeof(argument),
        .argument_count = 3,
        .handles = (uintptr_t)handles,
        .handle_count = 2,
    };
    int64_t made = spawn_server(&spawn);
    server = (coco_handle_t)made;
    return made;
}

static int64_t events_stop(uint64_t count)
{
    struct coco_exit_status status;
    (void)count;
    int64_t result = coco_event_signal(to_server, 2);
    (void)coco_close(to_server);
    (void)coco_close(to_client);
    result = result != 0 ? result : coco_process_wait(server, COCO_FOREVER, &status);
    (void)coco_close(server);
    return result != 0 ? result : status.code == 0 ? 0 : COCO_EIO;
}

static int64_t event_wake(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        int64_t result = coco_event_signal(to_server, 1);
        if (result != 0 || coco_event_wait(to_client, 1, 0, COCO_FOREVER) != 1) {
            return COCO_EIO;
        }
    }
    return 0;
}

static int64_t null_calls(uint64_t count, uint64_t size)
{
    static struct coco_batch_call calls[64];
    static struct coco_batch_result results[64];
    for (uint64_t i = 0; i < size; i++) {
        calls[i].number = COCO_SYS_THREAD_ID;
    }
    for (uint64_t made = 0; made < count; made += size) {
        int64_t got = coco_batch(calls, size, results, 0);
        if (got != (int64_t)size) {
            return got < 0 ? got : COCO_EIO;
        }
    }
    return 0;
}

static int64_t alone(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        (void)coco_thread_id();
    }
    return 0;
}

static int64_t batch_1(uint64_t count)
{
    return null_calls(count, 1);
}

static int64_t batch_8(uint64_t count)
{
    return null_calls(count, 8);
}

static int64_t batch_64(uint64_t count)
{
    return null_calls(count, 64);
}

static int64_t many_start(uint64_t count)
{
    int64_t result = ipc_others_open();
    return result != 0 ? result : server_start(count);
}

static int64_t many_stop(uint64_t count)
{
    ipc_others_close();
    return server_stop(count);
}

static const struct operation operations[] = {
    {"call_empty", 1000, server_start, call_empty, server_stop},
    {"call_among_many", 1000, many_start, call_empty, many_stop},
    {"call_8", 1000, server_start, call_8, server_stop},
    {"call_64", 1000, server_start, call_64, server_stop},
    {"call_4096", 200, server_start, call_4096, server_stop},
    {"call_handle", 200, server_start, call_handle, server_stop},
    {"interface_nothing", 1000, ipc_interface_start, ipc_interface_nothing, server_stop},
    {"interface_number", 1000, ipc_interface_start, ipc_interface_number, server_stop},
    {"interface_words", 1000, ipc_interface_start, ipc_interface_words, server_stop},
    {"interface_bytes", 200, ipc_interface_start, ipc_interface_bytes, server_stop},
    {"event_wake", 500, events_start, event_wake, events_stop},
    {"event_futex", 500, events_start, event_wake, events_stop},
    {"null_alone", 1024, NULL, alone, NULL},
    {"null_batch_1", 1024, NULL, batch_1, NULL},
    {"null_batch_8", 1024, NULL, batch_8, NULL},
    {"null_batch_64", 1024, NULL, batch_64, NULL},
    /* Last: from the first policy on, each call is looked at. */
    {"service_start", 20, NULL, ipc_service_start, NULL},
    {0},
};

static const struct operation operations_apart[] = {
    {"call_empty", 500, server_start, call_empty, server_stop},
    {"call_64", 500, server_start, call_64, server_stop},
    {"call_4096", 200, server_start, call_4096, server_stop},
    {"event_wake", 500, events_start, event_wake, events_stop},
    {"event_futex", 500, events_start, event_wake, events_stop},
    {0},
};

int program_main(void)
{
    const struct coco_start_block *block = entry_block();
    bool good = true;
    if (entry_argument_count() > 3) {
        return ipc_serve_interface();
    }
    if (entry_argument_count() > 2) {
        return answer_signals();
    }
    if (entry_argument_count() > 1) {
        return serve();
    }
    const char *directory = (const char *)block->directory;
    print_to(ipc_program_path, sizeof(ipc_program_path), "%s/ipc",
             strcmp(directory, "/") == 0 ? "" : directory);
    apart = coco_query(COCO_QUERY_CPU_COUNT) > 1;
    const struct operation *one = apart ? operations_apart : operations;
    for (; one->name != NULL; one++) {
        good = measure_operation(one) && good;
    }
    return good ? 0 : 1;
}
