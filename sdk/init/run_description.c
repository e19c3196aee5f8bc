// SPDX-License-Identifier: MIT
#include "run_description.h"

/* Cut `count` strings off the bytes *text .. *text + *len; false if there are fewer. */
static bool take(const char **text, size_t *len, uint32_t count, struct run_strings *out)
{
    size_t used = 0;

    for (uint32_t i = 0; i < count; i++) {
        while (used < *len && (*text)[used] != '\0') {
            used++;
        }
        if (used == *len) {
            return false;
        }
        used++;
    }
    *out = (struct run_strings){.text = *text, .len = used, .count = count};
    *text += used;
    *len -= used;
    return true;
}

bool run_description_parse(const char *data, size_t len, struct run_description *out)
{
    struct run_header header;

    if (len < sizeof(header)) {
        return false;
    }
    __builtin_memcpy(&header, data, sizeof(header));
    if (header.magic[0] != 'C' || header.magic[1] != 'R' || header.magic[2] != 'U' ||
        header.magic[3] != 'N' || header.version != RUN_VERSION) {
        return false;
    }
    data += sizeof(header);
    len -= sizeof(header);
    return header.body_len == len && take(&data, &len, 1, &out->program) &&
           take(&data, &len, 1, &out->working_directory) &&
           take(&data, &len, header.argument_count, &out->arguments) &&
           take(&data, &len, header.environment_count, &out->environment) &&
           take(&data, &len, header.directory_count, &out->directories) &&
           take(&data, &len, header.returned_count, &out->returned) && len == 0;
}

const char *run_strings_next(struct run_strings *strings)
{
    const char *first = strings->text;
    size_t len = 0;

    while (first[len] != '\0') {
        len++;
    }
    strings->text += len + 1;
    strings->len -= len + 1;
    strings->count--;
    return first;
}
