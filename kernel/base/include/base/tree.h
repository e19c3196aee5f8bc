// SPDX-License-Identifier: MIT
// Intrusive balanced (AVL) tree: depth is at most 1.44 log2(n). The order and an optional value
// kept per subtree come from the caller's const struct tree_ops. No locking: the owner of the tree
// locks.
#pragma once

#include <base/compiler.h>
#include <stdbool.h>

struct tree_node {
    struct tree_node *parent;
    struct tree_node *left;
    struct tree_node *right;
    int height; /* of the subtree; a leaf has 1 */
};

struct tree {
    struct tree_node *root;
};

struct tree_ops {
    /// Negative, 0 or positive as `a` sorts before, beside or behind `b`.
    int (*compare)(const struct tree_node *a, const struct tree_node *b);
    /// Recompute the value that `node` keeps about its subtree from itself and its children; may be
    /// NULL.
    void (*augment)(struct tree_node *node);
};

/// Make an empty tree. A zeroed struct tree is an empty tree, too.
static inline void tree_init(struct tree *tree)
{
    tree->root = NULL;
}

/// True if the tree has no node.
static inline bool tree_empty(const struct tree *tree)
{
    return tree->root == NULL;
}

/// Add `node`, which is in no tree. Among equals it becomes the last one.
void tree_insert(struct tree *tree, struct tree_node *node, const struct tree_ops *ops);

/// Remove `node`, which must be in `tree`.
void tree_remove(struct tree *tree, struct tree_node *node, const struct tree_ops *ops);

/// After a change of `node`'s own contribution (not of its order): recompute it and its ancestors.
void tree_augment_path(struct tree_node *node, const struct tree_ops *ops);

/// First and last node in order, NULL if the tree is empty.
struct tree_node *tree_first(const struct tree *tree);
struct tree_node *tree_last(const struct tree *tree);

/// Neighbour in order, NULL at the end.
struct tree_node *tree_next(const struct tree_node *node);
struct tree_node *tree_prev(const struct tree_node *node);

/// First node whose compare(key, node) is <= 0, that is the first one not before `key`; NULL if
/// none. compare: negative, 0 or positive as `key` sorts before, beside or behind `node`.
struct tree_node *tree_lower_bound(const struct tree *tree, const void *key,
                                   int (*compare)(const void *key, const struct tree_node *node));

/// The first node equal to `key`, or NULL.
struct tree_node *tree_find(const struct tree *tree, const void *key,
                            int (*compare)(const void *key, const struct tree_node *node));

#define tree_entry(node, type, member) container_of(node, type, member)
