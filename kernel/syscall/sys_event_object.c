// SPDX-License-Identifier: MIT
// Event objects; waiting for several objects is in sys_event.c.
#include <abi/objects.h>
#include <arch/cpu.h>
#include <ipc/event.h>
#include <task/affinity.h>
#include <task/pressure.h>

#include "new_handle.h"
#include "prototypes.h"

/// Sets of bits are results, too, and must not look like errors.
static bool is_set(uint64_t bits)
{
    return (bits & ~COCO_EVENT_BITS) == 0;
}

static int64_t create(uint64_t bits, unsigned cpu)
{
    struct object *event;

    if (!is_set(bits)) {
        return ERR_INVAL;
    }
    enum status status = event_create(bits, cpu, &event);
    return status == OK ? new_handle_install(event, COCO_OBJECT_EVENT_RIGHTS) : status;
}

int64_t sys_event_create(uint64_t bits)
{
    return create(bits, OBJECT_UNBOUND);
}

int64_t sys_event_create_bound(uint64_t bits, uint32_t processor)
{
    return processor < arch_cpu_count() ? create(bits, processor) : ERR_INVAL;
}

int64_t sys_event_signal(struct object *event, uint64_t bits)
{
    if (!is_set(bits)) {
        return ERR_INVAL;
    }
    if (bits != 0) {
        event_signal(event, bits);
    }
    return OK;
}

int64_t sys_event_wait(struct object *event, uint64_t bits, uint32_t flags, uint64_t deadline)
{
    uint64_t found;

    if (!is_set(bits) || bits == 0) {
        return ERR_INVAL;
    }
    enum status status =
        event_wait(event, bits, (flags & COCO_EVENT_WAIT_KEEP) != 0, deadline, &found);
    if (status == OK && object_bound_cpu(event) != OBJECT_UNBOUND) {
        affinity_bind(object_bound_cpu(event));
    }
    return status == OK ? (int64_t)found : status;
}

int64_t sys_pressure_open(uint32_t scope, uint32_t level)
{
    struct object *pressure;

    if (scope > COCO_PRESSURE_OWN || level == COCO_PRESSURE_NONE || level > COCO_PRESSURE_HIGH) {
        return ERR_INVAL;
    }
    enum status status = pressure_create(scope == COCO_PRESSURE_MACHINE, level, &pressure);
    return status == OK ? new_handle_install(pressure, COCO_OBJECT_PRESSURE_RIGHTS) : status;
}

int64_t sys_pressure_level(struct object *pressure)
{
    return (int64_t)pressure_level(pressure);
}
