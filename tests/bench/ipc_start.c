// SPDX-License-Identifier: MIT
// What it takes until a service that begins under a policy has answered for the first time.
#include <coconut/coconut.h>

#include "ipc.h"

/* What a server needs, and no more: files only to read, memory, handles. */
static int64_t start_confined(coco_handle_t channel)
{
    static const char arguments[] = "ipc\0serve";
    static const struct coco_call_set calls[] = {
        {0, 0, 1u << 0 | 1u << 10},  /* exit, close */
        {0x80000001, 0, 1u << 2},    /* process_exit */
        {0x80000005, 0, UINT64_MAX}, /* channels */
    };
    const struct coco_view view = {(uintptr_t)ipc_program_path, 0, 0};
    const struct coco_policy policy = {
        .size = sizeof(policy),
        .call_count = sizeof(calls) / sizeof(calls[0]),
        .calls = (uintptr_t)calls,
        .memory = 16 << 20,
        .tasks = 1,
        .handles = 8,
        .flags = COCO_POLICY_VIEW,
        .view = (uintptr_t)&view,
        .view_count = 1,
        .cpu_budget = 10000,
        .cpu_period = 20000,
    };
    const struct coco_spawn_handle handle = {
        .handle = channel, .rights = COCO_RIGHT_READ | COCO_RIGHT_WAIT, .role = IPC_ROLE_CHANNEL};
    const struct coco_spawn spawn = {
        .size = sizeof(spawn),
        .path = (uintptr_t)ipc_program_path,
        .arguments = (uintptr_t)arguments,
        .arguments_len = sizeof(arguments),
        .argument_count = 2,
        .handles = (uintptr_t)&handle,
        .handle_count = 1,
    };

    return coco_process_spawn_confined(&spawn, &policy);
}

static int64_t start_and_ask(void)
{
    struct coco_exit_status status;
    int64_t channel = coco_channel_create();
    int64_t connection =
        coco_channel_connect((coco_handle_t)channel, IPC_BADGE, COCO_CONNECT_NOTIFY_CLOSE);
    int64_t server = start_confined((coco_handle_t)channel);
    int64_t result = server;

    (void)coco_close((coco_handle_t)channel);
    if (server >= 0) {
        result = coco_channel_call((coco_handle_t)connection, NULL, 0, NULL, 0);
    }
    (void)coco_close((coco_handle_t)connection); /* the server ends */
    if (server >= 0 && coco_process_wait((coco_handle_t)server, COCO_FOREVER, &status) == 0) {
        result = result == 0 && status.code == 0 ? 0 : COCO_EIO;
    }
    (void)coco_close((coco_handle_t)server);
    return result;
}

int64_t ipc_service_start(uint64_t count)
{
    int64_t result = 0;

    for (uint64_t i = 0; result == 0 && i < count; i++) {
        result = start_and_ask();
    }
    return result;
}

static coco_handle_t others[IPC_OTHERS];

int64_t ipc_others_open(void)
{
    for (uint32_t i = 0; i < IPC_OTHERS; i++) {
        int64_t made = coco_channel_create();

        if (made < 0) {
            return made;
        }
        others[i] = (coco_handle_t)made;
    }
    return 0;
}

void ipc_others_close(void)
{
    for (uint32_t i = 0; i < IPC_OTHERS; i++) {
        (void)coco_close(others[i]);
    }
}
