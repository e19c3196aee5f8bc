// SPDX-License-Identifier: MIT
// vtpm-ports COMMANDS PLATFORM: two ports of the machine where clients speak the simulator's
// protocol, as a service of its own before the TPM's channels. It is what tpm.h says, by calls. So
// what comes from the host is taken apart outside of the process that has the keys; and when that
// one dies, this one is there to tell the client, whom nobody else could.
#include "tpm.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include <coconut/coconut.h>

#include "endpoint.h"
#include "mssim.h"
#include "vtpm.h"
#include "vtpm_platform.h"

/// Bytes of a command that fits a message; vtpm.interface.json.
#define SEND_MOST 4064

static struct coco_client commands; ///< of the thread that serves commands
static struct coco_client platform; ///< under `lock`
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

size_t tpm_execute(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response)
{
    // TPM_RC_FAILURE: the TPM has gone meanwhile, and the command was done or not.
    // TPM_RC_COMMAND_SIZE: what no message takes along.
    static const uint8_t failure[] = {0x80, 0x01, 0, 0, 0, 10, 0, 0, 0x01, 0x01};
    static const uint8_t too_long[] = {0x80, 0x01, 0, 0, 0, 10, 0, 0, 0x01, 0x42};
    if (size > SEND_MOST) {
        memcpy(response, too_long, sizeof(too_long));
        return sizeof(too_long);
    }
    const struct vtpm_send_arguments arguments = {
        .locality = locality, .command = command, .command_count = (uint32_t)size};
    struct vtpm_send_results results;
    int32_t error = vtpm_send(&commands, &arguments, &results);
    if (error != 0 || results.response_count > TPM_MOST) {
        coco_service_log(COCO_LOG_WARNING, "a command had no answer: error %d", (int)error);
        memcpy(response, failure, sizeof(failure));
        return sizeof(failure);
    }
    memcpy(response, results.response, results.response_count);
    return results.response_count;
}

/// Makes a call on the platform's channel. Returns 0 or -1.
static int ask(int32_t (*call)(struct coco_client *client))
{
    (void)pthread_mutex_lock(&lock);
    int32_t error = call(&platform);
    (void)pthread_mutex_unlock(&lock);
    return error == 0 ? 0 : -1;
}

int tpm_power_on(void)
{
    return ask(vtpm_platform_power_on);
}

void tpm_power_off(void)
{
    (void)ask(vtpm_platform_power_off);
}

int tpm_reset(void)
{
    return ask(vtpm_platform_reset);
}

void tpm_cancel(void)
{
    (void)ask(vtpm_platform_cancel);
}

int main(int argc, char **argv)
{
    static struct endpoint endpoints[2] = {{.serve = mssim_serve_commands},
                                           {.serve = mssim_serve_platform}};
    struct vtpm_query_results told;
    if (argc != 3) {
        coco_service_log(COCO_LOG_ERROR, "usage: vtpm-ports COMMANDS PLATFORM");
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    // The answer to a question that does nothing tells that the TPM is there.
    if (coco_client_open(&commands, "tpm") != 0 ||
        coco_client_open(&platform, "tpm-platform") != 0 || vtpm_query(&commands, &told) != 0 ||
        endpoint_open_port(&endpoints[0], argv[1]) != 0 ||
        endpoint_open_port(&endpoints[1], argv[2]) != 0 || endpoint_start(&endpoints[1]) != 0) {
        coco_service_log(COCO_LOG_ERROR, "there is no TPM, or there are no ports");
        return 1;
    }
    coco_service_log(COCO_LOG_INFO, "ready");
    (void)endpoint_serve(&endpoints[0]);
    return 0;
}
