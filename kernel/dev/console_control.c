// SPDX-License-Identifier: MIT
#include "console_control.h"
#include <base/string.h>

bool control_send(struct transmitter *control, uint32_t id, enum control_event event, bool value)
{
    const struct control_message message = {.id = id, .event = (uint16_t)event, .value = value};
    uint32_t n;
    if (!transmit_take_now(control, &n)) {
        return false;
    }
    memcpy(transmit_buffer(control, n), &message, sizeof(message));
    return transmit_submit(control, n, sizeof(message)) == OK;
}
