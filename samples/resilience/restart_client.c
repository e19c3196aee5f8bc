// SPDX-License-Identifier: MIT
// A client: adds and looks in turn. Each call ends, with a result or with one definite error.
#include "counter.h"
#include "restart.h"

int count(uint32_t number)
{
    static struct coco_client client;
    struct shared *shared = shared_map(coco_service_used("shared"));
    uint64_t last = 0;

    if (shared == NULL || number >= CLIENTS || coco_client_open(&client, "counter") != 0) {
        return 2;
    }
    struct tally *tally = &shared->clients[number];
    for (;;) {
        struct counter_add_one_results added;
        struct counter_look_results seen;
        int32_t status = counter_add_one(&client, &added);

        if (status == COUNTER_ERROR_OVER) {
            return 0;
        }
        if (status == COCO_ECANCELED) {
            tally->canceled++; // done or not: adding again might add two
        } else if (status != 0 || added.value <= last) {
            coco_service_log(COCO_LOG_ERROR, "adding: error %d", (int)status);
            return 1;
        } else {
            tally->added++;
            last = added.value;
        }
        const uint64_t before = client.interrupted;
        status = counter_look(&client, &seen);
        tally->retried += client.interrupted - before;
        if (status == COUNTER_ERROR_OVER) {
            return 0;
        }
        if (status != 0 || seen.value < last) {
            coco_service_log(COCO_LOG_ERROR, "looking: error %d", (int)status);
            return 1;
        }
        tally->looks++;
        last = seen.value;
    }
}
