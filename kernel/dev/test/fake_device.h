// SPDX-License-Identifier: MIT
// The device side of a virtio console, driven by the tests: registers in plain memory, rings in the
// simulated machine's RAM.
#pragma once

#include "../virtio.h"

#define FAKE_RX 0u
#define FAKE_TX 1u
#define FAKE_QUEUES 12u

/// Empty registers of a modern device that offers queues of the kernel's size.
void fake_reset(struct virtio_device *device);

/// Makes it a device of several ports, with this many slots.
void fake_set_port_slots(uint32_t count);

/// Fills the next receive buffers with `len` bytes, `chunk` in each. Fails the test when there are
/// not enough buffers.
void fake_deliver(const void *bytes, uint32_t len, uint32_t chunk);

/// The same for another queue.
void fake_deliver_to(unsigned queue, const void *bytes, uint32_t len, uint32_t chunk);

/// Buffers that queue `queue` has for the device now.
unsigned fake_available(unsigned queue);

/// Takes the next buffer that was sent: copies it to `out` (a page) and gives it back. Returns its
/// length, 0 when there is none.
uint32_t fake_take_sent(uint8_t *out);

/// The same for another queue.
uint32_t fake_take_from(unsigned queue, uint8_t *out);

/// Writes an entry of the used ring as it is, honest or not.
void fake_use(unsigned queue, uint32_t id, uint32_t len);

/// Sets the used index as it is.
void fake_set_used_index(unsigned queue, uint16_t index);

/// Makes the device's interrupt register show something.
void fake_raise(void);

/// What sched_block() does: called each time kernel code waits. NULL: waiting fails the test.
extern void (*fake_on_wait)(void);
