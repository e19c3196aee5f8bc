// SPDX-License-Identifier: MIT
// A client that minds its own business, and sees whether it is disturbed.
#include <string.h>

#include "hostile.h"
#include "store.h"

int honest(void)
{
    static struct coco_client client;
    struct progress *progress = progress_map(coco_service_used("progress"));

    if (progress == NULL || coco_client_open(&client, "store") != 0) {
        return 2;
    }
    for (uint64_t i = 0; !__atomic_load_n(&progress->over, __ATOMIC_ACQUIRE); i++) {
        const struct store_put_arguments put = {
            .key = i % 8, .value = (const uint8_t *)&i, .value_count = sizeof(i)};
        const struct store_get_arguments get = {.key = i % 8};
        struct store_get_results got;
        int32_t status = store_put(&client, &put);

        if (status == 0) {
            status = store_get(&client, &get, &got);
        }
        if (status != 0 || got.value_count != sizeof(i) || memcmp(got.value, &i, sizeof(i)) != 0) {
            coco_service_log(COCO_LOG_ERROR, "disturbed: error %d", (int)status);
            return 1;
        }
        __atomic_add_fetch(&progress->answers, 1, __ATOMIC_RELEASE);
    }
    return 0;
}
