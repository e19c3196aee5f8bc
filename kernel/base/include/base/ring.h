// SPDX-License-Identifier: MIT
// Byte ring over the caller's storage. No locking: the owner of the ring locks.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct ring {
    uint8_t *data;
    size_t size;  /* bytes of storage, > 0 */
    size_t start; /* index of the oldest byte */
    size_t len;   /* bytes held */
};

/// Make an empty ring over `size` bytes at `data`, which the caller keeps and frees.
void ring_init(struct ring *ring, void *data, size_t size);

/// Bytes that can be read.
static inline size_t ring_len(const struct ring *ring)
{
    return ring->len;
}

/// Bytes that can be written.
static inline size_t ring_space(const struct ring *ring)
{
    return ring->size - ring->len;
}

/// Append up to `len` bytes; returns how many fitted.
size_t ring_write(struct ring *ring, const void *src, size_t len);

/// Append all of `src`, dropping the oldest bytes as needed; of more than the ring's size the last
/// remain. Returns the bytes dropped, counting those of `src` itself.
size_t ring_write_over(struct ring *ring, const void *src, size_t len);

/// Take up to `len` of the oldest bytes; returns how many there were.
size_t ring_read(struct ring *ring, void *dst, size_t len);

/// Copy up to `len` bytes from `offset` bytes behind the oldest one, without taking them.
size_t ring_peek(const struct ring *ring, size_t offset, void *dst, size_t len);
