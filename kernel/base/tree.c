// SPDX-License-Identifier: MIT
// AVL tree. Insertion and removal change the tree as in a plain binary search tree and then walk to
// the root: fix_path() recomputes height and augmented value of each ancestor and rotates where the
// heights of two children differ by two.
#include <base/tree.h>

static int height(const struct tree_node *node)
{
    return node == NULL ? 0 : node->height;
}

static void update(struct tree_node *node, const struct tree_ops *ops)
{
    int left = height(node->left);
    int right = height(node->right);

    node->height = (left > right ? left : right) + 1;
    if (ops->augment != NULL) {
        ops->augment(node);
    }
}

/// Put `with` (may be NULL) in the place of `node` under node's parent.
static void replace_child(struct tree *tree, struct tree_node *node, struct tree_node *with)
{
    struct tree_node *parent = node->parent;

    if (parent == NULL) {
        tree->root = with;
    } else if (parent->left == node) {
        parent->left = with;
    } else {
        parent->right = with;
    }
    if (with != NULL) {
        with->parent = parent;
    }
}

/// The right child comes up, `node` becomes its left child. Returns the new top.
static struct tree_node *rotate_left(struct tree *tree, struct tree_node *node,
                                     const struct tree_ops *ops)
{
    struct tree_node *top = node->right;

    replace_child(tree, node, top);
    node->right = top->left;
    if (node->right != NULL) {
        node->right->parent = node;
    }
    top->left = node;
    node->parent = top;
    update(node, ops);
    update(top, ops);
    return top;
}

/// Mirror image of rotate_left().
static struct tree_node *rotate_right(struct tree *tree, struct tree_node *node,
                                      const struct tree_ops *ops)
{
    struct tree_node *top = node->left;

    replace_child(tree, node, top);
    node->left = top->right;
    if (node->left != NULL) {
        node->left->parent = node;
    }
    top->right = node;
    node->parent = top;
    update(node, ops);
    update(top, ops);
    return top;
}

/// Restore balance, heights and augmented values from `node` up to the root.
static void fix_path(struct tree *tree, struct tree_node *node, const struct tree_ops *ops)
{
    while (node != NULL) {
        int balance = height(node->left) - height(node->right);

        if (balance > 1) {
            if (height(node->left->left) < height(node->left->right)) {
                rotate_left(tree, node->left, ops);
            }
            node = rotate_right(tree, node, ops);
        } else if (balance < -1) {
            if (height(node->right->right) < height(node->right->left)) {
                rotate_right(tree, node->right, ops);
            }
            node = rotate_left(tree, node, ops);
        } else {
            update(node, ops);
        }
        node = node->parent;
    }
}

void tree_insert(struct tree *tree, struct tree_node *node, const struct tree_ops *ops)
{
    struct tree_node **link = &tree->root;
    struct tree_node *parent = NULL;

    while (*link != NULL) {
        parent = *link;
        link = ops->compare(node, parent) < 0 ? &parent->left : &parent->right;
    }
    node->parent = parent;
    node->left = NULL;
    node->right = NULL;
    *link = node;
    fix_path(tree, node, ops);
}

void tree_remove(struct tree *tree, struct tree_node *node, const struct tree_ops *ops)
{
    struct tree_node *fix_from;

    if (node->left == NULL || node->right == NULL) {
        fix_from = node->parent;
        replace_child(tree, node, node->left != NULL ? node->left : node->right);
    } else {
        struct tree_node *heir = node->right; /* the next node in order takes the place */

        while (heir->left != NULL) {
            heir = heir->left;
        }
        fix_from = heir->parent == node ? heir : heir->parent;
        replace_child(tree, heir, heir->right);
        replace_child(tree, node, heir);
        heir->left = node->left;
        heir->left->parent = heir;
        heir->right = node->right;
        if (heir->right != NULL) {
            heir->right->parent = heir;
        }
    }
    node->parent = NULL;
    node->left = NULL;
    node->right = NULL;
    fix_path(tree, fix_from, ops);
}

void tree_augment_path(struct tree_node *node, const struct tree_ops *ops)
{
    for (; node != NULL; node = node->parent) {
        ops->augment(node);
    }
}

struct tree_node *tree_first(const struct tree *tree)
{
    struct tree_node *node = tree->root;

    while (node != NULL && node->left != NULL) {
        node = node->left;
    }
    return node;
}

struct tree_node *tree_last(const struct tree *tree)
{
    struct tree_node *node = tree->root;

    while (node != NULL && node->right != NULL) {
        node = node->right;
    }
    return node;
}

struct tree_node *tree_next(const struct tree_node *node)
{
    struct tree_node *next = node->right;

    if (next != NULL) {
        while (next->left != NULL) {
            next = next->left;
        }
        return next;
    }
    for (next = node->parent; next != NULL && next->right == node; next = next->parent) {
        node = next;
    }
    return next;
}

struct tree_node *tree_prev(const struct tree_node *node)
{
    struct tree_node *prev = node->left;

    if (prev != NULL) {
        while (prev->right != NULL) {
            prev = prev->right;
        }
        return prev;
    }
    for (prev = node->parent; prev != NULL && prev->left == node; prev = prev->parent) {
        node = prev;
    }
    return prev;
}

struct tree_node *tree_lower_bound(const struct tree *tree, const void *key,
                                   int (*compare)(const void *key, const struct tree_node *node))
{
    struct tree_node *node = tree->root;
    struct tree_node *found = NULL;

    while (node != NULL) {
        if (compare(key, node) <= 0) {
            found = node;
            node = node->left;
        } else {
            node = node->right;
        }
    }
    return found;
}

struct tree_node *tree_find(const struct tree *tree, const void *key,
                            int (*compare)(const void *key, const struct tree_node *node))
{
    struct tree_node *node = tree_lower_bound(tree, key, compare);

    return node != NULL && compare(key, node) == 0 ? node : NULL;
}
