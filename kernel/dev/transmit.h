// SPDX-License-Identifier: MIT
// Sending half of a byte device: a queue with a pool of page buffers. A sender takes a buffer,
// fills it without any lock, and submits it. Buffers that the device has finished are collected
// when one is needed, so that sending costs no interrupt unless all are in flight.
#pragma once

#include "virtio.h"
#include <arch/spinlock.h>
#include <object/wait.h>

struct transmitter {
    struct spinlock lock; /* guards `queue` and `free`; not held while user memory is touched */
    struct virtqueue queue;
    uint32_t free;          /* bit n: buffer n is nobody's */
    struct wait_queue room; /* woken when the device has interrupted */
};

/// Makes the queue `index` of `device` with `buffers` pages. ERR_NOMEM, ERR_IO.
enum status transmit_init(struct transmitter *transmitter, const struct virtio_device *device,
                          uint32_t index, uint32_t buffers) __must_check;

/// Takes a free buffer: its number in `*n`. ERR_AGAIN: there is none, and `waiter` stands in the
/// queue `room`, to be committed or cancelled, then try again. ERR_IO: out of service.
enum status transmit_take(struct transmitter *transmitter, uint32_t *n,
                          struct waiter *waiter) __must_check;

/// The same for any context: never waits. False: none is free, or out of service.
bool transmit_take_now(struct transmitter *transmitter, uint32_t *n) __must_check;

/// Memory of a buffer that was taken: a page.
static inline uint8_t *transmit_buffer(const struct transmitter *transmitter, uint32_t n)
{
    return virtqueue_buffer(&transmitter->queue, n);
}

/// Sends the first `len` bytes of buffer `n`, which is the caller's no more. ERR_IO: out of
/// service.
enum status transmit_submit(struct transmitter *transmitter, uint32_t n, uint32_t len) __must_check;

/// Gives buffer `n` back unsent.
void transmit_release(struct transmitter *transmitter, uint32_t n);

/// True when a buffer is free or the queue is out of service; otherwise the device will interrupt
/// when one is. Does not sleep.
bool transmit_has_room(struct transmitter *transmitter);

/// The device has interrupted.
void transmit_wake(struct transmitter *transmitter);

/// Waits until the device has finished everything. Sleeps.
void transmit_drain(struct transmitter *transmitter);
