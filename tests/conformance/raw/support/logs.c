// SPDX-License-Identifier: MIT
#include "logs.h"

#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/string.h>
#include <harness/test.h>

bool logs_available(void)
{
    coco_handle_t system = entry_handle(COCO_ROLE_SYSTEM);
    return system != COCO_HANDLE_NONE &&
           ((uint64_t)coco_handle_info(system) >> 32 & COCO_RIGHT_WRITE) != 0;
}

struct coco_log_options log_options(const char *label)
{
    struct coco_log_options options = {.size = sizeof(options)};
    memcpy(options.label, label, strlen(label));
    return options;
}

coco_handle_t log_made(const char *label)
{
    struct coco_log_options options = log_options(label);
    int64_t log = coco_log_create(entry_handle(COCO_ROLE_SYSTEM), &options);
    return EXPECT_TRUE(log > 0) ? (coco_handle_t)log : COCO_HANDLE_NONE;
}

coco_handle_t log_reader_made(void)
{
    int64_t reader = coco_log_reader_create(entry_handle(COCO_ROLE_SYSTEM));
    if (!EXPECT_TRUE(reader > 0)) {
        return COCO_HANDLE_NONE;
    }
    EXPECT_TRUE(coco_log_seek((coco_handle_t)reader, COCO_LOG_END) >= 0);
    return (coco_handle_t)reader;
}

bool log_next(coco_handle_t reader, const char *label, struct log_seen *out)
{
    uint64_t buffer[COCO_LOG_RECORD_MAX / sizeof(uint64_t)];
    while (coco_log_read(reader, buffer, sizeof(buffer), 0) > 0) {
        /* the buffer has room for one of the largest, so for several small ones */
        memcpy(&out->record, buffer, sizeof(out->record));
        if (coco_log_seek(reader, out->record.sequence + 1) < 0) {
            return false;
        }
        if (strcmp(out->record.label, label) == 0) {
            memcpy(out->text, (const char *)buffer + sizeof(out->record), out->record.text_len);
            out->text[out->record.text_len] = '\0';
            return true;
        }
    }
    return false;
}

unsigned log_text_count(const char *text, int64_t len, const char *part)
{
    unsigned found = 0;
    size_t part_len = strlen(part);
    for (int64_t i = 0; i + (int64_t)part_len <= len; i++) {
        found += memcmp(text + i, part, part_len) == 0;
    }
    return found;
}

uint32_t log_poll(coco_handle_t reader)
{
    struct coco_poll entry = {.handle = reader, .wanted = COCO_EVENT_READ};
    EXPECT_EQ(coco_object_poll(&entry, 1, 0), entry.returned != 0);
    return entry.returned;
}
