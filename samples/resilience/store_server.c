// SPDX-License-Identifier: MIT
// A server that trusts nobody. What is generated has checked each message; what is left to do is to
// bound what a client can make it keep, and to mind that clients can change memory that they lend.
#include <string.h>

#include <coconut/coconut.h>

#include "hostile.h"
#include "store.h"

#define CLIENTS 8u
#define KEYS 8u
#define PAGE 4096u

/* All that a client can make the server keep. */
struct state {
    struct value {
        uint32_t size;
        uint8_t bytes[64];
    } values[KEYS];
};

static int32_t put(struct coco_call *call, const struct store_put_arguments *arguments)
{
    struct state *state = call->client;

    if (arguments->key >= KEYS) {
        return STORE_ERROR_NO_SUCH_KEY;
    }
    struct value *value = &state->values[arguments->key];
    memcpy(value->bytes, arguments->value, arguments->value_count);
    value->size = arguments->value_count;
    return 0;
}

static int32_t get(struct coco_call *call, const struct store_get_arguments *arguments,
                   struct store_get_results *results)
{
    struct state *state = call->client;

    if (arguments->key >= KEYS) {
        return STORE_ERROR_NO_SUCH_KEY;
    }
    results->value = state->values[arguments->key].bytes;
    results->value_count = state->values[arguments->key].size;
    return 0;
}

/* Memory cannot be cut while it is mapped: so its length is looked at when it is. */
static int32_t sum(struct coco_call *call, const struct store_sum_arguments *arguments,
                   struct store_sum_results *results)
{
    const int64_t at = coco_mmap(arguments->memory, NULL, 0, PAGE, COCO_MMAP_READ);
    struct coco_memory_info info = {.length = 0};

    (void)call;
    if (coco_is_error(at)) {
        return (int32_t)at;
    }
    const volatile uint8_t *bytes = (const volatile uint8_t *)(uintptr_t)at;
    const bool whole = coco_memory_info(arguments->memory, &info) == 0 && info.length >= PAGE;
    for (uint32_t i = 0; whole && i < PAGE; i++) {
        results->sum += bytes[i];
    }
    (void)coco_munmap((void *)(uintptr_t)at, PAGE);
    return whole ? 0 : STORE_ERROR_TOO_SHORT;
}

int store_serve(void)
{
    static const struct store_server handlers = {.put = put, .get = get, .sum = sum};
    static struct coco_server server;
    static uint64_t memory[COCO_SERVER_CLIENTS_SIZE(CLIENTS, sizeof(struct state)) / 8];
    const struct coco_server_clients clients = {
        .memory = memory, .size = sizeof(memory), .state_size = sizeof(struct state)};
    const struct coco_served served = {
        .channel = coco_service_offered("store"),
        .dispatch = store_dispatch,
        .operations = &handlers,
    };

    coco_server_init(&server);
    if (coco_server_keep_clients(&server, &clients) != 0 ||
        coco_server_add(&server, &served) != 0) {
        return 2;
    }
    return coco_server_run(&server) == 0 ? 0 : 1;
}
