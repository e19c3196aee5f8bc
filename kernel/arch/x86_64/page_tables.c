// SPDX-License-Identifier: MIT
// Single pages: mapping, unmapping, looking up, through the self-map of the active address space.
#include "page_tables.h"
#include "percpu.h"
#include <base/check.h>

static const uint64_t level_size[4] = {1ull << 12, 1ull << 21, 1ull << 30, 1ull << 39};

pte_t pte_make(paddr_t page, unsigned prot)
{
    CHECK((prot & (ARCH_PROT_WRITE | ARCH_PROT_EXEC)) != (ARCH_PROT_WRITE | ARCH_PROT_EXEC),
          "mapping both writable and executable");
    if ((prot & (ARCH_PROT_READ | ARCH_PROT_WRITE | ARCH_PROT_EXEC)) == 0) {
        return page.v | PTE_INACCESSIBLE | PTE_NO_EXECUTE;
    }
    pte_t pte = page.v | PTE_PRESENT;
    pte |= (prot & ARCH_PROT_WRITE) != 0 ? PTE_WRITE : 0;
    pte |= (prot & ARCH_PROT_USER) != 0 ? PTE_USER : 0;
    pte |= (prot & ARCH_PROT_GLOBAL) != 0 ? PTE_GLOBAL : 0;
    pte |= (prot & ARCH_PROT_DEVICE) != 0 ? PTE_NO_CACHE | PTE_WRITE_THROUGH : 0;
    pte |= (prot & ARCH_PROT_EXEC) != 0 ? 0 : PTE_NO_EXECUTE;
    return pte;
}

static unsigned pte_prot(pte_t pte)
{
    if ((pte & PTE_PRESENT) == 0) {
        return ARCH_PROT_USER;
    }
    return ARCH_PROT_READ | ((pte & PTE_WRITE) != 0 ? ARCH_PROT_WRITE : 0) |
           ((pte & PTE_USER) != 0 ? ARCH_PROT_USER : 0) |
           ((pte & PTE_GLOBAL) != 0 ? ARCH_PROT_GLOBAL : 0) |
           ((pte & PTE_NO_CACHE) != 0 ? ARCH_PROT_DEVICE : 0) |
           ((pte & PTE_NO_EXECUTE) != 0 ? 0 : ARCH_PROT_EXEC);
}

enum status pt_add_tables(uint64_t address, pte_t table_flags)
{
    for (unsigned level = 3; level > 0; level--) {
        volatile pte_t *entry = table_entry(address, level);
        if ((*entry & PTE_PRESENT) != 0) {
            continue;
        }
        paddr_t table;
        enum status status = (table_flags & PTE_USER) != 0 ? mm_user_table_alloc(&table)
                                                           : mm_table_page_alloc(&table);
        if (status != OK) {
            return status;
        }
        *entry = table.v | PTE_PRESENT | PTE_WRITE | table_flags;
    }
    return OK;
}

enum status pt_map(uint64_t address, paddr_t page, unsigned prot, pte_t table_flags)
{
    volatile pte_t *leaf = leaf_entry(address);
    if (leaf == NULL) {
        enum status status = pt_add_tables(address, table_flags);
        if (status != OK) {
            return status;
        }
        leaf = table_entry(address, 0);
    }
    if (*leaf != 0) {
        return ERR_EXIST;
    }
    *leaf = pte_make(page, prot);
    return OK;
}

enum status arch_pt_map(vaddr_t address, paddr_t page, unsigned prot)
{
    ASSERT(address.v < COCO_USER_END, "user mapping outside of the user half");
    return pt_map(address.v, page, prot, PTE_USER);
}

paddr_t arch_pt_unmap(vaddr_t address, bool *dirty)
{
    volatile pte_t *leaf = leaf_entry(address.v);
    pte_t old = leaf != NULL ? *leaf : 0;
    if (old != 0) {
        /* One exchange: the CPU may set the dirty bit until then. */
        old = __atomic_exchange_n(leaf, 0, __ATOMIC_RELAXED);
    }
    if (dirty != NULL) {
        *dirty = (old & PTE_DIRTY) != 0;
    }
    return paddr(old & PTE_ADDRESS);
}

bool arch_pt_query(vaddr_t address, paddr_t *page, unsigned *prot)
{
    volatile pte_t *leaf = leaf_entry(address.v);
    pte_t pte = leaf != NULL ? *leaf : 0;
    if (pte == 0) {
        return false;
    }
    if (page != NULL) {
        *page = paddr(pte & PTE_ADDRESS);
    }
    if (prot != NULL) {
        *prot = pte_prot(pte);
    }
    return true;
}

void arch_pt_protect(vaddr_t address, unsigned prot)
{
    volatile pte_t *leaf = leaf_entry(address.v);
    if (leaf == NULL || *leaf == 0) {
        return;
    }
    pte_t old = *leaf;
    pte_t new;
    do {
        new = pte_make(paddr(old & PTE_ADDRESS), prot) | (old & PTE_DIRTY);
    } while (
        !__atomic_compare_exchange_n(leaf, &old, new, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
}

vaddr_t arch_pt_next_mapped(vaddr_t start, vaddr_t end)
{
    uint64_t address = start.v & ~ARCH_PAGE_MASK;
    while (address < end.v) {
        unsigned level = 3;
        while (level > 0 && (*table_entry(address, level) & PTE_PRESENT) != 0) {
            level--;
        }
        if (level == 0 && *table_entry(address, 0) != 0) {
            return vaddr(address);
        }
        address = (address & ~(level_size[level] - 1)) + level_size[level];
    }
    return end;
}

enum status arch_kernel_map(vaddr_t address, paddr_t page, unsigned prot)
{
    ASSERT(address.v >= ARCH_PAGE_ARRAY_BASE, "kernel mapping outside of the kernel half");
    return pt_map(address.v, page, prot | ARCH_PROT_GLOBAL, 0);
}

paddr_t arch_kernel_unmap(vaddr_t address)
{
    return arch_pt_unmap(address, NULL);
}

paddr_t arch_kernel_query(vaddr_t address)
{
    paddr_t page = paddr(0);
    return arch_pt_query(address, &page, NULL) ? page : paddr(0);
}
