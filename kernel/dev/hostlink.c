// SPDX-License-Identifier: MIT
// Host link, sending half and set-up.
//
// A sender takes a free buffer, fills it with a frame straight from user memory, and submits it.
// Buffers that the device has finished are collected when one is needed, so that sending costs no
// interrupt unless all are in flight. `lock` guards the queue and `free`; it is not held while user
// memory is touched.
#include "hostlink_internal.h"
#include <arch/spinlock.h>
#include <arch/timer.h>
#include <base/string.h>
#include <object/wait.h>

#define TX_QUEUE 1u
#define TX_BUFFERS VIRTQUEUE_SIZE
#define FRAME_DATA_MAX (PAGE_SIZE - (uint32_t)sizeof(struct hostlink_header))
#define LOG_WAIT_NS 100000000ull

static struct virtio_device device;
static bool up;

static struct spinlock lock = SPINLOCK_INIT;
static struct virtqueue tx;
static uint32_t tx_free; /* bit n: buffer n is nobody's */
static struct wait_queue tx_room;

bool hostlink_present(void)
{
    return up;
}

enum status hostlink_start(const struct virtio_device *console)
{
    device = *console;
    wait_queue_init(&tx_room);
    enum status status = virtio_start(&device);
    if (status == OK) {
        status = hostlink_rx_start(&device);
    }
    if (status == OK) {
        status = virtqueue_init(&tx, &device, TX_QUEUE, TX_BUFFERS, false);
    }
    if (status != OK) {
        virtio_fail(&device);
        return status;
    }
    tx_free = (1u << TX_BUFFERS) - 1;
    virtio_ready(&device);
    hostlink_rx_post();
    up = true;
    return OK;
}

void hostlink_interrupt(void)
{
    if (!up || !virtio_acknowledge(&device)) {
        return;
    }
    wait_wake(&tx_room, WAIT_ALL);
    hostlink_rx_wake();
}

static void collect(void)
{
    uint32_t n, len;
    while (virtqueue_take(&tx, &n, &len)) {
        tx_free |= 1u << n;
    }
}

/// Takes a free buffer. Lock held. False: none.
static bool take_free(uint32_t *n)
{
    if (tx_free == 0) {
        collect();
    }
    if (tx_free == 0) {
        return false;
    }
    *n = (uint32_t)__builtin_ctz(tx_free);
    tx_free &= tx_free - 1;
    return true;
}

/// Takes a free buffer, waits for one if need be.
static enum status acquire(uint32_t *n)
{
    for (;;) {
        struct waiter waiter;
        irqflags_t flags = spin_lock_irqsave(&lock);
        if (take_free(n)) {
            spin_unlock_irqrestore(&lock, flags);
            return OK;
        }
        bool broken = tx.broken;
        bool wait = false;
        if (!broken) {
            wait_prepare(&tx_room, &waiter);
            wait = true;
            virtqueue_want_interrupt(&tx, true);
            if (virtqueue_pending(&tx)) {
                wait_cancel(&waiter);
                wait = false;
            }
        }
        spin_unlock_irqrestore(&lock, flags);
        enum status status = broken ? ERR_IO : wait ? wait_commit(&waiter, WAIT_FOREVER) : OK;
        if (status != OK) {
            return status;
        }
    }
}

/// Puts the header in front of the `len` bytes in buffer `n` and sends it. Lock held.
static void submit(uint32_t n, unsigned channel, uint32_t len)
{
    const struct hostlink_header header = {
        .magic = HOSTLINK_MAGIC, .channel = (uint8_t)channel, .length = len};
    memcpy(virtqueue_buffer(&tx, n), &header, sizeof(header));
    virtqueue_want_interrupt(&tx, false);
    virtqueue_submit(&tx, n, (uint32_t)sizeof(header) + len);
    virtqueue_notify(&tx);
}

static enum status send_chunk(unsigned channel, uaddr_t from, uint32_t len)
{
    uint32_t n;
    enum status status = acquire(&n);
    if (status != OK) {
        return status;
    }
    /* No other sender touches the buffer: it is neither free nor in flight. */
    uint8_t *data = virtqueue_buffer(&tx, n) + sizeof(struct hostlink_header);
    status = user_copy_in(data, from, len);
    irqflags_t flags = spin_lock_irqsave(&lock);
    if (status == OK && !tx.broken) {
        submit(n, channel, len);
    } else {
        tx_free |= 1u << n;
        status = status != OK ? status : ERR_IO;
    }
    spin_unlock_irqrestore(&lock, flags);
    return status;
}

enum status hostlink_send(unsigned channel, struct user_in buffer, size_t *done)
{
    enum status status = up ? OK : ERR_IO;
    *done = 0;
    while (status == OK && *done < buffer.len) {
        uint64_t rest = buffer.len - *done;
        uint32_t chunk = rest < FRAME_DATA_MAX ? (uint32_t)rest : FRAME_DATA_MAX;
        status = send_chunk(channel, uaddr(buffer.addr.v + *done), chunk);
        *done += status == OK ? chunk : 0;
    }
    return *done > 0 ? OK : status;
}

void hostlink_log(const char *text, size_t len)
{
    if (!up || spin_is_held(&lock)) {
        return; /* the line is about this link, or comes from inside it */
    }
    uint32_t chunk = len < FRAME_DATA_MAX ? (uint32_t)len : FRAME_DATA_MAX;
    uint64_t limit = arch_time_ns() + LOG_WAIT_NS;
    for (;;) {
        uint32_t n;
        irqflags_t flags = spin_lock_irqsave(&lock);
        bool sent = !tx.broken && take_free(&n);
        if (sent) {
            memcpy(virtqueue_buffer(&tx, n) + sizeof(struct hostlink_header), text, chunk);
            submit(n, HOSTLINK_LOG, chunk);
        }
        bool over = sent || tx.broken || arch_time_ns() > limit;
        spin_unlock_irqrestore(&lock, flags);
        if (over) {
            return;
        }
        arch_spin_wait();
    }
}

void hostlink_drain(void)
{
    while (up) {
        struct waiter waiter;
        irqflags_t flags = spin_lock_irqsave(&lock);
        collect();
        if (tx.in_flight == 0 || tx.broken) {
            spin_unlock_irqrestore(&lock, flags);
            return;
        }
        wait_prepare(&tx_room, &waiter);
        virtqueue_want_interrupt(&tx, true);
        bool pending = virtqueue_pending(&tx);
        if (pending) {
            wait_cancel(&waiter);
        }
        spin_unlock_irqrestore(&lock, flags);
        if (!pending) {
            wait_commit_uninterruptible(&waiter);
        }
    }
}
