// SPDX-License-Identifier: MIT
// <coconut/service.h> and generated servers against messages of all kinds, raw ones included.
#include "service.h"

#include <stdlib.h>
#include <string.h>

#include <coconut/coconut.h>
#include <coconut/ipc.h>

#include "channel.h"
#include "check.h"
#include "everything_wire.h"

static void names_of_channels(void)
{
    CHECK(setenv("COCONUT_OFFERS", "time:1,time2:12", 1) == 0);
    CHECK(setenv("COCONUT_CHANNELS", "log:x,name:5000,a:7,", 1) == 0);
    CHECK(coco_service_offered("time") == 1);
    CHECK(coco_service_offered("time2") == 12);
    CHECK(coco_service_offered("tim") == COCO_HANDLE_NONE);
    CHECK(coco_service_offered("") == COCO_HANDLE_NONE);
    CHECK(coco_service_used("time") == COCO_HANDLE_NONE);
    CHECK(coco_service_used("log") == COCO_HANDLE_NONE);
    CHECK(coco_service_used("name") == COCO_HANDLE_NONE);
    CHECK(coco_service_used("a") == 7);
    CHECK(unsetenv("COCONUT_OFFERS") == 0 && unsetenv("COCONUT_CHANNELS") == 0);
    CHECK(coco_service_offered("time") == COCO_HANDLE_NONE);
    struct coco_client client;
    CHECK(coco_client_open(&client, "a") == COCO_ENOTFOUND);
}

static void lines_in_the_log(void)
{
    static char text[2000];
    memset(text, 'a', sizeof(text) - 1);
    CHECK(coco_service_log(COCO_LOG_INFO, "a line with %d", 5) == 0);
    CHECK(coco_service_log_text(COCO_LOG_WARNING, "100% as it is\n") == 0);
    CHECK(coco_service_log_text(COCO_LOG_DEBUG, text) == 0);
    CHECK(coco_service_log(COCO_LOG_DEBUG, "%s", text) == 0);
}

static void description(void)
{
    struct coco_client *client = round_trip_client();
    struct coco_interface_description found;

    CHECK(coco_client_describe(client, EVERYTHING_NUMBER, &found) == 0);
    CHECK(found.interface_id == EVERYTHING_NUMBER && found.major == EVERYTHING_MAJOR &&
          found.minor == EVERYTHING_MINOR);
    CHECK(coco_client_describe(client, EVERYTHING_NUMBER + 1, &found) == COCO_EINVAL);
}

/* Sends bytes as they are: the status of the reply, or the error of the call. */
static int64_t send_raw(const void *message, uint32_t length)
{
    struct coco_reply_header header = {.status = 12345};
    const int64_t got = coco_channel_call(round_trip_client()->connection, message, length, &header,
                                          sizeof(header));
    return got == sizeof(header) ? header.status : got;
}

static void malformed_messages(void)
{
    struct everything_add_request good = {
        .header = {EVERYTHING_NUMBER, EVERYTHING_OPERATION_ADD, EVERYTHING_MAJOR, 0},
        .a = UINT64_MAX,
        .b = 1};
    struct everything_add_request bad = good;

    CHECK(send_raw(&good, sizeof(good)) == EVERYTHING_ERROR_FULL);
    for (uint32_t length = 0; length < sizeof(good); length++) {
        CHECK(send_raw(&good, length) == COCO_EINVAL);
    }
    bad.header.interface_id++;
    CHECK(send_raw(&bad, sizeof(bad)) == COCO_EINVAL);
    bad = good;
    bad.header.flags = 1;
    CHECK(send_raw(&bad, sizeof(bad)) == COCO_EINVAL);
    bad = good;
    bad.header.major++;
    CHECK(send_raw(&bad, sizeof(bad)) == COCO_ENOTSUPP);
    bad = good;
    bad.header.operation = 999;
    CHECK(send_raw(&bad, sizeof(bad)) == COCO_ENOSYS);
    bad.header.operation = COCO_OPERATION_STOP; /* from who is not the manager */
    CHECK(send_raw(&bad, sizeof(bad.header)) == COCO_ENOSYS);
    bad.header.operation = EVERYTHING_OPERATION_TELL; /* one way, made as a call */
    CHECK(send_raw(&bad, sizeof(bad)) == COCO_EINVAL);
    CHECK(coco_channel_send(round_trip_client()->connection, &bad, sizeof(bad.header),
                            COCO_FOREVER) == 0);
    CHECK(send_raw(&good, sizeof(good)) == EVERYTHING_ERROR_FULL); /* the server goes on */
}

static int64_t open_handles(void)
{
    int64_t count = 0;
    for (coco_handle_t handle = 0; handle < COCO_HANDLE_MAX; handle++) {
        count += !coco_is_error(coco_handle_info(handle));
    }
    return count;
}

/* Handles that nobody asked for, that are of the wrong kind, or lack rights: closed, and refused.
 */
static void handles_that_do_not_fit(void)
{
    struct coco_client *client = round_trip_client();
    const coco_handle_t memory = round_trip_memory();
    const coco_handle_t event = round_trip_event();
    const int64_t poor = coco_handle_duplicate(memory, COCO_RIGHT_READ | COCO_RIGHT_TRANSFER);
    struct everything_hand_over_results out;
    struct everything_hand_over_arguments in = {.memory = event, .given = COCO_HANDLE_LOG};
    const int64_t before = open_handles();

    CHECK(everything_hand_over(client, &in, &out) ==
          COCO_EPERM); /* kernel: EVENT has no right MAP */
    in.memory = (coco_handle_t)poor;
    CHECK(everything_hand_over(client, &in, &out) == COCO_EPERM);
    in.memory = COCO_HANDLE_MAX - 1;
    CHECK(everything_hand_over(client, &in, &out) == COCO_ENOTFOUND);
    CHECK(open_handles() == before);

    const struct everything_add_request add = {
        .header = {EVERYTHING_NUMBER, EVERYTHING_OPERATION_ADD, EVERYTHING_MAJOR, 0},
        .a = 1,
        .b = 1};
    CHECK(coco_ipc_call_handle(client->connection, &add, sizeof(add), memory, COCO_RIGHTS_SAME) ==
          COCO_EOVERFLOW);
    struct everything_hand_over_request hand = {
        .header = {EVERYTHING_NUMBER, EVERYTHING_OPERATION_HAND_OVER, EVERYTHING_MAJOR, 0}};
    CHECK(coco_ipc_call_handle(client->connection, &hand, sizeof(hand), memory, COCO_RIGHTS_SAME) ==
          COCO_EOVERFLOW);
    CHECK(open_handles() == before);
    CHECK(coco_close(memory) == 0 && coco_close(event) == 0 &&
          coco_close((coco_handle_t)poor) == 0);
}

/* What is handed over arrives, and nothing is left behind. */
static void handles_that_travel(void)
{
    struct coco_client *client = round_trip_client();
    const coco_handle_t memory = round_trip_memory();
    const int64_t before = open_handles();
    struct everything_hand_over_results out;

    for (int i = 0; i < 50; i++) {
        const struct everything_hand_over_arguments in = {.memory = memory,
                                                          .given = round_trip_event()};
        CHECK(everything_hand_over(client, &in, &out) == 0);
        CHECK(coco_event_wait(out.event, 1, 0, 0) == 1);
        CHECK(coco_event_signal(out.event, 1) == COCO_ERDONLY); /* the rights of the description */
        CHECK(coco_close(out.event) == 0);
    }
    CHECK(open_handles() == before);
    CHECK(coco_close(memory) == 0);
}

/* Started as init would: tests/conformance/interface is its own service. */
static const char *program;

static void starting(void)
{
    static const struct coco_service_handle none[COCO_SERVICE_HANDLES_MAX + 1];
    static char long_name[3000];
    const coco_handle_t event = (coco_handle_t)coco_event_create(0);
    struct coco_service_handle handle = {"bell", event, COCO_RIGHT_WRITE, 0, 0};
    struct coco_service_start start = {
        .path = program, .argument = "ring", .handles = &handle, .handle_count = 1};
    struct coco_exit_status status = {0};

    const int64_t process = coco_service_start(&start);
    CHECK(process > 0);
    CHECK(coco_process_wait((coco_handle_t)process, COCO_FOREVER, &status) == 0);
    CHECK(status.reason == COCO_EXIT_CODE && status.code == 21);
    CHECK(coco_event_wait(event, 1, 0, 0) == 1);
    CHECK(coco_close((coco_handle_t)process) == 0);
    start.path = "/no/such/program";
    CHECK(coco_service_start(&start) == COCO_ENOTFOUND);
    start.path = program;
    handle.rights = COCO_RIGHT_MANAGE;
    CHECK(coco_service_start(&start) == COCO_EPERM);
    memset(long_name, 'a', sizeof(long_name) - 1);
    handle.name = long_name;
    CHECK(coco_service_start(&start) == COCO_ETOOBIG);
    start.handles = none;
    start.handle_count = COCO_SERVICE_HANDLES_MAX + 1;
    CHECK(coco_service_start(&start) == COCO_ETOOBIG);
    CHECK(coco_close(event) == 0);
}

/* What the service does: it has the one handle, with the one right. */
static int ring(void)
{
    const coco_handle_t bell = coco_service_used("bell");

    if (coco_event_signal(bell, 1) != 0 || coco_event_wait(bell, 1, 0, 0) != COCO_EWRONLY ||
        coco_service_offered("bell") != COCO_HANDLE_NONE ||
        !coco_is_error(coco_handle_info(bell + 1))) {
        return 1;
    }
    return 21;
}

static void timeout(void)
{
    struct running silent; /* never runs */
    static struct coco_client client;
    struct everything_add_results sum;
    const struct everything_add_arguments in = {.a = 1};

    running_make(&silent);
    coco_client_init(&client, running_connect(&silent, 1, 0));
    client.timeout = 5000000;
    CHECK(everything_add(&client, &in, &sum) == COCO_ETIMEDOUT);
    CHECK(everything_tell(&client, &(struct everything_tell_arguments){
                                       .text = "x", .text_length = 1}) == COCO_ETIMEDOUT);
    CHECK(!coco_client_is_dead(&client));
    CHECK(coco_close(silent.channel) == 0);
    CHECK(coco_client_is_dead(&client));
    client.attempts = 3;
    client.interrupted = 0;
    CHECK(everything_add(&client, &in, &sum) == COCO_ECANCELED);
    CHECK(client.interrupted == 3);
    CHECK(coco_close(client.connection) == 0);
}

int main(int argc, char **argv)
{
    program = argv[0];
    if (argc > 1 && strcmp(argv[1], "ring") == 0) {
        return ring();
    }
    check_run("names_of_channels", names_of_channels);
    check_run("lines_in_the_log", lines_in_the_log);
    check_run("description", description);
    check_run("malformed_messages", malformed_messages);
    check_run("handles_that_do_not_fit", handles_that_do_not_fit);
    check_run("handles_that_travel", handles_that_travel);
    check_run("starting", starting);
    check_run("timeout", timeout);
    service_clients_tests();
    service_sources_tests();
    return check_end();
}
