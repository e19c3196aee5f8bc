// SPDX-License-Identifier: MIT
// One of very many, a program of its own as it is to be small: has ten channels, says so, and waits
// until all may go.
#include <coconut/coconut.h>
#include <harness/entry.h>

#define CHANNELS 10u

int program_main(void)
{
    coco_handle_t home = entry_handle(COCO_ROLE_FD + 9);
    coco_handle_t go = entry_handle(COCO_ROLE_FD + 8);
    coco_handle_t connections[CHANNELS];
    for (uint32_t i = 0; i < CHANNELS; i++) {
        int64_t channel = coco_channel_create();
        int64_t made = channel < 0 ? channel : coco_channel_connect((coco_handle_t)channel, i, 0);
        if (made < 0) {
            return 1;
        }
        connections[i] = (coco_handle_t)made;
    }
    if (coco_channel_send(home, connections, sizeof(connections), COCO_FOREVER) != 0) {
        return 2;
    }
    return coco_event_wait(go, 1, COCO_EVENT_WAIT_KEEP, COCO_FOREVER) == 1 ? 0 : 3;
}
