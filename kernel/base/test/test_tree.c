// SPDX-License-Identifier: MIT
#include "unit.h"
#include <base/tree.h>

#define ITEMS 300u

struct item {
    struct tree_node node;
    unsigned key;
    unsigned total; /* sum of the keys in the subtree: tests the augmentation */
    bool present;
};

static struct item *item_of(const struct tree_node *node)
{
    return tree_entry(node, struct item, node);
}

static int compare(const struct tree_node *a, const struct tree_node *b)
{
    return (int)item_of(a)->key - (int)item_of(b)->key;
}

static int compare_key(const void *key, const struct tree_node *node)
{
    return (int)*(const unsigned *)key - (int)item_of(node)->key;
}

static void augment(struct tree_node *node)
{
    struct item *item = item_of(node);

    item->total = item->key + (node->left != NULL ? item_of(node->left)->total : 0) +
                  (node->right != NULL ? item_of(node->right)->total : 0);
}

static const struct tree_ops ops = {.compare = compare, .augment = augment};

/// Check order of links, balance, heights and sums below `node`; returns the number of nodes.
static unsigned check_subtree(const struct tree_node *node, const struct tree_node *parent)
{
    unsigned total;
    int left;
    int right;

    if (node == NULL) {
        return 0;
    }
    UNIT_CHECK(node->parent == parent);
    left = node->left != NULL ? node->left->height : 0;
    right = node->right != NULL ? node->right->height : 0;
    UNIT_CHECK(left - right <= 1 && right - left <= 1);
    UNIT_EQUAL(node->height, MAX(left, right) + 1);
    total = item_of(node)->key + (node->left != NULL ? item_of(node->left)->total : 0) +
            (node->right != NULL ? item_of(node->right)->total : 0);
    UNIT_EQUAL(item_of(node)->total, total);
    return 1 + check_subtree(node->left, node) + check_subtree(node->right, node);
}

static void check_order(const struct tree *tree, unsigned count)
{
    const struct tree_node *last = NULL;
    const struct tree_node *node;
    unsigned seen = 0;

    for (node = tree_first(tree); node != NULL; node = tree_next(node)) {
        UNIT_CHECK(tree_prev(node) == last);
        UNIT_CHECK(last == NULL || item_of(last)->key <= item_of(node)->key);
        last = node;
        seen++;
    }
    UNIT_CHECK(tree_last(tree) == last);
    UNIT_EQUAL(seen, count);
}

UNIT_TEST(tree_random_inserts_and_removes)
{
    static struct item items[ITEMS];
    struct tree tree = {NULL};
    unsigned count = 0;

    for (unsigned i = 0; i < ITEMS; i++) {
        items[i] = (struct item){.key = (unsigned)unit_random_below(ITEMS)};
    }
    for (unsigned round = 0; round < 6000; round++) {
        struct item *item = &items[unit_random_below(ITEMS)];

        if (item->present) {
            tree_remove(&tree, &item->node, &ops);
            count--;
        } else {
            tree_insert(&tree, &item->node, &ops);
            count++;
        }
        item->present = !item->present;
        if (round % 16 == 0) {
            UNIT_EQUAL(check_subtree(tree.root, NULL), count);
            check_order(&tree, count);
        }
    }
}

UNIT_TEST(tree_searches)
{
    static struct item items[100];
    struct tree tree = {NULL};

    UNIT_CHECK(tree_empty(&tree) && tree_first(&tree) == NULL && tree_last(&tree) == NULL);
    for (unsigned i = 0; i < 100; i++) {
        items[i] = (struct item){.key = 2 * (i / 2)}; /* each key twice */
        tree_insert(&tree, &items[i].node, &ops);
    }
    for (unsigned key = 0; key < 100; key++) {
        struct tree_node *node = tree_find(&tree, &key, compare_key);

        UNIT_CHECK(key % 2 == 0 ? node == &items[key].node : node == NULL);
        node = tree_lower_bound(&tree, &key, compare_key);
        UNIT_CHECK(key < 99 ? node == &items[key + key % 2].node : node == NULL);
    }
    items[50].key = 50; /* the same order, another contribution */
    tree_augment_path(&items[50].node, &ops);
    UNIT_EQUAL(check_subtree(tree.root, NULL), 100);
}
