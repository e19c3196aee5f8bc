// SPDX-License-Identifier: MIT
// Stream objects (COCO_OBJECT_STREAM): one channel of the host link as a file-like object.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <object/object.h>

/// Makes a stream on `channel` (enum hostlink_channel): STDIN can be read, the others written.
/// Returns a new reference. ERR_NOMEM.
enum status stream_create(unsigned channel, struct object **out) __must_check;

/// Row of the object table for COCO_OBJECT_STREAM.
extern const struct object_ops stream_object_ops;
