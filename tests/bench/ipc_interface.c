// SPDX-License-Identifier: MIT
// What calls cost through an interface: echo.interface.json, stubs and dispatch made from it.
#include <coconut/coconut.h>
#include <coconut/service.h>
#include <harness/entry.h>
#include <harness/string.h>

#include "echo.h"
#include "ipc.h"

static int32_t handle_nothing(struct coco_call *call)
{
    (void)call;
    return 0;
}

static int32_t handle_number(struct coco_call *call, const struct echo_number_arguments *arguments,
                             struct echo_number_results *results)
{
    (void)call;
    results->value = arguments->value;
    return 0;
}

static int32_t handle_words(struct coco_call *call, const struct echo_words_arguments *arguments,
                            struct echo_words_results *results)
{
    (void)call;
    memcpy(results->value, arguments->value, sizeof(results->value));
    return 0;
}

static int32_t handle_bytes(struct coco_call *call, const struct echo_bytes_arguments *arguments,
                            struct echo_bytes_results *results)
{
    (void)call;
    memcpy(results->value, arguments->value, arguments->value_count);
    results->value_count = arguments->value_count;
    return 0;
}

/* The same through an interface: replies until the connection's end, seen by the client's state. */
static struct coco_server echo_server;

static void echo_client_gone(void *context, uint64_t badge, void *state)
{
    (void)context;
    (void)badge;
    (void)state;
    coco_server_stop(&echo_server);
}

int ipc_serve_interface(void)
{
    static const struct echo_server handlers = {
        .nothing = handle_nothing,
        .number = handle_number,
        .words = handle_words,
        .bytes = handle_bytes,
    };
    static uint64_t memory[COCO_SERVER_CLIENTS_SIZE(4, 8) / 8];
    const struct coco_served served = {
        .channel = entry_handle(IPC_ROLE_CHANNEL),
        .dispatch = echo_dispatch,
        .operations = &handlers,
    };
    const struct coco_server_clients clients = {
        .memory = memory, .size = sizeof(memory), .state_size = 8, .gone = echo_client_gone};

    coco_server_init(&echo_server);
    return coco_server_add(&echo_server, &served) != 0 ||
           coco_server_keep_clients(&echo_server, &clients) != 0 ||
           coco_server_run(&echo_server) != 0;
}

static struct coco_client echo_client;

int64_t ipc_interface_start(uint64_t count)
{
    static const char arguments[] = "ipc\0serve\0an\0interface";
    (void)count;
    const int64_t made = ipc_start(arguments, sizeof(arguments), 4);
    coco_client_init(&echo_client, ipc_connection);
    return made;
}

int64_t ipc_interface_nothing(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        const int32_t status = echo_nothing(&echo_client);
        if (status != 0) {
            return COCO_EIO;
        }
    }
    return 0;
}

int64_t ipc_interface_number(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        const struct echo_number_arguments in = {.value = i};
        struct echo_number_results out;
        if (echo_number(&echo_client, &in, &out) != 0 || out.value != i) {
            return COCO_EIO;
        }
    }
    return 0;
}

/* 56 bytes: a message of 64 with its header. */
int64_t ipc_interface_words(uint64_t count)
{
    static const struct echo_words_arguments in = {.value = {1, 2, 3, 4, 5, 6, 7}};
    for (uint64_t i = 0; i < count; i++) {
        struct echo_words_results out;
        if (echo_words(&echo_client, &in, &out) != 0 || out.value[6] != 7) {
            return COCO_EIO;
        }
    }
    return 0;
}

int64_t ipc_interface_bytes(uint64_t count)
{
    const struct echo_bytes_arguments in = {.value = ipc_request, .value_count = 4080};
    for (uint64_t i = 0; i < count; i++) {
        struct echo_bytes_results out;
        if (echo_bytes(&echo_client, &in, &out) != 0 || out.value_count != 4080) {
            return COCO_EIO;
        }
    }
    return 0;
}
