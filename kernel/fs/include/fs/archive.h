// SPDX-License-Identifier: MIT
// Reader of PKIT archives. Pure: no allocation, no state but the caller's; every byte is hostile.
//
//   header: "PKIT", u32 header size = 8
//   record: u16 type = 1 (file), u16 name length > 0, u64 data length, name, data; to the end
// All numbers are little-endian. A name is UTF-8 without NUL, at most COCO_PATH_MAX - 1 bytes, and
// does not start with a slash.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

struct archive_reader {
    const uint8_t *data;
    size_t len;
    size_t offset;       /* of the next record */
    const char *problem; /* after ERR_INVAL: what is wrong */
};

struct archive_file {
    const char *name; /* inside of the archive, not NUL-terminated */
    size_t name_len;
    const uint8_t *data;
    size_t data_len;
    size_t offset; /* of the record */
};

/// Check the header and stand before the first record. ERR_INVAL with reader->problem.
enum status archive_open(struct archive_reader *reader, const void *data, size_t len) __must_check;

/// The next file. ERR_NOTFOUND at the end; ERR_INVAL with reader->problem, and reader->offset still
/// at the bad record.
enum status archive_next(struct archive_reader *reader, struct archive_file *out) __must_check;
