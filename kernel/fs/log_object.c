// SPDX-License-Identifier: MIT
// The log of a process: collects lines and hands them on with what they come from.
#include <base/check.h>
#include <base/string.h>
#include <fs/fs.h>
#include <fs/log.h>
#include <mm/heap.h>

#define COPY_CHUNK 256u /* bytes taken from user memory at a time */

/// Text up to the end of a line.
struct line {
    size_t len;
    char text[LOG_SOURCE_LINE];
};

struct log_object {
    struct object object;
    struct log_source *source; /* a reference */
    struct mutex lock;         /* guards what follows; not held over user copies */
    uint64_t process;          /* who wrote last */
    struct line line;
};

static struct log_object *log_of(struct object *object)
{
    return container_of(object, struct log_object, object);
}

/// Takes a reference to `source` over, whatever the result.
static enum status create(struct log_source *source, struct object **out)
{
    struct log_object *log;
    enum status status = kzalloc_object(&log);

    *out = NULL;
    if (status != OK) {
        log_source_put(source);
        return status;
    }
    log->source = source;
    mutex_init(&log->lock);
    object_init(&log->object, COCO_OBJECT_LOG);
    *out = &log->object;
    return OK;
}

enum status log_object_create(const char *name, struct object **out)
{
    struct log_source *source;
    enum status status = log_source_create(name, 0, 0, &source);

    *out = NULL;
    return status == OK ? create(source, out) : status;
}

enum status log_object_create_with(const struct coco_log_options *options, struct object **out)
{
    struct log_source *source;
    enum status status = log_source_create(options->label, options->rate, options->burst, &source);

    *out = NULL;
    return status == OK ? create(source, out) : status;
}

enum status log_object_derive(struct object *log, struct object **out)
{
    log_source_get(log_of(log)->source);
    return create(log_of(log)->source, out);
}

const char *log_object_label(struct object *log)
{
    return log_source_label(log_of(log)->source);
}

static void log_destroy(struct object *object)
{
    struct log_object *log = log_of(object);

    if (log->line.len > 0) {
        log_source_emit(log->source, log->process, LOG_PRIORITY_PLAIN, log->line.text,
                        log->line.len);
    }
    log_source_put(log->source);
    kfree(log);
}

static void flush(struct log_object *log, struct line *line, uint32_t priority)
{
    log_source_emit(log->source, log_writer(), priority, line->text, line->len);
    line->len = 0;
}

static void add_text(struct log_object *log, struct line *line, uint32_t priority, const char *text,
                     size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n') {
            flush(log, line, priority);
            continue;
        }
        if (line->len == sizeof(line->text)) {
            flush(log, line, priority);
        }
        line->text[line->len++] = text[i];
    }
}

void log_object_write(struct object *object, uint32_t priority, const char *text, size_t len)
{
    struct log_object *log = log_of(object);
    struct line line = {.len = 0};

    add_text(log, &line, priority, text, len);
    if (line.len > 0) {
        flush(log, &line, priority);
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
            log->process = log_writer();
            add_text(log, &log->line, LOG_PRIORITY_PLAIN, chunk, len);
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
