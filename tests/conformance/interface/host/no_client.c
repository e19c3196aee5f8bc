// SPDX-License-Identifier: MIT
// The fuzz targets link the client's functions and never call them.
#include <stdlib.h>

#include <coconut/service.h>

int32_t coco_client_call(struct coco_client *client, struct coco_client_call *call)
{
    (void)client;
    (void)call;
    abort();
}

int32_t coco_client_reject(const struct coco_client_call *call)
{
    (void)call;
    abort();
}
