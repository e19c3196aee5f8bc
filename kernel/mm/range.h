// SPDX-License-Identifier: MIT
// Ranges of addresses without overlap in a tree that also knows the largest gap below each node, so
// that a free place is found in logarithmic time. No locking: the owner locks.
#pragma once

#include <base/tree.h>
#include <base/types.h>

struct range {
    struct tree_node node;
    uint64_t start;
    uint64_t end;  /* one behind the last byte */
    uint64_t low;  /* of the subtree: lowest start, */
    uint64_t high; /* highest end, */
    uint64_t gap;  /* largest hole between two ranges */
};

static inline struct range *range_of(const struct tree_node *node)
{
    return node == NULL ? NULL : tree_entry(node, struct range, node);
}

/// Add a range that overlaps no other.
void range_insert(struct tree *tree, struct range *range);

/// Remove a range of the tree.
void range_remove(struct tree *tree, struct range *range);

/// Move the ends of a range of the tree; it still must overlap no other.
void range_resize(struct range *range, uint64_t start, uint64_t end);

/// The first range that ends above `address`, which therefore holds it or comes behind it; NULL if
/// none.
static inline struct range *range_at_or_after(const struct tree *tree, uint64_t address)
{
    struct tree_node *node = tree->root;
    struct range *found = NULL;

    while (node != NULL) {
        struct range *range = range_of(node);

        if (address < range->end) {
            found = range;
            if (address >= range->start) {
                break;
            }
            node = node->left;
        } else {
            node = node->right;
        }
    }
    return found;
}

/// True if nothing overlaps [start, end).
static inline bool range_is_free(const struct tree *tree, uint64_t start, uint64_t end)
{
    struct range *range = range_at_or_after(tree, start);

    return range == NULL || range->start >= end;
}

struct range_search {
    uint64_t low; /* the place must lie in [low, high) */
    uint64_t high;
    uint64_t len;   /* > 0 */
    uint64_t align; /* power of two, at least 1 */
};

/// The highest hole that surely holds an aligned range; its address in `*out`. False if there is
/// none.
bool range_find_free(const struct tree *tree, const struct range_search *search, uint64_t *out);
