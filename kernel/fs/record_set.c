// SPDX-License-Identifier: MIT
// Ranges of one file: what agrees with what, and how a new range cuts, replaces and joins those
// that its owner has already.
#include "record_set.h"

#include <base/check.h>
#include <base/math.h>
#include <mm/heap.h>

#include "ram.h"

enum status record_spares_take(struct record_spares *spares)
{
    enum status status = OK;

    list_init(&spares->records);
    for (unsigned i = 0; status == OK && i < RECORD_SPARES; i++) {
        struct record *record;

        if (!ram_budget_take_meta(sizeof(*record))) {
            status = ERR_NOLCK;
            break;
        }
        status = kzalloc_object(&record);
        if (status == OK) {
            list_add_tail(&spares->records, &record->owner_link);
        } else {
            ram_budget_return_meta(sizeof(*record));
        }
    }
    if (status != OK) {
        record_free_all(&spares->records);
    }
    return status;
}

void record_free_all(struct list *records)
{
    struct list *link;

    while ((link = list_take_first(records)) != NULL) {
        struct record *record = list_entry(link, struct record, owner_link);

        vfs_node_put(record->node);
        kfree(record);
        ram_budget_return_meta(sizeof(*record));
    }
}

static bool overlap(const struct record_request *a, const struct record_request *b)
{
    return a->space == b->space && a->first <= b->last && b->first <= a->last;
}

/// Whether two ranges of one owner overlap or lie side by side.
static bool touch(const struct record_request *a, const struct record_request *b)
{
    return overlap(a, b) ||
           (a->space == b->space && (a->first == b->last + 1 || b->first == a->last + 1));
}

struct record *record_conflict(const struct record_set *set, const struct record_owner *owner,
                               const struct record_request *wanted)
{
    struct record *record;

    if (wanted->kind == COCO_LOCK_NONE) {
        return NULL;
    }
    list_for_each_entry(record, &set->records, set_link)
    {
        bool exclusive =
            wanted->kind == COCO_LOCK_EXCLUSIVE || record->held.kind == COCO_LOCK_EXCLUSIVE;
        if (record->owner != owner && exclusive && overlap(&record->held, wanted)) {
            return record;
        }
    }
    return NULL;
}

/// Whether an edit makes `held`, a range of the same owner, a part of the new range.
static bool is_absorbed(const struct record_request *held, const struct record_request *wanted)
{
    if (held->kind == wanted->kind) {
        return touch(held, wanted);
    }
    return overlap(held, wanted) && held->first >= wanted->first && held->last <= wanted->last;
}

/// Whether an edit leaves parts of `held` on both sides of the new range.
static bool is_split(const struct record_request *held, const struct record_request *wanted)
{
    return held->kind != wanted->kind && overlap(held, wanted) && held->first < wanted->first &&
           held->last > wanted->last;
}

int record_edit_cost(const struct record_set *set, const struct record_owner *owner,
                     const struct record_request *wanted)
{
    int cost = wanted->kind == COCO_LOCK_NONE ? 0 : 1;
    const struct record *record;

    list_for_each_entry(record, &set->records, set_link)
    {
        if (record->owner == owner) {
            cost -= is_absorbed(&record->held, wanted) ? 1 : 0;
            cost += is_split(&record->held, wanted) ? 1 : 0;
        }
    }
    return cost;
}

/// Put a spare to use.
static void add(struct vfs_node *node, struct record_owner *owner,
                const struct record_request *held, struct record_spares *spares)
{
    struct list *link = list_take_first(&spares->records);
    CHECK(link != NULL, "an edit needs more records than it may");
    struct record *record = list_entry(link, struct record, owner_link);
    struct record *next;

    record->owner = owner;
    record->held = *held;
    record->node = node;
    vfs_node_get(node);
    list_add_tail(&owner->records, &record->owner_link);
    __atomic_store_n(&owner->count, owner->count + 1, __ATOMIC_RELAXED);
    list_for_each_entry(next, &node->records->records, set_link)
    {
        if (next->held.first > held->first) {
            break;
        }
    }
    list_add_tail(&next->set_link, &record->set_link);
}

void record_drop(struct record *record, struct list *unused)
{
    list_remove(&record->set_link);
    list_remove(&record->owner_link);
    __atomic_store_n(&record->owner->count, record->owner->count - 1, __ATOMIC_RELAXED);
    list_add_tail(unused, &record->owner_link);
}

/// Take the range of `wanted` from a record that is not absorbed. A part behind it is added anew,
/// so that the order in the set stays.
static void cut(struct record *record, const struct record_request *wanted,
                struct record_spares *spares, struct list *unused)
{
    struct record_request behind = record->held;
    bool before = record->held.first < wanted->first;

    if (record->held.last > wanted->last) {
        behind.first = wanted->last + 1;
        if (!before) {
            // Where it begins changes; the record itself is used again.
            struct vfs_node *node = record->node;
            struct record_owner *owner = record->owner;

            record_drop(record, unused);
            add(node, owner, &behind, spares);
            return;
        }
        add(record->node, record->owner, &behind, spares);
    }
    record->held.last = wanted->first - 1;
}

void record_edit(struct vfs_node *node, struct record_owner *owner,
                 const struct record_request *wanted, struct record_spares *spares,
                 struct list *unused)
{
    struct record_request whole = *wanted;
    struct record *record;
    struct record *following;

    list_for_each_entry_safe(record, following, &node->records->records, set_link)
    {
        if (record->owner != owner) {
            continue;
        }
        if (is_absorbed(&record->held, wanted)) {
            if (record->held.kind == wanted->kind) {
                whole.first = MIN(whole.first, record->held.first);
                whole.last = MAX(whole.last, record->held.last);
            }
            record_drop(record, unused);
        } else if (record->held.kind != wanted->kind && overlap(&record->held, wanted)) {
            cut(record, wanted, spares, unused);
        }
    }
    if (wanted->kind != COCO_LOCK_NONE) {
        add(node, owner, &whole, spares);
    }
}
