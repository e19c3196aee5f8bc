// SPDX-License-Identifier: MIT
// The ring that holds the most recent log text. Written from any context, so guarded by a spinlock.
#include <arch/spinlock.h>
#include <base/ring.h>
#include <fs/log.h>

static uint8_t storage[LOG_RING_SIZE];
static struct spinlock lock = SPINLOCK_INIT;
static struct ring ring = {.data = storage, .size = LOG_RING_SIZE};
static uint64_t end_offset; /* bytes appended since boot */

void log_ring_append(const void *text, size_t len)
{
    irqflags_t flags = spin_lock_irqsave(&lock);

    (void)ring_write_over(&ring, text, len); // what made room is gone by design
    end_offset += len;
    spin_unlock_irqrestore(&lock, flags);
}

void log_ring_bounds(uint64_t *start, uint64_t *end)
{
    irqflags_t flags = spin_lock_irqsave(&lock);

    *end = end_offset;
    *start = end_offset - ring_len(&ring);
    spin_unlock_irqrestore(&lock, flags);
}

size_t log_ring_read(uint64_t *from, void *buffer, size_t len)
{
    size_t copied = 0;
    irqflags_t flags = spin_lock_irqsave(&lock);
    uint64_t start = end_offset - ring_len(&ring);

    if (*from < start) {
        *from = start;
    }
    if (*from < end_offset) {
        copied = ring_peek(&ring, (size_t)(*from - start), buffer, len);
    }
    spin_unlock_irqrestore(&lock, flags);
    return copied;
}
