// SPDX-License-Identifier: MIT
// Stream objects, and the sources behind those of the host link.
#include <base/string.h>
#include <dev/hostlink.h>
#include <dev/stream.h>
#include <mm/heap.h>

struct stream {
    struct object object;
    const struct stream_source *source;
    void *state;
};

static struct stream *stream_of(struct object *object)
{
    return container_of(object, struct stream, object);
}

enum status stream_create_on(const struct stream_source *source, void *state, struct object **out)
{
    struct stream *stream;
    enum status status = kzalloc_object(&stream);
    if (status != OK) {
        return status;
    }
    object_init(&stream->object, COCO_OBJECT_STREAM);
    stream->source = source;
    stream->state = state;
    *out = &stream->object;
    return OK;
}

static void stream_destroy(struct object *object)
{
    struct stream *stream = stream_of(object);
    if (stream->source->close != NULL) {
        stream->source->close(stream->state);
    }
    kfree(stream);
}

static bool may_wait(const struct object *object)
{
    return (object_status_flags(object) & COCO_STATUS_NONBLOCK) == 0;
}

static enum status stream_read(struct object *object, struct user_out buffer, size_t *done)
{
    const struct stream *stream = stream_of(object);
    if (stream->source->read == NULL) {
        return ERR_WRONLY;
    }
    return stream->source->read(stream->state, buffer, may_wait(object), done);
}

static enum status stream_write(struct object *object, struct user_in buffer, size_t *done)
{
    const struct stream *stream = stream_of(object);
    if (stream->source->write == NULL) {
        return ERR_RDONLY;
    }
    return stream->source->write(stream->state, buffer, may_wait(object), done);
}

static enum status stream_stat(struct object *object, struct coco_stat *out)
{
    const struct stream *stream = stream_of(object);
    memset(out, 0, sizeof(*out));
    out->type = COCO_TYPE_STREAM;
    if (stream->source->stat != NULL) {
        stream->source->stat(stream->state, out);
    }
    return OK;
}

static uint32_t stream_events(struct object *object)
{
    const struct stream *stream = stream_of(object);
    return stream->source->events(stream->state);
}

static struct wait_queue *stream_event_queue(struct object *object)
{
    const struct stream *stream = stream_of(object);
    return stream->source->event_queue(stream->state);
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

// --- streams of the host link; the state of an output is its channel -----------------------------

static enum status input_read(void *state, struct user_out buffer, bool wait, size_t *done)
{
    (void)state;
    return hostlink_receive(buffer, wait, done);
}

static uint32_t input_events(void *state)
{
    (void)state;
    return hostlink_present() ? hostlink_input_events()
                              : COCO_EVENT_READ | COCO_EVENT_WRITE | COCO_EVENT_ERROR;
}

static struct wait_queue *link_event_queue(void *state)
{
    (void)state;
    return hostlink_input_queue();
}

static enum status output_write(void *state, struct user_in buffer, bool wait, size_t *done)
{
    const unsigned *channel = state;
    (void)wait; /* the host takes output sooner or later; until then any writer waits */
    return hostlink_send(*channel, buffer, done);
}

static uint32_t output_events(void *state)
{
    (void)state;
    return COCO_EVENT_WRITE | (hostlink_present() ? 0 : COCO_EVENT_READ | COCO_EVENT_ERROR);
}

static const struct stream_source input_source = {
    .read = input_read,
    .events = input_events,
    .event_queue = link_event_queue,
};

static const struct stream_source output_source = {
    .write = output_write,
    .events = output_events,
    .event_queue = link_event_queue,
};

enum status stream_create(unsigned channel, struct object **out)
{
    static unsigned channels[HOSTLINK_CHANNEL_COUNT] = {
        [HOSTLINK_STDOUT] = HOSTLINK_STDOUT,
        [HOSTLINK_STDERR] = HOSTLINK_STDERR,
        [HOSTLINK_REPORT] = HOSTLINK_REPORT,
        [HOSTLINK_LOG] = HOSTLINK_LOG,
    };
    return channel == HOSTLINK_STDIN ? stream_create_on(&input_source, NULL, out)
                                     : stream_create_on(&output_source, &channels[channel], out);
}
