// SPDX-License-Identifier: MIT
// Processes by id, and who started whom.
//
// A process stands in the index from its making until its object is destroyed. The index holds no
// reference: a process whose last reference is gone is on its way out and is not found.
#include <base/tree.h>

#include "process_internal.h"

static struct spinlock index_lock; /* leaf */
static struct tree processes;      /* struct process, index_node */

static struct process *from_node(const struct tree_node *node)
{
    return container_of(node, struct process, index_node);
}

static int compare_ids(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_nodes(const struct tree_node *a, const struct tree_node *b)
{
    return compare_ids(from_node(a)->id, from_node(b)->id);
}

static int compare_key(const void *key, const struct tree_node *node)
{
    return compare_ids(*(const uint64_t *)key, from_node(node)->id);
}

static const struct tree_ops index_ops = {.compare = compare_nodes};

void process_index_add(struct process *process)
{
    irqflags_t flags = spin_lock_irqsave(&index_lock);

    tree_insert(&processes, &process->index_node, &index_ops);
    spin_unlock_irqrestore(&index_lock, flags);
}

void process_index_remove(struct process *process)
{
    irqflags_t flags = spin_lock_irqsave(&index_lock);

    tree_remove(&processes, &process->index_node, &index_ops);
    spin_unlock_irqrestore(&index_lock, flags);
}

/* Without a reference. Index locked. */
static struct process *find(uint64_t id)
{
    struct tree_node *node = tree_find(&processes, &id, compare_key);

    return node != NULL ? from_node(node) : NULL;
}

struct process *process_find(uint64_t id)
{
    irqflags_t flags = spin_lock_irqsave(&index_lock);
    struct process *process = find(id);

    if (process != NULL && !object_get(&process->object)) {
        process = NULL;
    }
    spin_unlock_irqrestore(&index_lock, flags);
    return process;
}

struct process *process_next(uint64_t id)
{
    irqflags_t flags = spin_lock_irqsave(&index_lock);
    uint64_t key = id + 1;
    struct tree_node *node = tree_lower_bound(&processes, &key, compare_key);
    struct process *process = NULL;

    while (node != NULL && process == NULL) {
        process = from_node(node);
        if (!object_get(&process->object)) { /* on its way out */
            process = NULL;
            node = tree_next(node);
        }
    }
    spin_unlock_irqrestore(&index_lock, flags);
    return process;
}

bool process_descends(const struct process *process, uint64_t ancestor)
{
    irqflags_t flags = spin_lock_irqsave(&index_lock);
    bool found = false;

    while (process != NULL && !found) {
        found = process->parent == ancestor;
        process = find(process->parent);
    }
    spin_unlock_irqrestore(&index_lock, flags);
    return found;
}
