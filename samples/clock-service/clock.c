// SPDX-License-Identifier: MIT
// The server: answers each call with the monotonic clock. It fails at the third call, on purpose:
// init starts it again, and the asker does not lose its channel.
#include <stdint.h>
#include <stdlib.h>

#include "channels.h"

int main(void)
{
    coco_handle_t channel = channel_handle("COCONUT_OFFERS", "time");
    struct coco_channel_message message;

    if (channel == COCO_HANDLE_NONE) {
        return 2;
    }
    for (int calls = 1;; calls++) {
        int64_t got = coco_channel_receive(channel, &message, sizeof(message), COCO_FOREVER);

        if (coco_is_error(got)) {
            return 1;
        }
        if (calls == 3) {
            abort(); // in the middle of a call
        }
        uint64_t time = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);

        (void)coco_channel_reply(channel, &time, sizeof(time));
    }
}
