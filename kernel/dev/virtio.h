// SPDX-License-Identifier: MIT
// virtio over memory-mapped registers, and split virtqueues with one buffer per descriptor. The
// device is hostile: what it writes is checked, and a device that breaks the rules is marked
// broken.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

#define VIRTIO_DEVICE_CONSOLE 3u
#define VIRTIO_CONFIG_LEN 16u /* bytes of configuration that drivers may read */

struct virtio_device {
    volatile uint8_t *registers;
    uint32_t version; /* 1 legacy, 2 modern */
    uint32_t device_id;
};

#define VIRTQUEUE_SIZE 16u
#define VIRTQUEUE_PAGES_ORDER 1u /* ring memory: two pages */

struct virtqueue_descriptor {
    uint64_t address;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};

struct virtqueue_available {
    uint16_t flags;
    uint16_t index;
    uint16_t ring[VIRTQUEUE_SIZE];
    uint16_t used_event;
};

struct virtqueue_used_element {
    uint32_t id;
    uint32_t len;
};

struct virtqueue_used {
    uint16_t flags;
    uint16_t index;
    struct virtqueue_used_element ring[VIRTQUEUE_SIZE];
    uint16_t available_event;
};

/// One queue. Not locked: its owner does that. Buffer n is page n of one block of memory and always
/// uses descriptor n.
struct virtqueue {
    const struct virtio_device *device;
    uint32_t index;
    volatile struct virtqueue_descriptor *descriptors;
    volatile struct virtqueue_available *available;
    volatile struct virtqueue_used *used;
    uint8_t *buffers; /* buffer_count pages */
    uint32_t buffer_count;
    uint32_t in_flight; /* bit n: buffer n belongs to the device */
    uint16_t next_available;
    uint16_t next_used;
    bool device_writes; /* receive queue */
    bool broken;
};

/// Looks at the registers at `registers`. ERR_NOTFOUND: no device, or one of an unknown version.
enum status virtio_probe(volatile void *registers, struct virtio_device *out) __must_check;

/// True when the device offers feature `bit` (0 .. 31).
bool virtio_offers(const struct virtio_device *device, unsigned bit);

/// Resets the device and settles features: `features` (bits 0 .. 31), VERSION_1 on modern devices,
/// nothing else. ERR_IO: it refused.
enum status virtio_start(const struct virtio_device *device, uint32_t features) __must_check;

/// Reads 4 bytes of the device's own configuration, at `offset`, a multiple of 4.
uint32_t virtio_config(const struct virtio_device *device, uint32_t offset);

/// After the queues are set up: the device may run.
void virtio_ready(const struct virtio_device *device);

/// Takes the device out of service.
void virtio_fail(const struct virtio_device *device);

/// Acknowledges an interrupt; false when it was not this device's. From the interrupt handler.
bool virtio_acknowledge(const struct virtio_device *device);

/// Sets up queue `index` with `buffer_count` (1 .. VIRTQUEUE_SIZE) buffers of a page each.
/// ERR_NOMEM; ERR_IO: the device has no such queue.
enum status virtqueue_init(struct virtqueue *queue, const struct virtio_device *device,
                           uint32_t index, uint32_t buffer_count, bool device_writes) __must_check;

/// Memory of buffer `n`.
static inline uint8_t *virtqueue_buffer(const struct virtqueue *queue, uint32_t n)
{
    return queue->buffers + (size_t)n * PAGE_SIZE;
}

/// Gives buffer `n` to the device: `len` bytes to send, or the whole page to fill.
void virtqueue_submit(struct virtqueue *queue, uint32_t n, uint32_t len);

/// Tells the device that there is something new.
void virtqueue_notify(const struct virtqueue *queue);

/// Takes back one buffer that the device is done with: its number in `*n`, the bytes it wrote in
/// `*len`. False: there is none, or the queue is broken.
bool virtqueue_take(struct virtqueue *queue, uint32_t *n, uint32_t *len) __must_check;

/// True when the device has given something back that virtqueue_take() has not returned.
bool virtqueue_pending(const struct virtqueue *queue);

/// Asks for interrupts, or not. After turning them on the caller looks at virtqueue_pending()
/// again.
void virtqueue_want_interrupt(struct virtqueue *queue, bool on);
