// SPDX-License-Identifier: MIT
// object_poll: entries are copied in, their objects held during the wait, the results copied out.
#include <mm/heap.h>
#include <object/handle.h>
#include <object/poll.h>
#include <task/affinity.h>
#include <task/process.h>
#include <task/signal.h>

#include "prototypes.h"

/// Entries for which no memory is allocated.
#define SMALL_COUNT 8u

/// Events that a handle with `rights` may see.
static uint32_t visible_events(uint32_t wanted, uint32_t rights)
{
    uint32_t visible = 0;

    visible |= (rights & COCO_RIGHT_READ) != 0 ? COCO_EVENT_READ : 0;
    visible |= (rights & COCO_RIGHT_WRITE) != 0 ? COCO_EVENT_WRITE : 0;
    visible |= (rights & COCO_RIGHT_WAIT) != 0 ? COCO_EVENT_ENDED : 0;
    return wanted & visible;
}

/// Take a reference to what the entry names.
static void hold(const struct coco_poll *entry, struct poll_item *item)
{
    struct handle_table *table = process_handles(process_current());
    uint32_t rights = 0;

    item->object = NULL;
    item->wanted = entry->wanted;
    item->returned = 0;
    if (entry->handle == COCO_HANDLE_NONE) {
        return;
    }
    if (handle_info(table, entry->handle, &item->object, &rights) != OK) {
        item->object = NULL;
        item->returned = COCO_EVENT_INVALID;
    } else if (!object_is_always_ready(item->object)) {
        item->wanted = visible_events(entry->wanted, rights);
    }
}

static uaddr_t entry_address(struct user_out objects, size_t index)
{
    return uaddr(objects.addr.v + index * sizeof(struct coco_poll));
}

/// Fill `items` from the caller's entries; `*held` gets how many were, also on an error.
static enum status copy_in(struct user_out objects, size_t count, struct poll_item *items,
                           size_t *held)
{
    for (*held = 0; *held < count; ++*held) {
        __uninitialized struct coco_poll entry;
        uaddr_t from = entry_address(objects, *held);
        if (unlikely(!user_copy_in_plain(&entry, from, sizeof(entry)))) {
            enum status status = user_copy_in(&entry, from, sizeof(entry));
            if (status != OK) {
                return status;
            }
        }
        if ((entry.wanted & ~COCO_EVENT_WANTED_MASK) != 0 || entry.reserved != 0) {
            return ERR_INVAL;
        }
        hold(&entry, &items[*held]);
    }
    return OK;
}

static enum status copy_out(struct user_out objects, size_t count, const struct poll_item *items)
{
    enum status status = OK;

    for (size_t i = 0; status == OK && i < count; i++) {
        uaddr_t to = uaddr(entry_address(objects, i).v + offsetof(struct coco_poll, returned));
        status = user_copy_out(to, &items[i].returned, sizeof(items[i].returned));
    }
    return status;
}

/// Wait with the signals of `set` blocked, if it is not NULL.
static enum status wait_masked(struct poll_item *items, size_t count, uint64_t deadline,
                               const uint64_t *set, size_t *ready)
{
    enum status status;

    if (set == NULL) {
        return poll_wait(items, count, deadline, ready);
    }
    signal_mask_for_wait(*set);
    do {
        bool waits = signal_waits();

        status = poll_wait(items, count, waits ? 0 : deadline, ready);
        if (waits && status == OK && *ready == 0) {
            status = ERR_INTR;
            break;
        }
    } while (status == ERR_INTR && !signal_waits());
    signal_mask_end_wait();
    return status;
}

/// A thread that is told of a source that is bound to a CPU goes on there.
static void go_to_source(const struct poll_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((items[i].returned & COCO_EVENT_READ) != 0 &&
            object_bound_cpu(items[i].object) != OBJECT_UNBOUND) {
            affinity_bind(object_bound_cpu(items[i].object));
            return;
        }
    }
}

struct poll_call {
    struct user_out objects;
    size_t count;
    uint64_t deadline;
    const uint64_t *set; /* NULL: none */
};

/// The call, with memory for the items. Result of the call.
static int64_t poll_items(const struct poll_call *call, struct poll_item *items)
{
    size_t ready = 0;
    size_t held;
    enum status status = copy_in(call->objects, call->count, items, &held);

    if (status == OK) {
        status = wait_masked(items, call->count, call->deadline, call->set, &ready);
    }
    if (unlikely(status == ERR_INTR)) {
        signal_no_restart();
    }
    if (status == OK) {
        status = copy_out(call->objects, call->count, items);
    }
    if (status == OK && ready != 0) {
        go_to_source(items, held);
    }
    for (size_t i = 0; i < held; i++) {
        object_put(items[i].object);
    }
    return status == OK ? (int64_t)ready : status;
}

static int64_t poll(struct user_out objects, uint64_t deadline, const uint64_t *set)
{
    __uninitialized struct poll_item small[SMALL_COUNT]; // copy_in() fills in what is looked at
    uint64_t count = objects.len / sizeof(struct coco_poll);
    const struct poll_call call = {objects, (size_t)count, deadline, set};
    void *memory;

    if (count > COCO_POLL_MAX) {
        return ERR_INVAL;
    }
    if (count <= SMALL_COUNT) {
        return poll_items(&call, small);
    }
    enum status status = kcalloc((size_t)count, sizeof(struct poll_item), &memory);
    if (status != OK) {
        return status;
    }
    int64_t result = poll_items(&call, memory);
    kfree(memory);
    return result;
}

int64_t sys_object_poll(struct user_out objects, uint64_t deadline)
{
    return poll(objects, deadline, NULL);
}

int64_t sys_object_poll_masked(struct user_out objects, uint64_t deadline, uint64_t set)
{
    return poll(objects, deadline, &set);
}
