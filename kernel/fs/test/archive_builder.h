// SPDX-License-Identifier: MIT
// Archives for tests, good and bad.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct archive_builder {
    uint8_t bytes[16384];
    size_t len;
};

/// Start with the header.
void archive_builder_begin(struct archive_builder *builder);

/// A record whose fields need not fit together.
struct archive_record {
    uint16_t type;
    uint16_t name_len;
    uint64_t data_len;
    const char *bytes; /* what follows the fields */
    size_t len;
};

/// Add such a record.
void archive_builder_record(struct archive_builder *builder, const struct archive_record *record);

/// Add a file.
void archive_builder_file(struct archive_builder *builder, const char *name, const char *data);
