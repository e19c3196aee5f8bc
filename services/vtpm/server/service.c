// SPDX-License-Identifier: MIT
// vtpm-service --state DIRECTORY [--keeper FILE]: the TPM as a service of an image. With --keeper
// its state is what the keeper at the other end of FILE, a port of the machine, has, and SIGTERM
// suspends it. The channels "tpm" for commands and "tpm-platform" for power and cancellation are
// each served by a thread, so that a cancellation finds the command in progress.
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include <coconut/coconut.h>

#include "end.h"
#include "keep.h"
#include "svsm.h"
#include "tpm.h"
#include "vtpm.h"
#include "vtpm_platform.h"

/// Bytes of a command and of a response that fit a message; vtpm.interface.json.
#define SEND_MOST 4064
#define SVSM_MOST 4073

static int32_t send_command(struct coco_call *call, const struct vtpm_send_arguments *arguments,
                            struct vtpm_send_results *results)
{
    static uint8_t response[TPM_MOST];
    (void)call;
    size_t length =
        tpm_execute(arguments->locality, arguments->command, arguments->command_count, response);
    // No command that fits has a response that does not; should there be one, it has no answer.
    if (length > SEND_MOST) {
        return COCO_EIO;
    }
    memcpy(results->response, response, length);
    results->response_count = (uint32_t)length;
    return 0;
}

static int32_t send_svsm(struct coco_call *call, const struct vtpm_svsm_arguments *arguments,
                         struct vtpm_svsm_results *results)
{
    static uint8_t buffer[SVSM_BUFFER_MOST];
    (void)call;
    memcpy(buffer, arguments->request, arguments->request_count);
    int length = svsm_command(buffer, arguments->request_count, SVSM_MOST);
    if (length < 0) {
        return VTPM_ERROR_BAD_REQUEST;
    }
    memcpy(results->response, buffer, (size_t)length);
    results->response_count = (uint32_t)length;
    return 0;
}

/// Does the request in a page of somebody who can write to it meanwhile: what is looked at is a
/// copy.
static int32_t serve_page(uint8_t *page, uint32_t offset, uint32_t *size)
{
    static uint8_t buffer[SVSM_BUFFER_MOST];
    const size_t room = SVSM_BUFFER_MOST - offset;
    memcpy(buffer, page + offset, room);
    int length = svsm_command(buffer, room, room);
    if (length < 0) {
        return VTPM_ERROR_BAD_REQUEST;
    }
    memcpy(page + offset, buffer, (size_t)length);
    *size = (uint32_t)length;
    return 0;
}

static int32_t send_svsm_page(struct coco_call *call,
                              const struct vtpm_svsm_page_arguments *arguments,
                              struct vtpm_svsm_page_results *results)
{
    struct coco_memory_info info = {.length = 0};
    (void)call;
    if (arguments->offset >= SVSM_BUFFER_MOST) {
        return VTPM_ERROR_BAD_REQUEST;
    }
    const int64_t at =
        coco_mmap(arguments->page, NULL, 0, SVSM_BUFFER_MOST, COCO_MMAP_READ | COCO_MMAP_WRITE);
    if (coco_is_error(at)) {
        return at == COCO_ENOMEM ? COCO_ENOMEM : VTPM_ERROR_BAD_REQUEST;
    }
    // Memory cannot be cut while it is mapped: so its length is looked at when it is.
    int32_t result = VTPM_ERROR_BAD_REQUEST;
    if (coco_memory_info(arguments->page, &info) == 0 && info.length >= SVSM_BUFFER_MOST) {
        result = serve_page((uint8_t *)(uintptr_t)at, arguments->offset, &results->size);
    }
    (void)coco_munmap((void *)(uintptr_t)at, SVSM_BUFFER_MOST);
    return result;
}

static int32_t query(struct coco_call *call, struct vtpm_query_results *results)
{
    (void)call;
    results->commands = svsm_query();
    return 0;
}

static int32_t power_on(struct coco_call *call)
{
    (void)call;
    return tpm_power_on() == 0 ? 0 : VTPM_PLATFORM_ERROR_NOT_STARTED;
}

static int32_t power_off(struct coco_call *call)
{
    (void)call;
    tpm_power_off();
    return 0;
}

static int32_t reset(struct coco_call *call)
{
    (void)call;
    return tpm_reset() == 0 ? 0 : VTPM_PLATFORM_ERROR_NOT_STARTED;
}

static int32_t suspend(struct coco_call *call)
{
    (void)call;
    return tpm_suspend() == 0 ? 0 : VTPM_PLATFORM_ERROR_NOT_STARTED;
}

static int32_t cancel(struct coco_call *call)
{
    (void)call;
    tpm_cancel();
    return 0;
}

static int32_t authority(struct coco_call *call, struct vtpm_platform_authority_results *results)
{
    (void)call;
    return tpm_authority(results->digest) == 0 ? 0 : VTPM_PLATFORM_ERROR_NO_AUTHORITY;
}

static const struct vtpm_server commands = {
    .send = send_command, .svsm = send_svsm, .query = query, .svsm_page = send_svsm_page};
static const struct vtpm_platform_server platform = {.power_on = power_on,
                                                     .power_off = power_off,
                                                     .reset = reset,
                                                     .suspend = suspend,
                                                     .cancel = cancel,
                                                     .authority = authority};

/// Serves one channel until it is told to end. Returns 0, or 1 with a line in the log.
static int serve(const char *name, const struct coco_served *what)
{
    struct coco_server server;
    struct coco_served served = *what;
    served.channel = coco_service_offered(name);
    coco_server_init(&server);
    int32_t added = coco_server_add(&server, &served);
    int64_t result = added == 0 ? coco_server_run(&server) : added;
    if (result != 0) {
        coco_service_log(COCO_LOG_ERROR, "channel %s: error %d", name, (int)result);
    }
    return result != 0;
}

static void *serve_platform(void *unused)
{
    static const struct coco_served what = {.dispatch = vtpm_platform_dispatch,
                                            .operations = &platform};
    (void)unused;
    (void)serve("tpm-platform", &what);
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct coco_served what = {.dispatch = vtpm_dispatch, .operations = &commands};
    pthread_t thread;
    const bool keeps = argc == 5 && strcmp(argv[3], "--keeper") == 0;
    if ((argc != 3 && !keeps) || strcmp(argv[1], "--state") != 0) {
        coco_service_log(COCO_LOG_ERROR, "usage: vtpm-service --state DIRECTORY [--keeper FILE]");
        return 2;
    }
    if (keeps) {
        tpm_before_use(end_hold_signals);
    }
    bool started =
        (!keeps || keep_open(argv[4], true) == 0) && tpm_open(argv[2]) == 0 && tpm_power_on() == 0;
    if (started && ((keeps && end_at_signals() != 0) ||
                    pthread_create(&thread, NULL, serve_platform, NULL) != 0)) {
        (void)tpm_end(); // the next start goes on from what this one has used up
        started = false;
    }
    if (!started) {
        coco_service_log(COCO_LOG_ERROR, "the TPM does not start");
        return 1;
    }
    coco_service_log(COCO_LOG_INFO, "ready");
    int status = serve("tpm", &what);
    tpm_power_off();
    return status;
}
