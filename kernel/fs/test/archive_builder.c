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

void archive_builder_record(struct archive_builder *builder, unsigned type, unsigned name_len,
                            uint64_t data_len, const char *name_and_data, size_t len)
{
    uint16_t head[2] = {(uint16_t)type, (uint16_t)name_len};

    add(builder, head, sizeof(head));
    add(builder, &data_len, sizeof(data_len));
    add(builder, name_and_data, len);
}

void archive_builder_file(struct archive_builder *builder, const char *name, const char *data)
{
    size_t name_len = strlen(name);
    size_t data_len = strlen(data);

    archive_builder_record(builder, 1, (unsigned)name_len, data_len, name, name_len);
    add(builder, data, data_len);
}
