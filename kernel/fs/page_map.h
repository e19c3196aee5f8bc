// SPDX-License-Identifier: MIT
// Private: the pages of a file by their index; a radix tree with 64 slots per node that is as high
// as the largest index needs. A file of one page needs no node. The owner locks.
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

/// Put `page` at `index` (below PAGE_MAP_INDEX_END), where none is. The map owns it then.
/// ERR_NOMEM.
enum status page_map_insert(struct page_map *map, uint64_t index, paddr_t page) __must_check;

/// Free all pages at `first` and above; returns how many.
uint64_t page_map_cut(struct page_map *map, uint64_t first);
