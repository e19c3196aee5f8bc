// SPDX-License-Identifier: MIT
#include <mm/heap.h>
#include <mm/page.h>
#include <mm/page_map.h>

#define SLOT_BITS 6u
#define SLOT_COUNT (1u << SLOT_BITS)

#define CUT_STEP 256u /* indices that page_map_cut_some() cuts at a time */

struct map_node {
    uint64_t slots[SLOT_COUNT]; /* lowest level: physical addresses; above: nodes; 0 for none */
};

static struct map_node *node_of(uint64_t slot)
{
    return (struct map_node *)(uintptr_t)slot;
}

static unsigned slot_of(uint64_t index, unsigned level)
{
    return (unsigned)(index >> (SLOT_BITS * level)) & (SLOT_COUNT - 1);
}

static bool reaches(const struct page_map *map, uint64_t index)
{
    return index >> (SLOT_BITS * map->depth) == 0;
}

paddr_t page_map_find(const struct page_map *map, uint64_t index)
{
    uint64_t slot = map->root;

    if (!reaches(map, index)) {
        return paddr(0);
    }
    for (unsigned level = map->depth; level > 0 && slot != 0; level--) {
        slot = node_of(slot)->slots[slot_of(index, level - 1)];
    }
    return paddr(slot);
}

/// The lowest index at or above `first` under one slot of the given height, counted from its own
/// first one; depth of recursion is at most PAGE_MAP_DEPTH_MAX.
static uint64_t next_in_slot(uint64_t slot, unsigned level, uint64_t first)
{
    if (slot == 0 || level == 0) {
        return slot == 0 ? PAGE_MAP_INDEX_END : 0;
    }
    uint64_t span = 1ull << (SLOT_BITS * (level - 1));
    uint64_t rest = first & (span - 1);
    for (uint64_t i = slot_of(first, level - 1); i < SLOT_COUNT; i++) {
        uint64_t found = next_in_slot(node_of(slot)->slots[i], level - 1, rest);
        if (found != PAGE_MAP_INDEX_END) {
            return i * span + found;
        }
        rest = 0;
    }
    return PAGE_MAP_INDEX_END;
}

uint64_t page_map_next(const struct page_map *map, uint64_t first)
{
    return reaches(map, first) ? next_in_slot(map->root, map->depth, first) : PAGE_MAP_INDEX_END;
}

/// The highest index under one slot of the given height that has a page, counted from the slot's
/// own first one; depth of recursion is at most PAGE_MAP_DEPTH_MAX.
static uint64_t last_in_slot(uint64_t slot, unsigned level)
{
    if (slot == 0 || level == 0) {
        return slot == 0 ? PAGE_MAP_INDEX_END : 0;
    }
    uint64_t span = 1ull << (SLOT_BITS * (level - 1));
    for (uint64_t i = SLOT_COUNT; i-- > 0;) {
        uint64_t found = last_in_slot(node_of(slot)->slots[i], level - 1);
        if (found != PAGE_MAP_INDEX_END) {
            return i * span + found;
        }
    }
    return PAGE_MAP_INDEX_END;
}

/// Add levels on top until `index` can be reached.
static enum status grow(struct page_map *map, uint64_t index)
{
    while (!reaches(map, index)) {
        if (map->root != 0) {
            struct map_node *node;
            enum status status = kzalloc_object(&node);
            if (status != OK) {
                return status;
            }
            node->slots[0] = map->root;
            map->root = (uint64_t)(uintptr_t)node;
        }
        map->depth++;
    }
    return OK;
}

enum status page_map_insert(struct page_map *map, uint64_t index, paddr_t page)
{
    enum status status = grow(map, index);
    if (status != OK) {
        return status;
    }
    uint64_t *slot = &map->root;
    for (unsigned level = map->depth; level > 0; level--) {
        if (*slot == 0) {
            struct map_node *node;
            status = kzalloc_object(&node);
            if (status != OK) {
                return status; // empty nodes made on the way stay; page_map_cut() frees them
            }
            *slot = (uint64_t)(uintptr_t)node;
        }
        slot = &node_of(*slot)->slots[slot_of(index, level - 1)];
    }
    *slot = page.v;
    map->count++;
    return OK;
}

/// Free what lies at `first` and above under one slot of the given height; depth of recursion is at
/// most PAGE_MAP_DEPTH_MAX.
static uint64_t cut_slot(uint64_t *slot, unsigned level, uint64_t first)
{
    uint64_t freed = 0;

    if (*slot == 0) {
        return 0;
    }
    if (level == 0) {
        page_unref(paddr(*slot));
        *slot = 0;
        return 1;
    }
    struct map_node *node = node_of(*slot);
    unsigned start = slot_of(first, level - 1);
    uint64_t rest = first & ((1ull << (SLOT_BITS * (level - 1))) - 1);
    if (rest != 0) {
        freed += cut_slot(&node->slots[start], level - 1, rest);
        start++;
    }
    for (unsigned i = start; i < SLOT_COUNT; i++) {
        freed += cut_slot(&node->slots[i], level - 1, 0);
    }
    if (first == 0) {
        kfree(node);
        *slot = 0;
    }
    return freed;
}

uint64_t page_map_cut(struct page_map *map, uint64_t first)
{
    if (!reaches(map, first)) {
        return 0;
    }
    uint64_t freed = cut_slot(&map->root, map->depth, first);
    if (first == 0) {
        map->depth = 0;
    }
    map->count -= freed;
    return freed;
}

bool page_map_cut_some(struct page_map *map, uint64_t first, uint64_t *freed)
{
    uint64_t last = last_in_slot(map->root, map->depth);
    uint64_t from = last & ~(uint64_t)(CUT_STEP - 1);

    if (last == PAGE_MAP_INDEX_END || from <= first) {
        *freed = page_map_cut(map, first);
        return false;
    }
    *freed = page_map_cut(map, from);
    return true;
}
