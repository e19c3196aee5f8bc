// SPDX-License-Identifier: MIT
#include <task/pressure.h>

#include <mm/heap.h>
#include <mm/quota.h>
#include <object/wait.h>
#include <task/process.h>

#include "process_internal.h"

struct pressure {
    struct object object;
    struct quota *quota; /* a reference; constant, as the next ones */
    bool machine;
    uint32_t level;
};

bool pressure_rose;
static struct wait_queue waiters; /* for all watches: levels rise seldom */

static struct pressure *pressure_of(struct object *object)
{
    return container_of(object, struct pressure, object);
}

void quota_level_rose(void)
{
    __atomic_store_n(&pressure_rose, true, __ATOMIC_SEQ_CST);
    arch_thread_request_work(&thread_current()->arch);
}

void pressure_tell(void)
{
    if (__atomic_exchange_n(&pressure_rose, false, __ATOMIC_SEQ_CST)) {
        (void)wait_wake(&waiters, WAIT_ALL);
    }
}

void pressure_init(void)
{
    wait_queue_init(&waiters);
}

enum status pressure_create(bool machine, uint32_t level, struct object **out)
{
    struct pressure *pressure;
    enum status status = kzalloc_object(&pressure);

    *out = NULL;
    if (status != OK) {
        return status;
    }
    pressure->quota = process_quota_get(machine);
    pressure->machine = machine;
    pressure->level = level;
    quota_watch(pressure->quota);
    object_init(&pressure->object, COCO_OBJECT_PRESSURE);
    *out = &pressure->object;
    return OK;
}

uint32_t pressure_level(struct object *object)
{
    const struct pressure *pressure = pressure_of(object);

    return pressure->machine ? quota_level(pressure->quota) : quota_highest_level(pressure->quota);
}

static void pressure_destroy(struct object *object)
{
    struct pressure *pressure = pressure_of(object);

    quota_unwatch(pressure->quota);
    quota_put(pressure->quota);
    kfree(pressure);
}

static uint32_t pressure_events(struct object *object)
{
    return pressure_level(object) >= pressure_of(object)->level ? COCO_EVENT_READ : 0;
}

static struct wait_queue *pressure_queue(struct object *object)
{
    (void)object;
    return &waiters;
}

const struct object_ops pressure_object_ops = {
    .name = "pressure",
    .destroy = pressure_destroy,
    .events = pressure_events,
    .event_queue = pressure_queue,
};
