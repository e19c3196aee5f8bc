// SPDX-License-Identifier: MIT
// The log service: follows the machine's log, keeps the last records and crash reports of each
// service, and answers who may ask.
#include <stdlib.h>
#include <string.h>

#include <coconut/coconut.h>

#include "logs.h"
#include "rights.h"
#include "store.h"

static coco_handle_t reader;

/* Takes in what was written so far. The last result of the log. */
static int64_t catch_up(void)
{
    static uint64_t buffer[2048];
    int64_t got;

    while ((got = coco_log_read(reader, buffer, sizeof(buffer), 0)) > 0) {
        store_add(buffer, (size_t)got);
    }
    return got;
}

static void take_records(struct coco_server *server, struct coco_source *source, uint32_t events)
{
    int64_t result = catch_up();

    (void)events;
    if (result != COCO_ETIMEDOUT && result != COCO_EINTR) {
        coco_server_remove_source(server, source); /* the log cannot be read any more */
    }
}

/* Place of the client's service in the order of start. */
static uint64_t place_of(const struct coco_call *call)
{
    return call->badge & ((1u << COCO_BADGE_SERVICE_BITS) - 1);
}

/* What is kept under a name, for a client that may read it. */
static int32_t look_up(const struct coco_call *call, const char *name, uint32_t len,
                       const struct stored_name **out)
{
    if (!rights_allow(place_of(call), name, len)) {
        return LOGS_ERROR_DENIED;
    }
    (void)catch_up(); /* what the client wrote before it asked is there */
    *out = store_find(name, len);
    return *out != NULL ? 0 : LOGS_ERROR_UNKNOWN;
}

static int32_t list(struct coco_call *call, const struct logs_list_arguments *arguments,
                    struct logs_list_results *results)
{
    (void)catch_up();
    const struct stored_name *name = store_at(arguments->index);

    if (name == NULL) {
        return LOGS_ERROR_END;
    }
    results->name_length = (uint32_t)strlen(name->name);
    memcpy(results->name, name->name, results->name_length);
    if (rights_allow(place_of(call), name->name, results->name_length)) {
        results->records = name->records;
        results->kept = store_kept(name);
        results->crashes = store_crashes(name);
    }
    return 0;
}

static int32_t read_record(struct coco_call *call, const struct logs_read_arguments *arguments,
                           struct logs_read_results *results)
{
    const struct stored_name *name;
    const int32_t status = look_up(call, arguments->name, arguments->name_length, &name);

    if (status != 0) {
        return status;
    }
    const struct stored *record = store_record(name, arguments->sequence, arguments->severity);
    if (record == NULL) {
        return LOGS_ERROR_END;
    }
    results->sequence = record->sequence;
    results->time = record->time;
    results->process = record->process;
    results->priority = record->priority;
    results->flags = record->flags;
    results->text_length = record->text_len;
    memcpy(results->text, record->text, record->text_len);
    return 0;
}

static int32_t read_crash(struct coco_call *call, const struct logs_crash_arguments *arguments,
                          struct logs_crash_results *results)
{
    const struct stored_name *name;
    const int32_t status = look_up(call, arguments->name, arguments->name_length, &name);

    if (status != 0) {
        return status;
    }
    const struct stored_crash *crash = store_crash(name, arguments->index);
    if (crash == NULL) {
        return LOGS_ERROR_END;
    }
    results->sequence = crash->sequence;
    results->time = crash->time;
    results->process = crash->process;
    results->text_length = crash->text_len;
    memcpy(results->text, crash->text, crash->text_len);
    return 0;
}

int main(void)
{
    static const struct logs_server handlers = {
        .list = list, .read = read_record, .crash = read_crash};
    static struct coco_server server;
    static struct coco_source log = {
        .wanted = COCO_EVENT_READ, .deadline = COCO_FOREVER, .ready = take_records};
    const char *number = getenv("COCONUT_LOG_READER");
    const struct coco_served served = {
        .channel = coco_service_offered("log"), .dispatch = logs_dispatch, .operations = &handlers};

    coco_server_init(&server);
    if (number == NULL || coco_server_add(&server, &served) != 0) {
        return 2; // nobody gave us the log, or the channel
    }
    reader = (coco_handle_t)strtoul(number, NULL, 10);
    log.handle = reader;
    (void)catch_up();
    if (coco_server_add_source(&server, &log) != 0) {
        return 2;
    }
    return coco_server_run(&server) == 0 ? 0 : 1;
}
