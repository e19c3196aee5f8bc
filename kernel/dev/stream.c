// SPDX-License-Identifier: MIT
// Stream objects over the host link.
#include <base/string.h>
#include <dev/hostlink.h>
#include <dev/stream.h>
#include <mm/heap.h>

struct stream {
    struct object object;
    unsigned channel;
};

static struct stream *stream_of(struct object *object)
{
    return container_of(object, struct stream, object);
}

enum status stream_create(unsigned channel, struct object **out)
{
    struct stream *stream;
    enum status status = kzalloc_object(&stream);
    if (status != OK) {
        return status;
    }
    object_init(&stream->object, COCO_OBJECT_STREAM);
    stream->channel = channel;
    *out = &stream->object;
    return OK;
}

static void stream_destroy(struct object *object)
{
    kfree(stream_of(object));
}

static enum status stream_read(struct object *object, struct user_out buffer, size_t *done)
{
    if (stream_of(object)->channel != HOSTLINK_STDIN) {
        return ERR_WRONLY;
    }
    bool wait = (object_status_flags(object) & COCO_STATUS_NONBLOCK) == 0;
    return hostlink_receive(buffer, wait, done);
}

static enum status stream_write(struct object *object, struct user_in buffer, size_t *done)
{
    if (stream_of(object)->channel == HOSTLINK_STDIN) {
        return ERR_RDONLY;
    }
    return hostlink_send(stream_of(object)->channel, buffer, done);
}

static enum status stream_stat(struct object *object, struct coco_stat *out)
{
    (void)object;
    memset(out, 0, sizeof(*out)); /* it has a type only */
    out->type = COCO_TYPE_STREAM;
    return OK;
}

static uint32_t stream_events(struct object *object)
{
    if (!hostlink_present()) {
        return COCO_EVENT_READ | COCO_EVENT_WRITE | COCO_EVENT_ERROR;
    }
    /* Output is taken by the host without end. */
    return stream_of(object)->channel == HOSTLINK_STDIN ? hostlink_input_events()
                                                        : COCO_EVENT_WRITE;
}

static struct wait_queue *stream_event_queue(struct object *object)
{
    (void)object;
    return hostlink_input_queue();
}

const struct object_ops stream_object_ops = {
    .name = "stream",
    .destroy = stream_destroy,
    .read = stream_read,
    .write = stream_write,
    .stat = stream_stat,
    .events = stream_events,
    .event_queue = stream_event_queue,
};
