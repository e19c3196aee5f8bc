// SPDX-License-Identifier: MIT
// Memory objects and events, once with each of their allocations failing.
#include "caller.h"
#include "shortage.h"

static int64_t memory;

static void close_handle(int64_t handle)
{
    UNIT_OK(CALL(COCO_SYS_CLOSE, handle));
}

static int64_t make_memory(void)
{
    return CALL(COCO_SYS_MEMORY_CREATE, 3 * PAGE_SIZE);
}

static int64_t map_memory(void)
{
    return CALL(COCO_SYS_MMAP, memory, 0, 0, 3 * PAGE_SIZE, COCO_MMAP_READ | COCO_MMAP_WRITE);
}

static void unmap_memory(int64_t address)
{
    UNIT_OK(CALL(COCO_SYS_MUNMAP, address, 3 * PAGE_SIZE));
}

UNIT_TEST(memory_objects_survive_lack_of_memory)
{
    RULE("memory_create.ENOMEM");
    caller_start();
    inject(make_memory, close_handle);
    memory = make_memory();
    inject(map_memory, unmap_memory);
    close_handle(memory);
    caller_reset_handles();
}

static int64_t make_event(void)
{
    return CALL(COCO_SYS_EVENT_CREATE, 1);
}

static int64_t make_bound_event(void)
{
    return CALL(COCO_SYS_EVENT_CREATE_BOUND, 1, 0);
}

static int64_t open_pressure(void)
{
    return CALL(COCO_SYS_PRESSURE_OPEN, COCO_PRESSURE_OWN, COCO_PRESSURE_HIGH);
}

UNIT_TEST(events_survive_lack_of_memory)
{
    RULE("event_create.ENOMEM");
    RULE("event_create_bound.ENOMEM");
    RULE("pressure_open.ENOMEM");
    caller_start();
    inject(make_event, close_handle);
    inject(make_bound_event, close_handle);
    inject(open_pressure, close_handle);
    caller_reset_handles();
}

static int64_t system_handle;
static uint64_t log_options;

static int64_t make_log(void)
{
    return CALL(COCO_SYS_LOG_CREATE, system_handle, log_options);
}

static int64_t make_reader(void)
{
    return CALL(COCO_SYS_LOG_READER_CREATE, system_handle);
}

UNIT_TEST(logs_survive_lack_of_memory)
{
    const struct coco_log_options options = {.size = sizeof(options), .label = "log"};

    RULE("log_create.ENOMEM");
    RULE("log_reader_create.ENOMEM");
    caller_start();
    system_handle = caller_system();
    caller_put(&options, sizeof(options));
    log_options = CALLER_DATA;
    inject(make_log, close_handle);
    inject(make_reader, close_handle);
    caller_reset_handles();
}
