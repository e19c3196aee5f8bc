// SPDX-License-Identifier: MIT
// The machine: capabilities, limits, counters, entropy, log, power.
#include <abi/queries.h>
#include <arch/cpu.h>
#include <arch/timer.h>
#include <base/check.h>
#include <base/string.h>
#include <fs/log.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <mm/random.h>
#include <mm/vmap.h>
#include <syscall/syscall.h>
#include <syscall/system.h>
#include <task/process.h>
#include <task/sched.h>
#include <task/thread.h>

#include "prototypes.h"

#define CHUNK 256u /* bytes of random data or log copied at a time */

static struct system_facts facts;

void system_set_facts(const struct system_facts *new_facts)
{
    facts = *new_facts;
}

enum status system_object_create(struct object **out)
{
    enum status status = kzalloc_object(out);

    if (status == OK) {
        object_init(*out, COCO_OBJECT_SYSTEM);
    }
    return status;
}

static void system_destroy(struct object *object)
{
    kfree(object);
}

const struct object_ops system_object_ops = {
    .name = "system",
    .destroy = system_destroy,
};

int64_t sys_capabilities(uint32_t index)
{
    const uint64_t entries[] = {0, facts.vm_bitmap, facts.platform};

    if (index >= ARRAY_SIZE(entries)) {
        return ERR_NOTFOUND;
    }
    return index == 0 ? (int64_t)ARRAY_SIZE(entries) - 1 : (int64_t)entries[index];
}

int64_t sys_query(uint32_t item)
{
    switch (item) {
    case COCO_QUERY_ABI_LEVEL:
        return COCO_ABI_LEVEL;
    case COCO_QUERY_FEATURES:
        return (int64_t)arch_features();
    case COCO_QUERY_PAGE_SIZE:
        return COCO_PAGE_SIZE;
    case COCO_QUERY_CPU_COUNT:
        return arch_cpu_count();
    case COCO_QUERY_HANDLE_LIMIT:
        return process_handles(process_current())->limit;
    case COCO_QUERY_PATH_LIMIT:
        return COCO_PATH_MAX;
    case COCO_QUERY_ARGUMENT_LIMIT:
        return COCO_ARGUMENT_MAX;
    case COCO_QUERY_THREAD_LIMIT:
        return COCO_THREAD_MAX;
    case COCO_QUERY_TSC_HZ:
        return (int64_t)arch_tsc_hz();
    case COCO_QUERY_MEM_LIMIT:
        return (int64_t)process_aspace(process_current())->mapped_limit;
    default:
        return ERR_NOTFOUND;
    }
}

int64_t sys_random(struct user_out buffer)
{
    uint8_t chunk[CHUNK];
    enum status status = OK;

    for (uint64_t done = 0; status == OK && done < buffer.len; done += sizeof(chunk)) {
        size_t len = (size_t)MIN(buffer.len - done, (uint64_t)sizeof(chunk));
        random_bytes(chunk, len);
        status = user_copy_out(uaddr(buffer.addr.v + done), chunk, len);
        sched_check();
        if (thread_canceled()) {
            status = ERR_CANCELED;
        }
    }
    memory_wipe(chunk, sizeof(chunk));
    return status;
}

static uint64_t log_bound(bool start)
{
    uint64_t from;
    uint64_t to;

    log_ring_bounds(&from, &to);
    return start ? from : to;
}

/// Counters of memory and of what boot found; false if `item` is another one.
static bool machine_counter(uint32_t item, uint64_t *value)
{
    switch (item) {
    case COCO_COUNTER_MEM_TOTAL:
        *value = page_total_count() * PAGE_SIZE;
        return true;
    case COCO_COUNTER_MEM_FREE:
        kstack_trim(); /* what is kept for later is free, too */
        heap_trim();
        page_cache_drain();
        *value = page_free_count() * PAGE_SIZE;
        return true;
    case COCO_COUNTER_HEAP_USED:
        *value = heap_used();
        return true;
    case COCO_COUNTER_KERNEL_IMAGE:
        *value = facts.kernel_image_len;
        return true;
    case COCO_COUNTER_BOOT_ARCHIVE:
        *value = facts.boot_archive_len;
        return true;
    case COCO_COUNTER_BOOT_TSC:
        *value = arch_boot_ticks();
        return true;
    case COCO_COUNTER_INIT_TSC:
        *value = facts.init_ticks;
        return true;
    case COCO_COUNTER_LOG_START:
    case COCO_COUNTER_LOG_END:
        *value = log_bound(item == COCO_COUNTER_LOG_START);
        return true;
    default:
        return false;
    }
}

int64_t sys_system_counter(struct object *system, uint32_t item)
{
    uint64_t value;

    (void)system;
    if (machine_counter(item, &value)) {
        return (int64_t)value;
    }
    switch (item) {
    case COCO_COUNTER_OBJECTS:
        return (int64_t)object_count();
    case COCO_COUNTER_HANDLES:
        return (int64_t)handle_count();
    case COCO_COUNTER_PROCESSES:
        return (int64_t)process_count();
    case COCO_COUNTER_THREADS:
        return (int64_t)thread_count();
    case COCO_COUNTER_SYSCALLS:
        return (int64_t)syscall_count();
    case COCO_COUNTER_CONTEXT_SWITCHES:
        return (int64_t)sched_switch_count();
    case COCO_COUNTER_PAGE_FAULTS:
        return (int64_t)aspace_fault_count();
    default:
        return ERR_NOTFOUND;
    }
}

int64_t sys_system_log(struct object *system, struct user_out buffer, uint64_t from)
{
    uint64_t done = 0;

    (void)system;
    while (done < buffer.len) {
        uint8_t chunk[CHUNK];
        size_t len = (size_t)MIN(buffer.len - done, (uint64_t)sizeof(chunk));
        size_t got = log_ring_read(&from, chunk, len);
        if (got == 0) {
            break;
        }
        enum status status = user_copy_out(uaddr(buffer.addr.v + done), chunk, got);
        if (status != OK) {
            return status;
        }
        from += got;
        done += got;
    }
    return (int64_t)done;
}

int64_t sys_system_halt(struct object *system, uint32_t status)
{
    (void)system;
    system_halt_machine(status);
}
