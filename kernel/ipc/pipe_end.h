// SPDX-License-Identifier: MIT
// Private: a pipe and its ends, for pipes without a name and for FIFOs.
#pragma once

#include <fs/vfs.h>
#include <ipc/pipe.h>
#include <object/mutex.h>
#include <object/wait.h>

#include "pipe_buffer.h"

struct pipe {
    uint32_t refs;     /* atomic */
    struct mutex lock; /* guards `buffer` and the counts; see README */
    uint32_t readers;  /* ends; stored atomically */
    uint32_t writers;
    uint32_t reader_opens; /* ends that ever were; may wrap around; stored atomically */
    uint32_t writer_opens;
    struct pipe_buffer buffer;
    struct wait_queue changed;
    uint64_t inode;
};

struct pipe_end {
    struct object object;
    struct pipe *pipe;     /* one reference */
    struct vfs_node *node; /* of a FIFO, one reference; otherwise NULL */
    unsigned access;       /* PIPE_END_*; never changes */
    uint32_t writers_seen; /* no hang-up while `writer_opens` is still this: nobody came yet */
};

/// Make an end that is not counted yet. ERR_NOMEM.
enum status pipe_end_create(struct pipe *pipe, unsigned access, struct pipe_end **out) __must_check;

/// Count an end in (+1) or out (-1); the lock is held. The caller wakes `changed` afterwards.
void pipe_end_count_locked(struct pipe_end *end, int change);
