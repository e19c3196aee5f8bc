// SPDX-License-Identifier: MIT
// Shared between the files of the host link, and with device.c.
#pragma once

#include "virtio.h"
#include <dev/hostlink.h>

/// Starts the link on a virtio console, or on port 1 of one with several ports; the device is
/// copied. ERR_NOMEM, ERR_IO.
enum status hostlink_start(const struct virtio_device *device) __must_check;

/// The device has interrupted.
void hostlink_interrupt(void);

/// hostlink_rx.c: the receiving half.
enum status hostlink_rx_start(const struct virtio_device *device, uint32_t queue) __must_check;
void hostlink_rx_post(void); /* after virtio_ready(): gives the buffers to the device */
void hostlink_rx_wake(void);

/// hostlink_receive() for a link that is known to be up.
enum status hostlink_receive_unchecked(struct user_out buffer, bool wait,
                                       size_t *done) __must_check;
