// SPDX-License-Identifier: MIT
// Pages by their index in a file or in shared memory: a radix tree with 64 slots per node that is
// as high as the largest index needs. One page at index 0 needs no node. The owner locks; any
// context.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

#define PAGE_MAP_DEPTH_MAX 4u
#define PAGE_MAP_INDEX_END (1ull << (6u * PAGE_MAP_DEPTH_MAX))

/// All zero is an empty map.
struct page_map {
    uint64_t root;  /* depth 0: the page at index 0, otherwise a node; 0 for none */
    unsigned depth; /* levels of nodes */
    uint64_t count; /* pages held */
};

/// The page at `index`, or paddr(0).
paddr_t page_map_find(const struct page_map *map, uint64_t index);

/// The lowest index at or above `first` that has a page, or PAGE_MAP_INDEX_END.
uint64_t page_map_next(const struct page_map *map, uint64_t first);

/// Put `page` at `index` (below PAGE_MAP_INDEX_END), where none is. The map takes over a reference.
/// ERR_NOMEM.
enum status page_map_insert(struct page_map *map, uint64_t index, paddr_t page) __must_check;

/// Take out all pages at `first` and above and drop their references; returns how many.
uint64_t page_map_cut(struct page_map *map, uint64_t first);

/// A part of page_map_cut() that takes a bounded time, from the highest page down; `*freed`: the
/// pages taken out. True while some are left.
bool page_map_cut_some(struct page_map *map, uint64_t first, uint64_t *freed) __must_check;
