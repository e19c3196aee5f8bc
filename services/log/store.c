// SPDX-License-Identifier: MIT
#include "store.h"

#include <string.h>

static struct stored_name names[STORE_NAMES_MAX];
static uint32_t name_count;

const struct stored_name *store_at(uint32_t index)
{
    return index < name_count ? &names[index] : NULL;
}

static struct stored_name *find(const char *name, size_t len)
{
    for (uint32_t i = 0; i < name_count; i++) {
        if (strlen(names[i].name) == len && memcmp(names[i].name, name, len) == 0) {
            return &names[i];
        }
    }
    return NULL;
}

const struct stored_name *store_find(const char *name, size_t len)
{
    return find(name, len);
}

/* The entry for a label, made if it is new; NULL when all are taken. */
static struct stored_name *entry_for(const char *label)
{
    const char *name = label[0] != '\0' ? label : "kernel";
    struct stored_name *entry = find(name, strnlen(name, COCO_LOG_LABEL_MAX - 1));

    if (entry == NULL && name_count < STORE_NAMES_MAX) {
        entry = &names[name_count++];
        strncpy(entry->name, name, sizeof(entry->name) - 1);
    }
    return entry;
}

/* A report begins with a line that is not indented; the others belong to the newest report on the
 * same process. */
static void add_to_crash(struct stored_name *entry, const struct coco_log_record *record,
                         const char *text)
{
    struct stored_crash *crash = &entry->crash[(entry->crashes - 1) % STORE_CRASHES_MAX];

    if (entry->crashes == 0 || crash->process != record->process || text[0] != ' ') {
        crash = &entry->crash[entry->crashes++ % STORE_CRASHES_MAX];
        *crash = (struct stored_crash){
            .sequence = record->sequence, .time = record->time, .process = record->process};
    }
    if (record->text_len + 1 <= sizeof(crash->text) - crash->text_len) {
        memcpy(crash->text + crash->text_len, text, record->text_len);
        crash->text_len += record->text_len;
        crash->text[crash->text_len++] = '\n';
    }
}

static void add(const struct coco_log_record *record, const char *text)
{
    struct stored_name *entry = entry_for(record->label);

    if (entry == NULL) {
        return;
    }
    struct stored *kept = &entry->record[entry->records++ % STORE_RECORDS_MAX];

    kept->sequence = record->sequence;
    kept->time = record->time;
    kept->process = record->process;
    kept->priority = record->priority;
    kept->flags = record->flags;
    kept->text_len = record->text_len;
    memcpy(kept->text, text, record->text_len);
    if ((record->flags & COCO_LOG_CRASH) != 0) {
        add_to_crash(entry, record, text);
    }
}

void store_add(const void *records, size_t len)
{
    const char *at = records;

    while (len >= sizeof(struct coco_log_record)) {
        struct coco_log_record record;

        memcpy(&record, at, sizeof(record));
        if (record.text_len > COCO_LOG_TEXT_MAX || record.label[COCO_LOG_LABEL_MAX - 1] != '\0') {
            return;
        }
        size_t size = sizeof(record) + ((record.text_len + 7u) & ~(size_t)7u);
        if (size > len) {
            return;
        }
        add(&record, at + sizeof(record));
        at += size;
        len -= size;
    }
}

uint32_t store_kept(const struct stored_name *name)
{
    return name->records < STORE_RECORDS_MAX ? (uint32_t)name->records : STORE_RECORDS_MAX;
}

uint32_t store_crashes(const struct stored_name *name)
{
    return name->crashes < STORE_CRASHES_MAX ? (uint32_t)name->crashes : STORE_CRASHES_MAX;
}

const struct stored *store_record(const struct stored_name *name, uint64_t sequence,
                                  uint32_t severity)
{
    for (uint64_t i = name->records - store_kept(name); i < name->records; i++) {
        const struct stored *record = &name->record[i % STORE_RECORDS_MAX];

        if (record->sequence >= sequence && (record->priority & 7u) <= severity) {
            return record;
        }
    }
    return NULL;
}

const struct stored_crash *store_crash(const struct stored_name *name, uint32_t index)
{
    return index < store_crashes(name)
               ? &name->crash[(name->crashes - 1 - index) % STORE_CRASHES_MAX]
               : NULL;
}
