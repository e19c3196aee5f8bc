// SPDX-License-Identifier: MIT
// The server: reads clocks. It fails at the third call, on purpose: init starts it again, and the
// asker does not lose its channel.
#include <stdlib.h>

#include <coconut/coconut.h>

#include "clock.h"

static int32_t read_clock(struct coco_call *call, const struct clock_read_arguments *arguments,
                          struct clock_read_results *results)
{
    unsigned *calls = call->context;

    if (++*calls == 3) {
        abort(); // in the middle of a call
    }
    const uint32_t kind =
        arguments->kind == CLOCK_KIND_DATE ? COCO_CLOCK_REALTIME : COCO_CLOCK_MONOTONIC;
    const int64_t time = coco_clock_get(kind);
    if (coco_is_error(time)) {
        return (int32_t)time;
    }
    results->nanoseconds = (uint64_t)time;
    return 0;
}

int main(void)
{
    static const struct clock_server handlers = {.read = read_clock};
    static struct coco_server server;
    static unsigned calls;
    const struct coco_served served = {
        .channel = coco_service_offered("time"),
        .dispatch = clock_dispatch,
        .operations = &handlers,
        .context = &calls,
    };

    coco_server_init(&server);
    if (coco_server_add(&server, &served) != 0) {
        return 2; // nobody gave us the channel
    }
    return coco_server_run(&server) == 0 ? 0 : 1;
}
