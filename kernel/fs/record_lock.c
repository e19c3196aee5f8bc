// SPDX-License-Identifier: MIT
// Locks on files: taking, waiting, and finding out that waiting would never end.
//
// One mutex guards all records and all who wait, so that the search for deadlocks sees one state.
// Who waits is in a list of all and in the queue of the file; whoever releases something of a file
// wakes all that wait there, and they look again.
#include <base/check.h>
#include <fs/fs.h>
#include <fs/record_lock.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <object/handle.h>
#include <object/mutex.h>

#include "ram.h"
#include "record_set.h"

static struct mutex records_lock;
static struct list waits = LIST_INIT(waits); /* struct record_wait */
static uint64_t search_number;

void record_lock_init(void)
{
    mutex_init(&records_lock);
}

/// The set of a node, made if there is none. It stays as long as the node.
static enum status need_set(struct vfs_node *node)
{
    struct record_set *set;

    if (__atomic_load_n(&node->records, __ATOMIC_ACQUIRE) != NULL) {
        return OK;
    }
    if (!ram_budget_take_meta(sizeof(*set))) {
        return ERR_NOLCK;
    }
    enum status status = kzalloc_object(&set);
    if (status != OK) {
        ram_budget_return_meta(sizeof(*set));
        return status;
    }
    list_init(&set->records);
    wait_queue_init(&set->waiters);
    mutex_lock(&records_lock);
    bool first = node->records == NULL;
    if (first) {
        __atomic_store_n(&node->records, set, __ATOMIC_RELEASE);
    }
    mutex_unlock(&records_lock);
    if (!first) {
        kfree(set);
        ram_budget_return_meta(sizeof(*set));
    }
    return OK;
}

void record_lock_free(struct vfs_node *node)
{
    struct record_set *set = node->records;

    if (set != NULL) {
        CHECK(list_empty(&set->records), "a node with locks goes away");
        kfree(set);
        ram_budget_return_meta(sizeof(*set));
    }
}

/// Add the process to those whose waits are to be looked at, once in each search.
static void visit(struct record_owner *owner, struct record_owner **pending)
{
    if (owner->id != 0 && owner->visited != search_number) {
        owner->visited = search_number;
        owner->chain = *pending;
        *pending = owner;
    }
}

/// Let the processes be looked at that keep `waiting` from having what it wants.
static void visit_blockers(const struct record_set *set, const struct record_owner *waiting,
                           const struct record_request *wanted, struct record_owner **pending)
{
    struct record *record;

    list_for_each_entry(record, &set->records, set_link)
    {
        const struct record_request *held = &record->held;
        bool apart = held->space != wanted->space || held->first > wanted->last ||
                     held->last < wanted->first;
        bool agrees = held->kind == COCO_LOCK_SHARED && wanted->kind == COCO_LOCK_SHARED;
        if (record->owner != waiting && !apart && !agrees) {
            visit(record->owner, pending);
        }
    }
}

/// Whether the process `owner` would wait for itself: somebody that it waits for, directly or not,
/// waits for it. Open files are not looked at: who will close them cannot be known.
static bool would_deadlock(const struct record_set *set, struct record_owner *owner,
                           const struct record_request *wanted)
{
    struct record_owner *pending = NULL;
    struct record_wait *wait;

    if (owner->id == 0) {
        return false;
    }
    search_number++;
    visit_blockers(set, owner, wanted, &pending);
    while (pending != NULL && owner->visited != search_number) {
        struct record_owner *next = pending;
        pending = next->chain;
        list_for_each_entry(wait, &waits, link)
        {
            if (wait->owner == next) {
                visit_blockers(wait->set, next, wait->wanted, &pending);
            }
        }
    }
    return owner->visited == search_number;
}

/// Drop what the owner holds of a node and a space.
static void drop_all(struct vfs_node *node, struct record_owner *owner, enum record_space space,
                     struct list *unused)
{
    struct record *record;
    struct record *following;

    list_for_each_entry_safe(record, following, &owner->records, owner_link)
    {
        if (record->node == node && record->held.space == space) {
            record_drop(record, unused);
        }
    }
    wait_wake(&node->records->waiters, WAIT_ALL);
}

/// Set the range if nobody is in the way. ERR_AGAIN; ERR_NOLCK.
static enum status try_set(struct vfs_node *node, struct record_owner *owner,
                           const struct record_request *request, struct record_spares *spares,
                           struct list *unused)
{
    struct record_set *set = node->records;

    if (record_conflict(set, owner, request) != NULL) {
        return ERR_AGAIN;
    }
    int cost = record_edit_cost(set, owner, request);
    if (cost > 0 && owner->count + (uint32_t)cost > COCO_LOCK_MAX) {
        return ERR_NOLCK;
    }
    record_edit(node, owner, request, spares, unused);
    wait_wake(&set->waiters, WAIT_ALL);
    return OK;
}

/// Wait for a change, with the lock held before and after.
static enum status wait_for_change(struct vfs_node *node, struct record_owner *owner,
                                   const struct record_request *request)
{
    struct record_wait wait = {.set = node->records, .owner = owner, .wanted = request};
    struct waiter waiter;

    if (would_deadlock(wait.set, owner, request)) {
        return ERR_DEADLK;
    }
    list_add_tail(&waits, &wait.link);
    wait_prepare(&wait.set->waiters, &waiter);
    mutex_unlock(&records_lock);
    enum status status = wait_commit_signals(&waiter, WAIT_FOREVER);
    mutex_lock(&records_lock);
    list_remove(&wait.link);
    return status;
}

enum status record_lock_set(struct vfs_node *node, struct record_owner *owner,
                            const struct record_request *request, bool wait)
{
    struct record_spares spares;
    struct list unused = LIST_INIT(unused);
    enum status status = need_set(node);

    if (status != OK) {
        return status;
    }
    status = record_spares_take(&spares);
    if (status != OK) {
        return status;
    }
    mutex_lock(&records_lock);
    for (;;) {
        status = try_set(node, owner, request, &spares, &unused);
        if (status != ERR_AGAIN || !wait) {
            break;
        }
        if (request->space == RECORD_WHOLE) {
            // Two that hold it together and both want it alone would wait for ever.
            drop_all(node, owner, RECORD_WHOLE, &unused);
        }
        status = wait_for_change(node, owner, request);
        if (status != OK) {
            break;
        }
    }
    mutex_unlock(&records_lock);
    record_free_all(&unused);
    record_free_all(&spares.records);
    return status;
}

void record_lock_find(struct vfs_node *node, const struct record_owner *owner,
                      struct record_request *request, uint64_t *id)
{
    struct record *found = NULL;

    mutex_lock(&records_lock);
    if (node->records != NULL) {
        found = record_conflict(node->records, owner, request);
    }
    if (found != NULL) {
        *request = found->held;
        *id = found->owner->id;
    } else {
        request->kind = COCO_LOCK_NONE;
        *id = 0;
    }
    mutex_unlock(&records_lock);
}

void record_lock_release(struct vfs_node *node, struct record_owner *owner)
{
    struct list unused = LIST_INIT(unused);

    mutex_lock(&records_lock);
    if (node->records != NULL) {
        drop_all(node, owner, RECORD_RANGE, &unused);
    }
    mutex_unlock(&records_lock);
    record_free_all(&unused);
}

void record_owner_end(struct record_owner *owner)
{
    struct list unused = LIST_INIT(unused);

    if (record_owner_is_idle(owner)) {
        return;
    }
    mutex_lock(&records_lock);
    while (!list_empty(&owner->records)) {
        struct record *record = list_first_entry(&owner->records, struct record, owner_link);

        record_drop(record, &unused);
        wait_wake(&record->node->records->waiters, WAIT_ALL);
    }
    mutex_unlock(&records_lock);
    record_free_all(&unused);
}

void record_owner_release(struct record_owner *owner, struct object *object)
{
    struct vfs_node *node = record_lock_node(object);

    if (node != NULL && !record_owner_is_idle(owner)) {
        record_lock_release(node, owner);
    }
}

void record_owner_keep_open(struct record_owner *owner, struct handle_table *before,
                            struct handle_table *after)
{
    for (uint32_t number = 0; !record_owner_is_idle(owner) && number < COCO_HANDLE_MAX; number++) {
        struct object *object;
        uint32_t rights;

        if (handle_info(before, number, &object, &rights) != OK) {
            continue;
        }
        if (handle_table_count(after, object) < handle_table_count(before, object)) {
            record_owner_release(owner, object);
        }
        object_put(object);
        sched_check(); // each of them was looked for in two tables
    }
}

struct vfs_node *record_lock_node(struct object *object)
{
    switch (object->type) {
    case COCO_OBJECT_FILE:
        return file_node(object);
    case COCO_OBJECT_DIR:
        return dir_node(object);
    default:
        return NULL;
    }
}

struct record_owner *record_lock_owner(struct object *object)
{
    return object->type == COCO_OBJECT_DIR ? dir_owner(object) : file_owner(object);
}
