// SPDX-License-Identifier: MIT
// Parents and children: what a process can wait for without a handle.
//
// A process that was started as somebody's child stands in its parent's list, which holds a
// reference to it, until the parent has been told of its end, or has ended itself: then it is
// nobody's child. A child of which there is something to tell stands in a second list. The lock of
// the parent's `child_waiters` guards both lists and what is to be told. One child is found by its
// id in the index; for a group the lists are walked under the lock.
#include <base/check.h>
#include <base/math.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <task/process.h>
#include <task/signal.h>

#include "process_internal.h"

/* Takes `child` off both lists of `parent`, which is locked. The list's reference passes to the
 * caller. */
static void unlink_child(struct process *child)
{
    list_remove(&child->report_link);
    list_remove(&child->sibling);
}

void process_family_init(struct process *process)
{
    wait_queue_init(&process->child_waiters);
    list_init(&process->children);
    list_init(&process->reports);
    list_init(&process->sibling);
    list_init(&process->report_link);
}

void process_family_add(struct process *child)
{
    struct process *parent = process_current();
    irqflags_t flags;

    CHECK(object_get(&child->object), "a new process without a reference");
    flags = spin_lock_irqsave(&parent->child_waiters.lock);
    list_add_tail(&parent->children, &child->sibling);
    spin_unlock_irqrestore(&parent->child_waiters.lock, flags);
}

void process_family_remove(struct process *child)
{
    struct process *parent = process_current();
    irqflags_t flags = spin_lock_irqsave(&parent->child_waiters.lock);
    bool listed = !list_empty(&child->sibling);

    unlink_child(child);
    spin_unlock_irqrestore(&parent->child_waiters.lock, flags);
    if (listed) {
        object_put(&child->object);
    }
}

void process_family_leave(struct process *parent)
{
    for (;;) {
        irqflags_t flags = spin_lock_irqsave(&parent->child_waiters.lock);
        struct process *child = NULL;

        if (!list_empty(&parent->children)) {
            child = list_entry(parent->children.next, struct process, sibling);
            unlink_child(child);
        }
        spin_unlock_irqrestore(&parent->child_waiters.lock, flags);
        if (child == NULL) {
            return;
        }
        object_put(&child->object);
    }
}

/* Events are reported after the fact, perhaps in another order than they happened. */
static bool is_true(const struct process *child, uint32_t event)
{
    bool ended = __atomic_load_n(&child->ended, __ATOMIC_ACQUIRE);
    bool stopped = __atomic_load_n(&child->stopped, __ATOMIC_ACQUIRE);

    return event == COCO_WAIT_ENDED || (!ended && stopped == (event == COCO_WAIT_STOPPED));
}

void process_family_report(struct process *child, uint32_t event)
{
    struct process *parent;
    bool discard;
    bool listed;
    irqflags_t flags;

    if (list_empty(&child->sibling)) {
        return; /* and never will be on a list again */
    }
    parent = process_find(child->parent);
    if (parent == NULL) {
        return;
    }
    discard = event == COCO_WAIT_ENDED && signal_discards_children(parent);
    flags = spin_lock_irqsave(&parent->child_waiters.lock);
    listed = !list_empty(&child->sibling) && is_true(child, event);
    if (listed && discard) {
        unlink_child(child);
    } else if (listed) {
        child->report = event; /* the latest replaces what was not asked for in time */
        list_remove(&child->report_link);
        list_add_tail(&parent->reports, &child->report_link);
    }
    spin_unlock_irqrestore(&parent->child_waiters.lock, flags);
    if (listed) {
        wait_wake(&parent->child_waiters, WAIT_ALL);
        if (discard) {
            object_put(&child->object);
        }
    }
    object_put(&parent->object);
}

/* Not for COCO_CHILD_ID: one child is found in the index, not in the lists. */
static bool is_selected(const struct process *child, const struct process_child_query *query)
{
    return query->which != COCO_CHILD_GROUP || process_group(child) == query->id;
}

/* The process with the id that is asked for if it was started by `parent`, with a reference; NULL
 * if there is none, or another question is asked. */
static struct process *find_named(const struct process *parent,
                                  const struct process_child_query *query)
{
    struct process *child = query->which == COCO_CHILD_ID ? process_find(query->id) : NULL;

    if (child != NULL && child->parent != parent->id) {
        object_put(&child->object);
        child = NULL;
    }
    return child;
}

static bool has_selected(const struct process *parent, const struct process_child_query *query,
                         const struct process *named)
{
    const struct process *child;

    if (query->which == COCO_CHILD_ID) {
        return named != NULL && !list_empty(&named->sibling);
    }
    list_for_each_entry(child, &parent->children, sibling)
    {
        if (is_selected(child, query)) {
            return true;
        }
    }
    return false;
}

/* The first child of which something that is asked for is to be told, NULL if there is none. */
static struct process *find_report(struct process *parent, const struct process_child_query *query,
                                   struct process *named)
{
    struct process *child;

    if (query->which == COCO_CHILD_ID) {
        bool told = named != NULL && !list_empty(&named->report_link) &&
                    (named->report & query->events) != 0;

        return told ? named : NULL;
    }
    list_for_each_entry(child, &parent->reports, report_link)
    {
        if ((child->report & query->events) != 0 && is_selected(child, query)) {
            return child;
        }
    }
    return NULL;
}

/* Takes the report of find_report()'s child, with a reference. The parent is locked. */
static struct process *take_report(struct process *parent, const struct process_child_query *query,
                                   struct process *named, struct coco_child *out)
{
    struct process *child = find_report(parent, query, named);

    if (child != NULL) {
        out->status = child->status;
        if (child->report != COCO_WAIT_ENDED) {
            out->status = (struct coco_exit_status){
                .reason =
                    child->report == COCO_WAIT_STOPPED ? COCO_EXIT_STOPPED : COCO_EXIT_CONTINUED,
                .code = child->report == COCO_WAIT_STOPPED
                            ? __atomic_load_n(&child->stop_signal, __ATOMIC_RELAXED)
                            : COCO_SIGNAL_CONTINUE,
            };
        }
        if (query->keep) {
            CHECK(object_get(&child->object), "a listed child without a reference");
        } else if (child->report == COCO_WAIT_ENDED) {
            unlink_child(child);
        } else {
            CHECK(object_get(&child->object), "a listed child without a reference");
            child->report = 0;
            list_remove(&child->report_link);
        }
    }
    return child;
}

/* A parent that knows of the end has the signal of it, too. The child is between its report and its
 * signal: that takes as long as a few locks. */
static void wait_until_announced(struct process *child)
{
    for (;;) {
        struct waiter waiter;
        irqflags_t flags = spin_lock_irqsave(&child->exit_waiters.lock);
        bool announced = child->announced;

        if (!announced) {
            wait_prepare_locked(&child->exit_waiters, &waiter);
        }
        spin_unlock_irqrestore(&child->exit_waiters.lock, flags);
        if (announced) {
            return;
        }
        wait_commit_uninterruptible(&waiter);
    }
}

/* Completes what is told about a child, and counts the time of one that is gone. */
static void settle(struct process *parent, struct process *child,
                   const struct process_child_query *query, struct coco_child *out)
{
    bool ended =
        out->status.reason != COCO_EXIT_STOPPED && out->status.reason != COCO_EXIT_CONTINUED;
    struct cpu_usage own;
    struct cpu_usage children;

    if (ended) {
        wait_until_announced(child);
    }
    out->id = child->id;
    out->group = process_group(child);
    own = process_cpu_usage(child);
    children = process_children_usage(child);
    out->time = own.user + own.system;
    out->children_time = children.user + children.system;
    if (ended && !query->keep) {
        uint64_t pages = MAX(process_pages(child).most, process_children_pages(child));
        irqflags_t flags = spin_lock_irqsave(&parent->child_waiters.lock);

        parent->children_usage.user += own.user + children.user;
        parent->children_usage.system += own.system + children.system;
        parent->children_pages_most = MAX(parent->children_pages_most, pages);
        spin_unlock_irqrestore(&parent->child_waiters.lock, flags);
    }
    object_put(&child->object);
}

enum status process_wait_child(const struct process_child_query *query, uint64_t deadline,
                               struct coco_child *out)
{
    struct process *parent = process_current();

    for (;;) {
        struct waiter waiter;
        enum status status = OK;
        struct process *named = find_named(parent, query);
        irqflags_t flags = spin_lock_irqsave(&parent->child_waiters.lock);
        struct process *child = take_report(parent, query, named, out);

        if (child == NULL && !has_selected(parent, query, named)) {
            status = ERR_CHILD;
        } else if (child == NULL) {
            wait_prepare_locked(&parent->child_waiters, &waiter);
        }
        spin_unlock_irqrestore(&parent->child_waiters.lock, flags);
        if (named != NULL) {
            object_put(&named->object);
        }
        if (child != NULL) {
            settle(parent, child, query, out);
            return OK;
        }
        if (status == OK) {
            status = wait_commit_signals(&waiter, deadline);
        }
        if (status != OK) {
            return status;
        }
    }
}

struct cpu_usage process_children_usage(struct process *process)
{
    irqflags_t flags = spin_lock_irqsave(&process->child_waiters.lock);
    struct cpu_usage used = process->children_usage;

    spin_unlock_irqrestore(&process->child_waiters.lock, flags);
    return used;
}

uint64_t process_children_pages(struct process *process)
{
    irqflags_t flags = spin_lock_irqsave(&process->child_waiters.lock);
    uint64_t most = process->children_pages_most;

    spin_unlock_irqrestore(&process->child_waiters.lock, flags);
    return most;
}

bool process_is_gone(struct process *process)
{
    return __atomic_load_n(&process->ended, __ATOMIC_ACQUIRE) && list_empty(&process->sibling);
}

uint64_t process_parent_id(void)
{
    struct process *parent = process_find(process_current()->parent);
    uint64_t id = PROCESS_ID_NONE;

    if (parent != NULL) {
        id = __atomic_load_n(&parent->ended, __ATOMIC_ACQUIRE) ? PROCESS_ID_NONE : parent->id;
        object_put(&parent->object);
    }
    return id;
}
