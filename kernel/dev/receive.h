// SPDX-License-Identifier: MIT
// Receiving half of a byte device. The device fills buffers; the reader takes bytes out of them in
// order. A buffer goes back to the device only when it was read to its end, so a reader that does
// not read holds the host back.
#pragma once

#include "virtio.h"
#include <mm/user_copy.h>
#include <object/mutex.h>
#include <object/wait.h>

struct receiver {
    struct mutex reader;    /* guards all but `data`; readers take turns */
    struct wait_queue data; /* woken when the device has interrupted, and when `reader` is free */
    struct virtqueue queue;
    bool held; /* a buffer is being read: its bytes [at, len) */
    uint32_t buffer;
    uint32_t at;
    uint32_t len;
};

/// Makes the queue `index` of `device` with `buffers` pages. ERR_NOMEM, ERR_IO.
enum status receive_init(struct receiver *receiver, const struct virtio_device *device,
                         uint32_t index, uint32_t buffers) __must_check;

/// Gives all buffers to the device, after virtio_ready().
void receive_post(struct receiver *receiver);

/// True when there is a byte to be read. Gives a finished buffer back and takes the next one that
/// has bytes. `reader` is held, here and below.
bool receive_advance(struct receiver *receiver) __must_check;

/// True when the buffer in hand has bytes that were not read yet.
static inline bool receive_in_hand(const struct receiver *receiver)
{
    return receiver->held && receiver->at < receiver->len;
}

/// Takes one byte, after receive_advance().
static inline uint8_t receive_byte(struct receiver *receiver)
{
    return virtqueue_buffer(&receiver->queue, receiver->buffer)[receiver->at++];
}

/// Copies what the buffer in hand has, `max` bytes at most, to `to`: their number in `*count`.
/// ERR_FAULT and its like: nothing is taken.
enum status receive_copy(struct receiver *receiver, uaddr_t to, uint64_t max,
                         uint32_t *count) __must_check;

/// Asks for an interrupt when something comes. False: something has come already.
bool receive_expect(struct receiver *receiver) __must_check;

/// First half of waiting: `waiter` stands in the queue `data`. False: something has come already,
/// and it does not. To be followed by receive_commit() or wait_cancel().
bool receive_prepare(struct receiver *receiver, struct waiter *waiter) __must_check;

/// Second half: waits until something may have come. `reader` is free meanwhile: who waits for the
/// host must not keep others, who may have to end, from waiting too. ERR_INTR, ERR_CANCELED.
enum status receive_commit(struct receiver *receiver, struct waiter *waiter) __must_check;

/// Releases `reader` and wakes who looked while it was held.
void receive_end(struct receiver *receiver);

/// The device has interrupted.
void receive_wake(struct receiver *receiver);
