// SPDX-License-Identifier: MIT
#include "range.h"
#include <base/check.h>
#include <base/math.h>

static int compare(const struct tree_node *a, const struct tree_node *b)
{
    return range_of(a)->start < range_of(b)->start ? -1 : 1;
}

static void augment(struct tree_node *node)
{
    struct range *range = range_of(node);
    const struct range *left = range_of(node->left);
    const struct range *right = range_of(node->right);
    uint64_t gap = 0;

    range->low = range->start;
    range->high = range->end;
    if (left != NULL) {
        range->low = left->low;
        gap = MAX(left->gap, range->start - left->high);
    }
    if (right != NULL) {
        range->high = right->high;
        gap = MAX(gap, right->gap);
        gap = MAX(gap, right->low - range->end);
    }
    range->gap = gap;
}

static const struct tree_ops range_ops = {.compare = compare, .augment = augment};

void range_insert(struct tree *tree, struct range *range)
{
    ASSERT(range->start < range->end, "range is empty");
    ASSERT(range_is_free(tree, range->start, range->end), "range overlaps another one");
    tree_insert(tree, &range->node, &range_ops);
}

void range_remove(struct tree *tree, struct range *range)
{
    tree_remove(tree, &range->node, &range_ops);
}

void range_resize(struct range *range, uint64_t start, uint64_t end)
{
    ASSERT(start < end, "range is empty");
    range->start = start;
    range->end = end;
    tree_augment_path(&range->node, &range_ops);
}

/// Look for a hole of `need` bytes between `left` and `right`, the free space around the subtree
/// included; the highest one first. Depth of the recursion: that of the tree, at most 46 for 2^32
/// ranges.
static bool search_subtree(const struct tree_node *node, uint64_t left, uint64_t right,
                           const struct range_search *search, uint64_t *hole_end)
{
    const struct range *range = range_of(node);

    if (right <= search->low || left >= search->high) {
        return false;
    }
    if (range == NULL) {
        uint64_t start = MAX(left, search->low);
        uint64_t end = MIN(right, search->high);

        *hole_end = end;
        return end > start && end - start >= search->len;
    }
    if (range->gap < search->len && range->low - left < search->len &&
        right - range->high < search->len) {
        return false;
    }
    return search_subtree(node->right, range->end, right, search, hole_end) ||
           search_subtree(node->left, left, range->start, search, hole_end);
}

bool range_find_free(const struct tree *tree, const struct range_search *search, uint64_t *out)
{
    struct range_search padded = *search;
    uint64_t end;

    if (!checked_add(search->len, search->align - 1, &padded.len) ||
        !search_subtree(tree->root, 0, UINT64_MAX, &padded, &end)) {
        return false;
    }
    *out = align_down(end - search->len, search->align);
    return true;
}
