// SPDX-License-Identifier: MIT
// Many pages at once: copying, dropping and filling in entries of the active address space, table
// by table, without a walk from the top for each page.
#include "page_tables.h"
#include <base/check.h>
#include <base/math.h>

#define TABLE_SPAN (512 * ARCH_PAGE_SIZE)
#define GLANCE 8u /* entries that are looked at together: a line of the cache */

/// What one call may spend: so many entries of upper tables, or as many groups of GLANCE leaves.
#define RUN_BUDGET 1024u

static const uint64_t entry_span[4] = {1ull << 12, 1ull << 21, 1ull << 30, 1ull << 39};

/// Level of the first table entry on the way to `address` that leads nowhere; 0 if there is a
/// lowest-level table.
static unsigned absent_level(uint64_t address)
{
    unsigned level = 3;
    while (level > 0 && (*table_entry(address, level) & PTE_PRESENT) != 0) {
        level--;
    }
    return level;
}

/// Entries to pass over at `leaf`, which is empty.
static inline unsigned empty_count(const volatile pte_t *leaf)
{
    if (((uintptr_t)leaf & (GLANCE * sizeof(pte_t) - 1)) != 0) {
        return 1;
    }
    pte_t all = leaf[1] | leaf[2] | leaf[3] | leaf[4] | leaf[5] | leaf[6] | leaf[7];
    return all == 0 ? GLANCE : 1;
}

/// Takes the pages in one lowest-level table, from run->at to `stop` at most; either out of the
/// table, or without the right to store to them.
static __always_inline void take_from_table(struct arch_pt_run *run, uint64_t stop, bool unmap)
{
    volatile pte_t *leaf = table_entry(run->at, 0);
    uint64_t at = run->at;
    size_t count = run->count;
    while (at < stop && count < run->max) {
        pte_t pte = *leaf;
        if (pte == 0) {
            unsigned empty = empty_count(leaf);
            leaf += empty;
            at += empty * ARCH_PAGE_SIZE;
            continue;
        }
        run->pages[count] = paddr(pte & PTE_ADDRESS);
        if (unmap) {
            *leaf = 0; /* nobody asks whether it was written to, so this need not be an exchange */
        } else {
            run->addresses[count] = at;
        }
        if (unmap || (pte & PTE_WRITE) != 0) {
            run->first = MIN(run->first, at);
            run->last = at;
        }
        if (!unmap && (pte & PTE_WRITE) != 0) {
            /* The processor may set the dirty bit meanwhile. */
            __atomic_fetch_and(leaf, ~(pte_t)PTE_WRITE, __ATOMIC_RELAXED);
        }
        count++;
        leaf++;
        at += ARCH_PAGE_SIZE;
    }
    run->count = count;
    run->at = MIN(at, stop);
}

static __always_inline void take(struct arch_pt_run *run, bool unmap)
{
    unsigned budget = RUN_BUDGET;
    while (run->at < run->end && run->count < run->max && budget > 0) {
        unsigned level = absent_level(run->at);
        uint64_t span = level == 0 ? TABLE_SPAN : entry_span[level];
        uint64_t stop = MIN(run->end, align_down(run->at, span) + span);
        if (level == 0) {
            take_from_table(run, stop, unmap);
            budget -= MIN(budget, 512 / GLANCE);
        } else {
            run->at = stop;
            budget--;
        }
    }
}

/* Bounded as the walk that it follows: that passed so many tables and entries at most. */
size_t arch_pt_cut_tables(const struct arch_pt_hole *hole, paddr_t tables[ARCH_PT_CUT_MAX])
{
    size_t count = 0;
    for (unsigned level = 1; level < 4; level++) {
        uint64_t span = entry_span[level];
        uint64_t at = align_down(hole->start, span);
        while (at < hole->end) {
            unsigned absent = absent_level(at);
            uint64_t step = absent > level ? entry_span[absent] : span;
            if (absent < level && at >= hole->low && at + span <= hole->high) {
                volatile pte_t *entry = table_entry(at, level);
                CHECK(count < ARCH_PT_CUT_MAX, "more page tables than a walk can pass");
                tables[count++] = paddr(*entry & PTE_ADDRESS);
                *entry = 0;
            }
            at = align_down(at, step) + step;
        }
    }
    return count;
}

void arch_pt_unmap_run(struct arch_pt_run *run)
{
    take(run, true);
}

void arch_pt_share_run(struct arch_pt_run *run)
{
    take(run, false);
}

enum status arch_pt_map_run(const uint64_t *addresses, const paddr_t *pages, size_t *count,
                            unsigned prot)
{
    pte_t bits = pte_make(paddr(0), prot);
    size_t total = *count;
    size_t i = 0;
    while (i < total) {
        uint64_t block = align_down(addresses[i], TABLE_SPAN);
        *count = i;
        enum status status = pt_add_tables(block, PTE_USER);
        if (status != OK) {
            return status;
        }
        volatile pte_t *table = table_entry(block, 0);
        for (; i < total && addresses[i] - block < TABLE_SPAN; i++) {
            volatile pte_t *leaf = table + (addresses[i] - block) / ARCH_PAGE_SIZE;
            if (*leaf != 0) {
                *count = i;
                return ERR_EXIST;
            }
            *leaf = pages[i].v | bits;
        }
    }
    *count = total;
    return OK;
}
