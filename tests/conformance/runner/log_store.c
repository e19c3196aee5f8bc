// SPDX-License-Identifier: MIT
// Fuzz target: the store of the log service takes any bytes for records, and what it gives out lies
// in what it keeps.
#include <stdlib.h>
#include <string.h>

#include "store.h"

static void require(int condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct coco_log_record record = {.flags = COCO_LOG_CRASH, .text_len = 8};
    char *copy = malloc(size + 1); /* exactly as long, for the sanitizer */

    memcpy(copy, data, size);
    store_add(copy, size);
    if (size >= 2) { /* and the same bytes as the text of a record that is one */
        char good[sizeof(record) + 8] = {0};

        record.process = data[0] % 4;
        record.label[0] = (char)('a' + data[1] % 26);
        record.label[1] = (char)('a' + data[0] % 26);
        memcpy(good, &record, sizeof(record));
        memcpy(good + sizeof(record), data, size < 8 ? size : 8);
        store_add(good, sizeof(good));
    }
    free(copy);
    const struct stored_name *name;
    for (uint32_t i = 0; (name = store_at(i)) != NULL; i++) {
        require(store_find(name->name, strlen(name->name)) != NULL);
        require(store_kept(name) <= STORE_RECORDS_MAX && store_crashes(name) <= STORE_CRASHES_MAX);
        const struct stored *kept = store_record(name, 0, 7);
        require(kept == NULL || kept->text_len <= COCO_LOG_TEXT_MAX);
        const struct stored_crash *crash = store_crash(name, 0);
        require(crash == NULL || crash->text_len <= STORE_CRASH_TEXT_MAX);
        require(store_crash(name, STORE_CRASHES_MAX) == NULL);
    }
    require(store_at(STORE_NAMES_MAX) == NULL);
    return 0;
}
