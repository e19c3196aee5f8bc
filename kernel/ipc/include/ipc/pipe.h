// SPDX-License-Identifier: MIT
// Pipes: bytes that are written at one end and read, in order, at the other.
//
// An end is an object (COCO_OBJECT_PIPE) and stands for an open file description: its status flags
// are shared by all its handles. All functions may sleep.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <object/object.h>

struct pipe; /* private */
struct vfs_node;

#define PIPE_END_READ 0x1u
#define PIPE_END_WRITE 0x2u

/// Make a pipe without ends, one reference. ERR_NOMEM.
enum status pipe_create(struct pipe **out) __must_check;

/// Give a reference to the pipe back; the last one frees it. NULL is passed over.
void pipe_put(struct pipe *pipe);

/// Make an end: `access` is PIPE_END_READ, PIPE_END_WRITE or both. It keeps the pipe. Returns a new
/// reference. ERR_NOMEM.
enum status pipe_open_end(struct pipe *pipe, unsigned access, struct object **out) __must_check;

/// The node of an end of a FIFO; no new reference. NULL for a pipe without a name.
struct vfs_node *pipe_node(struct object *object);

/// Row of the object table for COCO_OBJECT_PIPE.
extern const struct object_ops pipe_object_ops;
