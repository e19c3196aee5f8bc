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

/// Add a record whose fields need not fit together.
void archive_builder_record(struct archive_builder *builder, unsigned type, unsigned name_len,
                            uint64_t data_len, const char *name_and_data, size_t len);

/// Add a file.
void archive_builder_file(struct archive_builder *builder, const char *name, const char *data);
