// SPDX-License-Identifier: MIT
// The log of a process: collects lines and hands them to the kernel log with the process's name.
#include <base/check.h>
#include <base/format.h>
#include <base/log.h>
#include <base/string.h>
#include <fs/fs.h>
#include <fs/log.h>
#include <mm/heap.h>

#define LINE_MAX 224u   /* bytes of a line, its newline and prefix not counted; upstream's */
#define NAME_MAX 63u    /* bytes of the name in front */
#define COPY_CHUNK 256u /* bytes taken from user memory at a time */

struct log_object {
    struct object object;
    struct mutex lock; /* guards line and len; not held over user copies */
    size_t len;
    char line[LINE_MAX];
    char name[NAME_MAX + 1];
};

static struct log_object *log_of(struct object *object)
{
    return container_of(object, struct log_object, object);
}

enum status log_object_create(const char *name, struct object **out)
{
    struct log_object *log;

    *out = NULL;
    enum status status = kzalloc_object(&log);
    if (status != OK) {
        return status;
    }
    (void)strlcpy(log->name, name, sizeof(log->name)); // a longer name is cut by contract
    mutex_init(&log->lock);
    object_init(&log->object, COCO_OBJECT_LOG);
    *out = &log->object;
    return OK;
}

static void emit_line(struct log_object *log)
{
    char text[NAME_MAX + LINE_MAX + 8];
    size_t prefix = ksnprintf(text, sizeof(text), "[%s] ", log->name);

    memcpy(text + prefix, log->line, log->len);
    text[prefix + log->len] = '\n';
    log_sink(text, prefix + log->len + 1);
    log->len = 0;
}

static void log_destroy(struct object *object)
{
    struct log_object *log = log_of(object);

    if (log->len > 0) {
        emit_line(log);
    }
    kfree(log);
}

/// A control character could move the cursor of a terminal that shows the log.
static char printable(char c)
{
    uint8_t byte = (uint8_t)c;

    return (byte < 0x20 && byte != '\t') || byte == 0x7f ? '?' : c;
}

static void add_text(struct log_object *log, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n') {
            emit_line(log);
            continue;
        }
        if (log->len == LINE_MAX) {
            emit_line(log);
        }
        log->line[log->len++] = printable(text[i]);
    }
}

static enum status log_write(struct object *object, struct user_in buffer, size_t *done)
{
    struct log_object *log = log_of(object);
    enum status status = buffer.len == 0 ? OK : user_range_check(buffer.addr, buffer.len);

    for (uint64_t copied = 0; status == OK && copied < buffer.len;) {
        char chunk[COPY_CHUNK];
        size_t len = (size_t)MIN(buffer.len - copied, (uint64_t)sizeof(chunk));
        status = user_copy_in(chunk, uaddr(buffer.addr.v + copied), len);
        if (status == OK) {
            mutex_lock(&log->lock);
            add_text(log, chunk, len);
            mutex_unlock(&log->lock);
            copied += len;
        }
    }
    *done = buffer.len;
    return status;
}

static enum status log_fs_seek(struct object *object, int64_t offset, uint64_t mode,
                               uint64_t *position)
{
    (void)object;
    (void)offset;
    *position = 0; // its size is 0
    return mode > COCO_FS_SEEK_END ? ERR_INVAL : OK;
}

static enum status log_truncate(struct object *object, uint64_t length, uint64_t *size)
{
    (void)object;
    (void)length;
    (void)size;
    return ERR_UNKNOWN; // as upstream
}

static enum status log_stat(struct object *object, struct coco_stat *out)
{
    (void)object;
    memset(out, 0, sizeof(*out));
    out->type = COCO_TYPE_LOG;
    return OK;
}

const struct object_ops log_object_ops = {
    .name = "log",
    .destroy = log_destroy,
    .write = log_write,
    .fs_seek = log_fs_seek,
    .truncate = log_truncate,
    .stat = log_stat,
};
