// SPDX-License-Identifier: MIT
// The client: asks until it has ANSWERS answers. A call whose server went away is made again, since
// reading a clock twice does no harm. Then it tries what its manifest does not allow.
#include <stdbool.h>

#include <coconut/coconut.h>

#include "clock.h"

#ifndef ANSWERS
#define ANSWERS 10u
#endif

int main(void)
{
    static struct coco_client client;
    const struct clock_read_arguments arguments = {.kind = CLOCK_KIND_SINCE_START};
    uint64_t before = 0;

    if (coco_client_open(&client, "time") != 0) {
        return 2; // nobody gave us the channel
    }
    for (unsigned i = 0; i < ANSWERS; i++) {
        struct clock_read_results time;
        const int32_t status = clock_read(&client, &arguments, &time);

        if (status != 0 || time.nanoseconds <= before) {
            coco_service_log(COCO_LOG_ERROR, "no answer: error %d", (int)status);
            return 1;
        }
        before = time.nanoseconds;
    }
    coco_service_log(COCO_LOG_INFO, "answers %u, server went away %u times", (unsigned)client.calls,
                     (unsigned)client.interrupted);
    const bool refused = coco_channel_create() == COCO_EDENIED &&
                         coco_file_open("/bin/clock", COCO_FILE_READ, 0) == COCO_ENOTFOUND;

    coco_service_log(COCO_LOG_INFO, refused ? "refused as it should be" : "not refused");
    return refused ? 0 : 1;
}
