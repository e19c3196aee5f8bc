// SPDX-License-Identifier: MIT
// Stream objects (COCO_OBJECT_STREAM): one byte stream to or from the host as a file-like object.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <object/object.h>

/// What stands behind a stream. The operations are as those of struct object_ops; `state` is what
/// stream_create_on() was given.
struct stream_source {
    /// Optional: ERR_WRONLY without it. `wait`: sleeps until there is something.
    enum status (*read)(void *state, struct user_out buffer, bool wait, size_t *done);
    /// Optional: ERR_RDONLY without it. `wait`: sleeps until there is room.
    enum status (*write)(void *state, struct user_in buffer, bool wait, size_t *done);
    uint32_t (*events)(void *state);
    struct wait_queue *(*event_queue)(void *state);
    /// Optional: a stream without it has a type only.
    void (*stat)(void *state, struct coco_stat *out);
    /// The stream is gone. Optional.
    void (*close)(void *state);
};

/// Makes a stream on `source`. Returns a new reference. ERR_NOMEM.
enum status stream_create_on(const struct stream_source *source, void *state,
                             struct object **out) __must_check;

/// Makes a stream on a channel of the host link (enum hostlink_channel): STDIN can be read, the
/// others written. Returns a new reference. ERR_NOMEM.
enum status stream_create(unsigned channel, struct object **out) __must_check;

/// Row of the object table for COCO_OBJECT_STREAM.
extern const struct object_ops stream_object_ops;
