// SPDX-License-Identifier: MIT
// The server. It takes its time with its third or fourth call, so that it can be killed in the
// middle of one: the number has been changed by then, and nobody has been told.
#include <coconut/coconut.h>
#include <coconut/event.h>

#include "counter.h"
#include "restart.h"

struct state {
    struct shared *shared;
    coco_handle_t busy;
    unsigned calls;
};

static void linger(struct state *state)
{
    const uint64_t value = __atomic_load_n(&state->shared->value, __ATOMIC_ACQUIRE);

    if (++state->calls > 3 || (state->calls == 3 && value % 2 == 0)) {
        (void)coco_event_signal(state->busy, 1);
        (void)coco_sleep_until(COCO_FOREVER);
    }
}

static int32_t add_one(struct coco_call *call, struct counter_add_one_results *results)
{
    struct state *state = call->context;

    if (__atomic_load_n(&state->shared->over, __ATOMIC_ACQUIRE)) {
        return COUNTER_ERROR_OVER;
    }
    results->value = __atomic_add_fetch(&state->shared->value, 1, __ATOMIC_ACQ_REL);
    linger(state);
    return 0;
}

static int32_t look(struct coco_call *call, struct counter_look_results *results)
{
    struct state *state = call->context;

    if (__atomic_load_n(&state->shared->over, __ATOMIC_ACQUIRE)) {
        return COUNTER_ERROR_OVER;
    }
    linger(state);
    results->value = __atomic_load_n(&state->shared->value, __ATOMIC_ACQUIRE);
    return 0;
}

int serve(void)
{
    static const struct counter_server handlers = {.add_one = add_one, .look = look};
    static struct coco_server server;
    static struct state state;
    const struct coco_served served = {
        .channel = coco_service_offered("counter"),
        .dispatch = counter_dispatch,
        .operations = &handlers,
        .context = &state,
    };

    state.shared = shared_map(coco_service_used("shared"));
    state.busy = coco_service_used("busy");
    coco_server_init(&server);
    if (state.shared == NULL || coco_server_add(&server, &served) != 0) {
        return 2;
    }
    return coco_server_run(&server) == 0 ? 0 : 1;
}
