// SPDX-License-Identifier: MIT
// Several buffers as one, so that one system call does all of a readv() or writev().
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#define COCO_VECTOR_SMALL                                                                          \
    4096 /* bytes that need no heap memory: a pipe takes them in one piece                         \
          */

/// Room for the bytes of all buffers. Pair with __coco_vector_end().
struct coco_vector {
    char *bytes;
    size_t len;
    char small[COCO_VECTOR_SMALL];
};

/// Check the buffers and make room for their bytes.
/// @return 0, or -1 with errno EINVAL (count, or more than SSIZE_MAX bytes) or ENOMEM
int __coco_vector_begin(struct coco_vector *vector, const struct iovec *buffers, int count);

/// Copy all buffers into the room, or the first `len` bytes of it out to them.
void __coco_vector_gather(struct coco_vector *vector, const struct iovec *buffers, int count);
void __coco_vector_scatter(const struct coco_vector *vector, const struct iovec *buffers, int count,
                           size_t len);

/// Give the room back. Leaves errno alone.
void __coco_vector_end(struct coco_vector *vector);
