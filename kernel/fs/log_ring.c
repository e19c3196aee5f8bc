// SPDX-License-Identifier: MIT
// The ring that holds the most recent lines, and the records that they are. Written from any
// context, so guarded by a spinlock.
#include <arch/spinlock.h>
#include <arch/timer.h>
#include <base/ring.h>
#include <base/string.h>
#include <fs/log.h>

/// A record without its text, which is at `start` of all bytes since boot.
struct slot {
    uint64_t time;
    uint64_t process;
    uint64_t start;
    uint32_t priority;
    uint32_t flags;
    uint16_t len;    /* bytes of the line, its newline included */
    uint16_t prefix; /* bytes of it that are not text */
    char label[COCO_LOG_LABEL_MAX];
};

static uint8_t storage[LOG_RING_SIZE];
static struct slot slots[LOG_RING_RECORDS];
static struct spinlock lock = SPINLOCK_INIT; /* guards all below */
static struct ring ring = {.data = storage, .size = LOG_RING_SIZE};
static uint64_t end_offset;    /* bytes appended since boot */
static uint64_t next_sequence; /* of the next record; stored atomically */
static uint64_t oldest;        /* sequence of the oldest record; next_sequence: there is none */

static struct slot *slot_of(uint64_t sequence)
{
    return &slots[sequence % LOG_RING_RECORDS];
}

/// Forgets records whose text, or slot, was needed. At most as many as a line has bytes.
static void forget_old(void)
{
    uint64_t start = end_offset - ring_len(&ring);

    if (next_sequence - oldest > LOG_RING_RECORDS) {
        oldest = next_sequence - LOG_RING_RECORDS;
    }
    while (oldest < next_sequence && slot_of(oldest)->start < start) {
        oldest++;
    }
}

void log_ring_append(const struct log_entry *entry)
{
    uint64_t now = arch_time_ns();
    irqflags_t flags = spin_lock_irqsave(&lock);
    struct slot *slot = slot_of(next_sequence);

    slot->time = now;
    slot->process = entry->process;
    slot->start = end_offset;
    slot->priority = entry->priority;
    slot->flags = entry->flags;
    slot->len = (uint16_t)MIN(entry->len, (size_t)UINT16_MAX);
    slot->prefix = (uint16_t)MIN(entry->prefix, (size_t)slot->len);
    memset(slot->label, 0, sizeof(slot->label));
    (void)strlcpy(slot->label, entry->label, sizeof(slot->label)); // a longer one is cut
    (void)ring_write_over(&ring, entry->text, entry->len); // what made room is gone by design
    end_offset += entry->len;
    __atomic_store_n(&next_sequence, next_sequence + 1, __ATOMIC_RELEASE);
    forget_old();
    spin_unlock_irqrestore(&lock, flags);
}

void log_ring_bounds(uint64_t *start, uint64_t *end)
{
    irqflags_t flags = spin_lock_irqsave(&lock);

    *end = end_offset;
    *start = end_offset - ring_len(&ring);
    spin_unlock_irqrestore(&lock, flags);
}

/// log_ring_read() with the lock held.
static size_t read_locked(uint64_t *from, void *buffer, size_t len)
{
    uint64_t start = end_offset - ring_len(&ring);

    if (*from < start) {
        *from = start;
    }
    return *from < end_offset ? ring_peek(&ring, (size_t)(*from - start), buffer, len) : 0;
}

size_t log_ring_read(uint64_t *from, void *buffer, size_t len)
{
    irqflags_t flags = spin_lock_irqsave(&lock);
    size_t copied = read_locked(from, buffer, len);

    spin_unlock_irqrestore(&lock, flags);
    return copied;
}

uint64_t log_ring_oldest(void)
{
    irqflags_t flags = spin_lock_irqsave(&lock);
    uint64_t sequence = oldest;

    spin_unlock_irqrestore(&lock, flags);
    return sequence;
}

uint64_t log_ring_next(void)
{
    return __atomic_load_n(&next_sequence, __ATOMIC_ACQUIRE);
}

bool log_ring_fetch(uint64_t sequence, struct coco_log_record *record, char *text)
{
    irqflags_t flags = spin_lock_irqsave(&lock);
    uint64_t at = sequence > oldest ? sequence : oldest;
    bool found = at < next_sequence;

    if (found) {
        const struct slot *slot = slot_of(at);
        uint64_t from = slot->start + slot->prefix;
        size_t len = slot->len - slot->prefix;

        record->sequence = at;
        record->time = slot->time;
        record->process = slot->process;
        record->priority = slot->priority;
        record->flags = slot->flags;
        memcpy(record->label, slot->label, sizeof(record->label));
        len = len > 0 ? len - 1 : 0; /* the newline */
        len = MIN(len, (size_t)COCO_LOG_TEXT_MAX);
        record->text_len = (uint32_t)read_locked(&from, text, len);
    }
    spin_unlock_irqrestore(&lock, flags);
    return found;
}

void log_ring_break_lock(void)
{
    spin_init(&lock);
}
