// SPDX-License-Identifier: MIT
// The log: making labelled logs and readers, writing with a priority, reading records.
#include <abi/objects.h>
#include <base/string.h>
#include <fs/log.h>
#include <task/process.h>

#include "new_handle.h"
#include "prototypes.h"

uint64_t log_writer(void)
{
    const struct process *process = process_current();

    return process != NULL ? process_id(process) : 0;
}

/// Between 1 and COCO_LOG_LABEL_MAX - 1 graphic characters; brackets stand around it in lines.
static bool label_is_valid(const char *label)
{
    size_t len = strnlen(label, COCO_LOG_LABEL_MAX);

    for (size_t i = 0; i < len; i++) {
        uint8_t byte = (uint8_t)label[i];

        if (byte <= 0x20 || byte > 0x7e || byte == '[' || byte == ']') {
            return false;
        }
    }
    return len > 0 && len < COCO_LOG_LABEL_MAX;
}

int64_t sys_log_create(struct object *system, uaddr_t address)
{
    struct coco_log_options options;
    struct object *log;
    enum status status = user_copy_in(&options, address, sizeof(options));

    (void)system;
    if (status == OK && (options.size != sizeof(options) || options.reserved != 0 ||
                         !label_is_valid(options.label))) {
        status = ERR_INVAL;
    }
    if (status == OK) {
        status = log_object_create_with(&options, &log);
    }
    return status == OK ? new_handle_install(log, COCO_OBJECT_LOG_RIGHTS) : status;
}

int64_t sys_log_write(struct object *log, uint32_t priority, struct user_in text)
{
    char copy[COCO_LOG_WRITE_MAX];
    // Memory that cannot be read is a reason before any value; no more than fits is looked at.
    enum status status = user_copy_in(copy, text.addr, MIN(text.len, (uint64_t)sizeof(copy)));

    if (status != OK) {
        return status;
    }
    if (priority > COCO_LOG_PRIORITY_MAX) {
        return ERR_INVAL;
    }
    if (text.len > sizeof(copy)) {
        return ERR_TOOBIG;
    }
    log_object_write(log, priority, copy, (size_t)text.len);
    return (int64_t)text.len;
}

int64_t sys_log_reader_create(struct object *system)
{
    struct object *reader;
    enum status status = log_reader_create(&reader);

    (void)system;
    return status == OK ? new_handle_install(reader, COCO_OBJECT_LOG_READER_RIGHTS) : status;
}

int64_t sys_log_read(struct object *reader, struct user_out records, uint64_t deadline)
{
    size_t done = 0;
    // Where nothing can be stored is a reason before any value.
    size_t first = (size_t)MIN(records.len, (uint64_t)sizeof(struct coco_log_record));
    enum status status = user_zero(records.addr, first);

    if (status == OK && records.len < COCO_LOG_RECORD_MAX) {
        status = ERR_INVAL;
    }
    if (status == OK) {
        status = log_reader_read(reader, records, deadline, &done);
    }
    return status == OK ? (int64_t)done : status;
}

int64_t sys_log_seek(struct object *reader, uint64_t sequence)
{
    return (int64_t)log_reader_seek(reader, sequence);
}
