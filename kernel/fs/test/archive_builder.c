// SPDX-License-Identifier: MIT
#include "archive_builder.h"

#include <string.h>

static void add(struct archive_builder *builder, const void *bytes, size_t len)
{
    memcpy(builder->bytes + builder->len, bytes, len);
    builder->len += len;
}

void archive_builder_begin(struct archive_builder *builder)
{
    builder->len = 0;
    add(builder, "PKIT\x08\0\0\0", 8);
}

void archive_builder_record(struct archive_builder *builder, const struct archive_record *record)
{
    add(builder, &record->type, sizeof(record->type));
    add(builder, &record->name_len, sizeof(record->name_len));
    add(builder, &record->data_len, sizeof(record->data_len));
    add(builder, record->bytes, record->len);
}

void archive_builder_file(struct archive_builder *builder, const char *name, const char *data)
{
    const struct archive_record record = {
        .type = 1,
        .name_len = (uint16_t)strlen(name),
        .data_len = strlen(data),
        .bytes = name,
        .len = strlen(name),
    };

    archive_builder_record(builder, &record);
    add(builder, data, strlen(data));
}
