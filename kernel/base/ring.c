// SPDX-License-Identifier: MIT
#include <base/compiler.h>
#include <base/ring.h>
#include <base/string.h>

void ring_init(struct ring *ring, void *data, size_t size)
{
    ring->data = data;
    ring->size = size;
    ring->start = 0;
    ring->len = 0;
}

/// Index of the byte `offset` behind the oldest; offset <= size.
static size_t position(const struct ring *ring, size_t offset)
{
    size_t to_end = ring->size - ring->start;

    return offset < to_end ? ring->start + offset : offset - to_end;
}

size_t ring_write(struct ring *ring, const void *src, size_t len)
{
    size_t end = position(ring, ring->len);
    size_t first;

    len = MIN(len, ring_space(ring));
    first = MIN(len, ring->size - end);
    memcpy(ring->data + end, src, first);
    memcpy(ring->data, (const uint8_t *)src + first, len - first);
    ring->len += len;
    return len;
}

size_t ring_write_over(struct ring *ring, const void *src, size_t len)
{
    const uint8_t *from = src;
    size_t dropped = 0;

    if (len > ring->size) {
        dropped = len - ring->size;
        from += dropped;
        len = ring->size;
    }
    if (len > ring_space(ring)) {
        size_t old = len - ring_space(ring);

        ring->start = position(ring, old);
        ring->len -= old;
        dropped += old;
    }
    ring_write(ring, from, len);
    return dropped;
}

size_t ring_peek(const struct ring *ring, size_t offset, void *dst, size_t len)
{
    size_t from;
    size_t first;

    if (offset >= ring->len) {
        return 0;
    }
    len = MIN(len, ring->len - offset);
    from = position(ring, offset);
    first = MIN(len, ring->size - from);
    memcpy(dst, ring->data + from, first);
    memcpy((uint8_t *)dst + first, ring->data, len - first);
    return len;
}

size_t ring_read(struct ring *ring, void *dst, size_t len)
{
    len = ring_peek(ring, 0, dst, len);
    ring->start = position(ring, len);
    ring->len -= len;
    return len;
}
