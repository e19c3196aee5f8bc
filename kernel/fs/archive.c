// SPDX-License-Identifier: MIT
#include <fs/archive.h>

#include <abi/types.h>
#include <base/string.h>
#include <mm/user_copy.h>

#define HEADER_SIZE 8u
#define RECORD_SIZE 12u
#define RECORD_TYPE_FILE 1u

static const uint8_t magic[4] = {'P', 'K', 'I', 'T'};

static uint64_t read_le(const uint8_t *bytes, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = count; i > 0; i--) {
        value = value << 8 | bytes[i - 1];
    }
    return value;
}

static enum status refuse(struct archive_reader *reader, const char *problem)
{
    reader->problem = problem;
    return ERR_INVAL;
}

enum status archive_open(struct archive_reader *reader, const void *data, size_t len)
{
    *reader = (struct archive_reader){.data = data, .len = len};
    if (len < HEADER_SIZE) {
        return refuse(reader, "shorter than its header");
    }
    if (memcmp(reader->data, magic, sizeof(magic)) != 0) {
        return refuse(reader, "does not start with PKIT");
    }
    if (read_le(reader->data + 4, 4) != HEADER_SIZE) {
        return refuse(reader, "header size is not 8");
    }
    reader->offset = HEADER_SIZE;
    return OK;
}

static enum status check_name(struct archive_reader *reader, const char *name, size_t len)
{
    if (len == 0) {
        return refuse(reader, "a file without a name");
    }
    if (len >= COCO_PATH_MAX) {
        return refuse(reader, "a name is longer than a path can be");
    }
    if (name[0] == '/') {
        return refuse(reader, "a name starts with a slash");
    }
    if (memchr(name, '\0', len) != NULL) {
        return refuse(reader, "a name contains a zero byte");
    }
    if (!utf8_is_valid(name, len)) {
        return refuse(reader, "a name is not UTF-8");
    }
    return OK;
}

enum status archive_next(struct archive_reader *reader, struct archive_file *out)
{
    size_t left = reader->len - reader->offset;
    const uint8_t *record = reader->data + reader->offset;

    if (left == 0) {
        return ERR_NOTFOUND;
    }
    if (left < RECORD_SIZE) {
        return refuse(reader, "the last record is cut off");
    }
    if (read_le(record, 2) != RECORD_TYPE_FILE) {
        return refuse(reader, "a record of unknown type");
    }
    size_t name_len = (size_t)read_le(record + 2, 2);
    uint64_t data_len = read_le(record + 4, 8);
    left -= RECORD_SIZE;
    if (name_len > left || data_len > left - name_len) {
        return refuse(reader, "a record reaches beyond the end");
    }
    enum status status = check_name(reader, (const char *)record + RECORD_SIZE, name_len);
    if (status != OK) {
        return status;
    }
    *out = (struct archive_file){
        .name = (const char *)record + RECORD_SIZE,
        .name_len = name_len,
        .data = record + RECORD_SIZE + name_len,
        .data_len = (size_t)data_len,
        .offset = reader->offset,
    };
    reader->offset += RECORD_SIZE + name_len + (size_t)data_len;
    return OK;
}
