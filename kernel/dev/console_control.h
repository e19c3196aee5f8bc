// SPDX-License-Identifier: MIT
// What virtio consoles with several ports have in common: their queues, and the messages by which
// the driver tells the device of ports.
#pragma once

#include "transmit.h"

#define VIRTIO_CONSOLE_MULTIPORT 1u       /* feature bit: the device has several ports */
#define VIRTIO_CONSOLE_EMERGENCY_WRITE 2u /* feature bit: single characters without a queue */

#define CONTROL_IN_QUEUE 2u
#define CONTROL_OUT_QUEUE 3u
#define CONTROL_NO_PORT UINT32_MAX /* the message is about the device */

enum control_event {
    CONTROL_DEVICE_READY = 0,
    CONTROL_ADD = 1,
    CONTROL_REMOVE = 2,
    CONTROL_READY = 3,
    CONTROL_OPEN = 6,
    CONTROL_NAME = 7,
};

struct control_message {
    uint32_t id;
    uint16_t event;
    uint16_t value;
};

/// The receiving queue of port `id` (1 ..); the sending one stands behind it. The control queues
/// stand behind port 0's.
static inline uint32_t console_rx_queue(uint32_t id)
{
    return 2 * (id + 1);
}

/// Sends a message by `control`. Any context, never waits. False: the device does not take
/// messages.
bool control_send(struct transmitter *control, uint32_t id, enum control_event event,
                  bool value) __must_check;
