// SPDX-License-Identifier: MIT
// Reading, writing and positions: the object's own operation does the work.
#include <base/math.h>
#include <fs/fs.h>
#include <object/object.h>
#include <task/process.h>
#include <task/signal.h>

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

/// What the limit of file sizes leaves of a change of `object` up to `end`: `*left` bytes from
/// `start` on. ERR_FBIG, with a signal: none.
static __noinline enum status limit_size(struct object *object, uint64_t limit, uint64_t start,
                                         uint64_t *left)
{
    const struct coco_signal_info info = {.signal = COCO_SIGNAL_FILE_SIZE};
    struct coco_stat stat;

    if (*left == 0 || object_stat(object, &stat) != OK || stat.type != COCO_TYPE_FILE) {
        return OK;
    }
    if (start < limit) {
        *left = MIN(*left, limit - start);
        return OK;
    }
    (void)!signal_send_thread(0, &info, false); // to the caller: nothing to refuse
    return ERR_FBIG;
}

/// Where a write without an offset begins.
static uint64_t write_start(struct object *file)
{
    struct coco_stat stat;
    uint64_t position = 0;

    if ((object_status_flags(file) & COCO_STATUS_APPEND) != 0) {
        return object_stat(file, &stat) == OK ? stat.size : 0;
    }
    return object_seek(file, 0, COCO_SEEK_CURRENT, &position) == OK ? position : 0;
}

static uint64_t size_limit(void)
{
    return process_current_limit(process_current(), COCO_LIMIT_FILE_SIZE);
}

int64_t sys_write(struct object *file, struct user_in buffer)
{
    uint64_t limit = size_limit();
    enum status status = OK;
    size_t done = 0;

    if (unlikely(limit != COCO_LIMIT_NONE) && file->type == COCO_OBJECT_FILE) {
        status = limit_size(file, limit, write_start(file), &buffer.len);
    }
    if (status == OK) {
        status = object_write(file, buffer, &done);
    }
    return waited_result(file, COCO_SOCKET_OPTION_SEND_TIMEOUT, status, done);
}

int64_t sys_file_pread(struct object *file, struct user_out buffer, uint64_t offset)
{
    size_t done = 0;

    return count_or_error(object_pread(file, buffer, offset, &done), done);
}

int64_t sys_file_pwrite(struct object *file, struct user_in buffer, uint64_t offset)
{
    uint64_t limit = size_limit();
    enum status status = OK;
    size_t done = 0;

    if (unlikely(limit != COCO_LIMIT_NONE)) {
        status = limit_size(file, limit, offset, &buffer.len);
    }
    if (status == OK) {
        status = object_pwrite(file, buffer, offset, &done);
    }
    return count_or_error(status, done);
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

/// Whether a file may grow so that it ends at `end`. ERR_FBIG, with a signal.
static enum status limit_end(struct object *file, uint64_t end)
{
    uint64_t limit = size_limit();
    uint64_t one = 1;
    struct coco_stat stat;

    if (likely(end <= limit)) {
        return OK;
    }
    bool grows = object_stat(file, &stat) != OK || end > stat.size;
    return grows ? limit_size(file, limit, end, &one) : OK;
}

int64_t sys_file_resize(struct object *file, uint64_t length)
{
    enum status status = limit_end(file, length);

    return status == OK ? object_resize(file, length) : status;
}

int64_t sys_file_allocate(struct object *file, uint64_t offset, uint64_t length)
{
    enum status status = length == 0 ? ERR_INVAL : OK;
    uint64_t end;

    if (status == OK && !checked_add(offset, length, &end)) {
        status = ERR_FBIG;
    }
    if (status == OK) {
        status = limit_end(file, end);
    }
    return status == OK ? vfs_allocate(file_node(file), offset, length) : status;
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
