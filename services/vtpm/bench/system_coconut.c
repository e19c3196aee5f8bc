// SPDX-License-Identifier: MIT
// Here: the numbers of getentropy(), the machine's memory, and a request's way through the channel
// of the service.
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <coconut/coconut.h>

#include "compose.h"
#include "measure.h"
#include "sequence.h"
#include "tpm.h"
#include "vtpm.h"

#define MOST_ENTROPY 256
#define HANDLES 64
#define BUDGET (8u << 20)               ///< of memory; vtpm.json
#define PATIENCE UINT64_C(120000000000) ///< nanoseconds, the making of a TPM included

static bool same;

/// In the place of the C library's, which is the same but for the sequence.
int getentropy(void *to, size_t size)
{
    if (size > MOST_ENTROPY) {
        errno = EIO;
        return -1;
    }
    if (same) {
        sequence_draw(to, size);
        return 0;
    }
    if (coco_is_error(coco_random(to, size))) {
        errno = EIO;
        return -1;
    }
    return 0;
}

void system_same_random(bool on)
{
    same = on;
}

/// Bytes in use by all processes and the kernel.
static uint64_t memory_in_use(void)
{
    for (coco_handle_t handle = 1; handle < HANDLES; handle++) {
        const int64_t info = coco_handle_info(handle);
        if (!coco_is_error(info) && (uint32_t)info == COCO_OBJECT_SYSTEM) {
            return (uint64_t)(coco_system_counter(handle, COCO_COUNTER_MEM_TOTAL) -
                              coco_system_counter(handle, COCO_COUNTER_MEM_FREE));
        }
    }
    return 0;
}

static struct coco_client client;

static int through_channel(unsigned count)
{
    size_t size;
    const uint8_t *bytes = commands_read(&size);
    const struct vtpm_send_arguments arguments = {.command = bytes,
                                                  .command_count = (uint32_t)size};
    while (count-- > 0) {
        struct vtpm_send_results results;
        if (vtpm_send(&client, &arguments, &results) != 0 || results.response_count < 10) {
            errno = EIO;
            return -1;
        }
    }
    return 0;
}

/// As tpm_execute(), through the channel; 0 without a response.
static size_t execute_there(uint8_t locality, const uint8_t *command, size_t size,
                            uint8_t *response)
{
    const struct vtpm_send_arguments arguments = {
        .locality = locality, .command = command, .command_count = (uint32_t)size};
    struct vtpm_send_results results;
    if (vtpm_send(&client, &arguments, &results) != 0) {
        return 0;
    }
    memcpy(response, results.response, results.response_count);
    return results.response_count;
}

/// TPM2_Startup, through the channel.
static bool start_tpm(void)
{
    static const uint8_t startup[] = {0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x44, 0, 0};
    const struct vtpm_send_arguments arguments = {.command = startup,
                                                  .command_count = sizeof(startup)};
    struct vtpm_send_results results;
    return vtpm_send(&client, &arguments, &results) == 0 && results.response_count == 10 &&
           results.response[8] == 0 && results.response[9] == 0;
}

int system_measure(void)
{
    return 0;
}

static int32_t send_command(struct coco_call *call, const struct vtpm_send_arguments *arguments,
                            struct vtpm_send_results *results)
{
    (void)call;
    results->response_count = (uint32_t)tpm_execute(arguments->locality, arguments->command,
                                                    arguments->command_count, results->response);
    return 0;
}

int system_serve(void)
{
    static const struct vtpm_server operations = {.send = send_command};
    static struct coco_server server;
    const struct coco_served served = {.channel = coco_service_offered("tpm"),
                                       .dispatch = vtpm_dispatch,
                                       .operations = &operations};
    coco_server_init(&server);
    return coco_server_add(&server, &served) == 0 && coco_server_run(&server) == 0 ? 0 : -1;
}

/// How much memory the service, a process with a limit of its own, has had at most when it has done
/// what takes the most. Returns 0 or -1.
static int measure_memory(coco_handle_t process)
{
    struct coco_memory_usage usage;
    const int64_t id = coco_process_handle_id(process);
    compose_for(execute_there);
    if (commands_heavy() != 0 || coco_process_memory((uint64_t)id, &usage) != 0) {
        return -1;
    }
    (void)printf("M memory_most %lu\nM memory_promised %lu\n", usage.present_most,
                 usage.promised_most);
    return 0;
}

/// Measures through a connection to the service, which has just been started.
static int measure_service(coco_handle_t connection, coco_handle_t process, uint64_t before)
{
    static const struct operation requests[] = {
        {.name = "pcr_read_channel", .count = 40, .run = through_channel},
        {.name = NULL},
    };
    coco_client_init(&client, connection);
    client.timeout = PATIENCE;
    if (!start_tpm()) {
        (void)printf("E pcr_read_channel the service does not answer\n");
        return -1;
    }
    const int result = measure_all(requests);
    (void)printf("M memory %lu\n", memory_in_use() - before);
    return result == 0 ? measure_memory(process) : result;
}

int system_measure_service(const char *program)
{
    // All calls, but no more memory than the manifest gives.
    static const struct coco_call_set calls[] = {
        {0, 0, UINT64_MAX},          {1, 0, UINT64_MAX},          {0x80000000, 0, UINT64_MAX},
        {0x80000001, 0, UINT64_MAX}, {0x80000002, 0, UINT64_MAX}, {0x80000003, 0, UINT64_MAX},
        {0x80000004, 0, UINT64_MAX}, {0x80000005, 0, UINT64_MAX}, {0x80000006, 0, UINT64_MAX},
        {0x80000007, 0, UINT64_MAX}, {0x80000009, 0, UINT64_MAX}};
    static const struct coco_policy policy = {.size = sizeof(policy),
                                              .call_count = sizeof(calls) / sizeof(calls[0]),
                                              .calls = (uintptr_t)calls,
                                              .memory = BUDGET,
                                              .tasks = COCO_LIMIT_NONE,
                                              .handles = COCO_HANDLE_MAX};
    struct coco_exit_status status;
    const uint64_t before = memory_in_use();
    const int64_t commands = coco_channel_create();
    const struct coco_service_handle handle = {"tpm", (coco_handle_t)commands,
                                               COCO_RIGHT_READ | COCO_RIGHT_WAIT, 1, 0};
    const struct coco_service_start start = {.path = program,
                                             .argument = "serve",
                                             .handles = &handle,
                                             .handle_count = 1,
                                             .policy = &policy};
    const int64_t connection = coco_channel_connect((coco_handle_t)commands, 1, 0);
    const int64_t process = coco_service_start(&start);
    if (coco_is_error(connection) || coco_is_error(process)) {
        (void)printf("E pcr_read_channel the service does not start: error %d\n", (int)process);
        return -1;
    }
    (void)coco_close((coco_handle_t)commands); // so that a call ends with the service
    const int result = measure_service((coco_handle_t)connection, (coco_handle_t)process, before);
    (void)coco_process_kill((coco_handle_t)process, COCO_SIGNAL_KILL);
    (void)coco_process_wait((coco_handle_t)process, COCO_FOREVER, &status);
    return result;
}
