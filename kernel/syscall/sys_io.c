// SPDX-License-Identifier: MIT
// Reading, writing and positions: the object's own operation does the work.
#include <object/object.h>

#include "prototypes.h"
#include "waited.h"

static int64_t count_or_error(enum status status, size_t count)
{
    return status == OK ? (int64_t)count : status;
}

int64_t sys_read(struct object *file, struct user_out buffer)
{
    size_t done = 0;

    enum status status = object_read(file, buffer, &done);
    return waited_result(file, COCO_SOCKET_OPTION_RECEIVE_TIMEOUT, status, done);
}

int64_t sys_write(struct object *file, struct user_in buffer)
{
    size_t done = 0;

    enum status status = object_write(file, buffer, &done);
    return waited_result(file, COCO_SOCKET_OPTION_SEND_TIMEOUT, status, done);
}

int64_t sys_file_pread(struct object *file, struct user_out buffer, uint64_t offset)
{
    size_t done = 0;

    return count_or_error(object_pread(file, buffer, offset, &done), done);
}

int64_t sys_file_pwrite(struct object *file, struct user_in buffer, uint64_t offset)
{
    size_t done = 0;

    return count_or_error(object_pwrite(file, buffer, offset, &done), done);
}

int64_t sys_seek(struct object *file, int64_t offset, uint64_t mode)
{
    uint64_t position = 0;

    return count_or_error(object_fs_seek(file, offset, mode, &position), position);
}

int64_t sys_file_seek(struct object *file, int64_t offset, uint32_t whence)
{
    uint64_t position = 0;
    enum status status = object_seek(file, offset, whence, &position);

    if (status == ERR_NOTSUPP) {
        return ERR_SPIPE; // of the kinds that the call takes, those without the operation
    }
    return count_or_error(status, position);
}

int64_t sys_truncate(struct object *file, uint64_t length)
{
    uint64_t size = 0;

    return count_or_error(object_truncate(file, length, &size), size);
}

int64_t sys_file_resize(struct object *file, uint64_t length)
{
    return object_resize(file, length);
}

int64_t sys_readdir(struct object *dir, struct user_out entries)
{
    size_t count = 0;

    return count_or_error(object_readdir(dir, entries, &count), count);
}

int64_t sys_file_stat(struct object *file, uaddr_t stat)
{
    struct coco_stat text;
    enum status status = object_stat(file, &text);

    return status == OK ? user_copy_out(stat, &text, sizeof(text)) : status;
}

int64_t sys_file_status_flags(struct object *file, uint32_t clear, uint32_t set)
{
    return object_change_status_flags(file, (uint8_t)clear, (uint8_t)set);
}
