// SPDX-License-Identifier: MIT
// Page-table entries and the self-map, shared by paging.c and page_tables.c.
#pragma once

#include "x86.h"
#include <arch/paging.h>

typedef uint64_t pte_t;

/// The self-map: slot 510 of each top-level table points to the table itself, so that the tables of
/// the active address space appear as arrays of entries indexed by page, region and so on.
#define SELF_MAP_SLOT 510u
#define SELF_MAP_PT ((volatile pte_t *)0xffffff0000000000ull)
#define SELF_MAP_PD ((volatile pte_t *)0xffffff7f80000000ull)
#define SELF_MAP_PDPT ((volatile pte_t *)0xffffff7fbfc00000ull)
#define SELF_MAP_PML4 ((volatile pte_t *)0xffffff7fbfdfe000ull)

/// Software bit of an entry that is not present: a page stands behind it that nobody may access.
#define PTE_INACCESSIBLE 0x200u

/// Index of `address` in the self-map's array of a level: 0 page table .. 3 PML4.
static inline uint64_t table_index(uint64_t address, unsigned level)
{
    return (address & 0x0000ffffffffffffull) >> (12 + 9 * level);
}

/// Entry of level `level` that leads to `address`.
static inline volatile pte_t *table_entry(uint64_t address, unsigned level)
{
    static const uint64_t base[4] = {
        0xffffff0000000000ull,
        0xffffff7f80000000ull,
        0xffffff7fbfc00000ull,
        0xffffff7fbfdfe000ull,
    };
    return (volatile pte_t *)base[level] + table_index(address, level);
}

/// Lowest-level entry of `address`, or NULL when a table on the way is absent.
static inline volatile pte_t *leaf_entry(uint64_t address)
{
    if ((SELF_MAP_PML4[table_index(address, 3)] & PTE_PRESENT) == 0 ||
        (SELF_MAP_PDPT[table_index(address, 2)] & PTE_PRESENT) == 0 ||
        (SELF_MAP_PD[table_index(address, 1)] & PTE_PRESENT) == 0) {
        return NULL;
    }
    return &SELF_MAP_PT[table_index(address, 0)];
}

/// Entry for `page` with `prot` (ARCH_PROT_*).
pte_t pte_make(paddr_t page, unsigned prot);

/// Fills in the tables that are missing on the way to `address`, with `table_flags` in their
/// entries. ERR_NOMEM.
enum status pt_add_tables(uint64_t address, pte_t table_flags) __must_check;

/// Maps `page` at `address`, user or kernel half; see arch_pt_map().
enum status pt_map(uint64_t address, paddr_t page, unsigned prot, pte_t table_flags) __must_check;
