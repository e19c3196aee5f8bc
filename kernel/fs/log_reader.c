// SPDX-License-Identifier: MIT
// Readers of the log: a place each, by number of a record. What is written wakes all of them.
#include <base/check.h>
#include <base/string.h>
#include <fs/log.h>
#include <mm/heap.h>
#include <object/mutex.h>
#include <object/object.h>
#include <object/wait.h>

struct log_reader {
    struct object object;
    struct mutex lock; /* one read at a time */
    uint64_t place;    /* number of the next record; atomic */
};

static struct wait_queue readers; /* those who wait for records */
static bool ready;                /* readers is made; never reset */

void log_readers_init(void)
{
    wait_queue_init(&readers);
    __atomic_store_n(&ready, true, __ATOMIC_RELEASE);
}

void log_readers_wake(void)
{
    if (__atomic_load_n(&ready, __ATOMIC_ACQUIRE)) {
        wait_wake(&readers, WAIT_ALL);
    }
}

static struct log_reader *reader_of(struct object *object)
{
    return container_of(object, struct log_reader, object);
}

enum status log_reader_create(struct object **out)
{
    struct log_reader *reader;
    enum status status = kzalloc_object(&reader);

    if (status == OK) {
        mutex_init(&reader->lock);
        reader->place = log_ring_oldest();
        object_init(&reader->object, COCO_OBJECT_LOG_READER);
        *out = &reader->object;
    }
    return status;
}

static uint64_t place_of(const struct log_reader *reader)
{
    return __atomic_load_n(&reader->place, __ATOMIC_RELAXED);
}

/// A record as it is in user memory.
struct image {
    struct coco_log_record record;
    char text[COCO_LOG_TEXT_MAX];
};

/// Copies records from `*place` on, which moves, while they fit.
static enum status copy_records(struct user_out buffer, uint64_t *place, size_t *done)
{
    struct image image;
    enum status status = OK;

    for (*done = 0; buffer.len - *done >= sizeof(image.record);) {
        memset(&image, 0, sizeof(image));
        if (!log_ring_fetch(*place, &image.record, image.text)) {
            break;
        }
        image.record.lost = (uint32_t)MIN(image.record.sequence - *place, (uint64_t)UINT32_MAX);
        size_t size = sizeof(image.record) + ((image.record.text_len + 7u) & ~(size_t)7u);
        if (size > buffer.len - *done) {
            break;
        }
        status = user_copy_out(uaddr(buffer.addr.v + *done), &image, size);
        if (status != OK) {
            break;
        }
        *done += size;
        *place = image.record.sequence + 1;
    }
    return status;
}

static enum status read_once(struct log_reader *reader, struct user_out buffer, size_t *done)
{
    mutex_lock(&reader->lock);
    uint64_t place = place_of(reader);
    enum status status = copy_records(buffer, &place, done);
    if (status == OK) {
        __atomic_store_n(&reader->place, place, __ATOMIC_RELAXED);
    }
    mutex_unlock(&reader->lock);
    return status;
}

enum status log_reader_read(struct object *object, struct user_out buffer, uint64_t deadline,
                            size_t *done)
{
    struct log_reader *reader = reader_of(object);

    for (;;) {
        struct waiter waiter;
        enum status status = read_once(reader, buffer, done);

        if (status != OK || *done != 0) {
            return status;
        }
        wait_prepare(&readers, &waiter); /* first: no record is missed */
        if (log_ring_next() > place_of(reader)) {
            (void)wait_cancel(&waiter); /* all are woken: nobody else needs it */
            continue;
        }
        status = wait_commit_signals(&waiter, deadline);
        if (status != OK) {
            return status;
        }
    }
}

uint64_t log_reader_seek(struct object *object, uint64_t sequence)
{
    struct log_reader *reader = reader_of(object);
    uint64_t end = log_ring_next();
    uint64_t place = MIN(sequence, end);

    mutex_lock(&reader->lock);
    __atomic_store_n(&reader->place, place, __ATOMIC_RELAXED);
    mutex_unlock(&reader->lock);
    return place;
}

static void reader_destroy(struct object *object)
{
    kfree(reader_of(object));
}

static uint32_t reader_events(struct object *object)
{
    return log_ring_next() > place_of(reader_of(object)) ? COCO_EVENT_READ : 0;
}

static struct wait_queue *reader_queue(struct object *object)
{
    (void)object;
    return &readers;
}

const struct object_ops log_reader_object_ops = {
    .name = "log reader",
    .destroy = reader_destroy,
    .events = reader_events,
    .event_queue = reader_queue,
};
