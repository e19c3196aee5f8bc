// SPDX-License-Identifier: MIT
#include "transmit.h"

enum status transmit_init(struct transmitter *transmitter, const struct virtio_device *device,
                          uint32_t index, uint32_t buffers)
{
    *transmitter = (struct transmitter){.lock = SPINLOCK_INIT};
    wait_queue_init(&transmitter->room);
    enum status status = virtqueue_init(&transmitter->queue, device, index, buffers, false);
    if (status == OK) {
        transmitter->free = (uint32_t)((1ull << buffers) - 1);
    }
    return status;
}

static void collect(struct transmitter *transmitter)
{
    uint32_t n, len;
    while (virtqueue_take(&transmitter->queue, &n, &len)) {
        transmitter->free |= 1u << n;
    }
}

/// Takes a free buffer. Lock held. False: none.
static bool take_free(struct transmitter *transmitter, uint32_t *n)
{
    if (transmitter->free == 0) {
        collect(transmitter);
    }
    if (transmitter->free == 0) {
        return false;
    }
    *n = (uint32_t)__builtin_ctz(transmitter->free);
    transmitter->free &= transmitter->free - 1;
    return true;
}

/// Asks for an interrupt when a buffer is finished. Lock held. False: one has been already.
static bool expect_interrupt(struct transmitter *transmitter)
{
    virtqueue_want_interrupt(&transmitter->queue, true);
    return !virtqueue_pending(&transmitter->queue);
}

enum status transmit_take(struct transmitter *transmitter, uint32_t *n, struct waiter *waiter)
{
    irqflags_t flags = spin_lock_irqsave(&transmitter->lock);
    enum status status = OK;
    while (!take_free(transmitter, n)) {
        if (transmitter->queue.broken) {
            status = ERR_IO;
            break;
        }
        wait_prepare(&transmitter->room, waiter);
        if (expect_interrupt(transmitter)) {
            status = ERR_AGAIN;
            break;
        }
        (void)wait_cancel(waiter);
    }
    spin_unlock_irqrestore(&transmitter->lock, flags);
    return status;
}

bool transmit_take_now(struct transmitter *transmitter, uint32_t *n)
{
    irqflags_t flags = spin_lock_irqsave(&transmitter->lock);
    bool taken = !transmitter->queue.broken && take_free(transmitter, n);
    spin_unlock_irqrestore(&transmitter->lock, flags);
    return taken;
}

enum status transmit_submit(struct transmitter *transmitter, uint32_t n, uint32_t len)
{
    irqflags_t flags = spin_lock_irqsave(&transmitter->lock);
    bool broken = transmitter->queue.broken;
    if (broken) {
        transmitter->free |= 1u << n;
    } else {
        virtqueue_want_interrupt(&transmitter->queue, false);
        virtqueue_submit(&transmitter->queue, n, len);
        virtqueue_notify(&transmitter->queue);
    }
    spin_unlock_irqrestore(&transmitter->lock, flags);
    return broken ? ERR_IO : OK;
}

void transmit_release(struct transmitter *transmitter, uint32_t n)
{
    irqflags_t flags = spin_lock_irqsave(&transmitter->lock);
    transmitter->free |= 1u << n;
    spin_unlock_irqrestore(&transmitter->lock, flags);
    transmit_wake(transmitter);
}

bool transmit_has_room(struct transmitter *transmitter)
{
    irqflags_t flags = spin_lock_irqsave(&transmitter->lock);
    if (transmitter->free == 0) {
        collect(transmitter);
    }
    bool room =
        transmitter->free != 0 || transmitter->queue.broken || !expect_interrupt(transmitter);
    spin_unlock_irqrestore(&transmitter->lock, flags);
    return room;
}

void transmit_wake(struct transmitter *transmitter)
{
    wait_wake(&transmitter->room, WAIT_ALL);
}

void transmit_drain(struct transmitter *transmitter)
{
    for (;;) {
        struct waiter waiter;
        irqflags_t flags = spin_lock_irqsave(&transmitter->lock);
        collect(transmitter);
        bool over = transmitter->queue.in_flight == 0 || transmitter->queue.broken;
        bool wait = false;
        if (!over) {
            wait_prepare(&transmitter->room, &waiter);
            wait = expect_interrupt(transmitter);
            if (!wait) {
                (void)wait_cancel(&waiter);
            }
        }
        spin_unlock_irqrestore(&transmitter->lock, flags);
        if (over) {
            return;
        }
        if (wait) {
            wait_commit_uninterruptible(&waiter);
        }
    }
}
