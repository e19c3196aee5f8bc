// SPDX-License-Identifier: MIT
#include "settings.h"

#include <base/log.h>
#include <base/string.h>
#include <fs/archive.h>

#define SETTINGS_NAME "coconut/image"

/// What is left of the file.
struct text {
    const char *at;
    size_t len;
};

static bool take(struct text *text, const char *expected)
{
    size_t len = strlen(expected);

    if (text->len < len || memcmp(text->at, expected, len) != 0) {
        return false;
    }
    text->at += len;
    text->len -= len;
    return true;
}

static bool parse(struct text text, struct image_settings *out)
{
    if (!take(&text, "coconut image 1\nbuild ")) {
        return false;
    }
    if (take(&text, "development\n")) {
        out->release = false;
    } else if (!take(&text, "release\n")) {
        return false;
    }
    if (!take(&text, "threshold ") || text.len != 2 || text.at[1] != '\n' || text.at[0] < '0' ||
        text.at[0] > '7') {
        return false;
    }
    out->threshold = (uint32_t)(text.at[0] - '0');
    return true;
}

void image_settings_find(const void *archive, size_t len, struct image_settings *out)
{
    struct archive_reader reader;
    struct archive_file file;

    *out = (struct image_settings){.release = false, .threshold = LOG_SEVERITY_DEBUG};
    if (archive_open(&reader, archive, len) != OK) {
        return; /* not an archive: nothing will be started */
    }
    while (archive_next(&reader, &file) == OK) {
        if (file.name_len == strlen(SETTINGS_NAME) &&
            memcmp(file.name, SETTINGS_NAME, file.name_len) == 0) {
            *out = (struct image_settings){.release = true, .threshold = LOG_SEVERITY_INFO};
            if (!parse((struct text){(const char *)file.data, file.data_len}, out)) {
                out->release = true;
            }
            return;
        }
    }
}
