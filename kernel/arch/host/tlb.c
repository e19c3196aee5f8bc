// SPDX-License-Identifier: MIT
// A TLB for each CPU, so that a flush that mm forgets lets a test see memory it must not see.
#include "paging.h"
#include <arch/trap.h>
#include <arch_impl/host.h>
#include <base/check.h>

#define TLB_ENTRIES 64u

struct tlb_entry {
    const struct arch_as *as; /* NULL: empty */
    uint64_t number;          /* of the page */
    struct host_entry entry;
};

static struct tlb_entry tlbs[ARCH_CPU_MAX][TLB_ENTRIES];

static bool allows(unsigned prot, unsigned access)
{
    unsigned needed = ARCH_PROT_READ | ARCH_PROT_USER;

    if ((access & ARCH_ACCESS_WRITE) != 0) {
        needed |= ARCH_PROT_WRITE;
    }
    if ((access & ARCH_ACCESS_EXEC) != 0) {
        needed |= ARCH_PROT_EXEC;
    }
    return (prot & needed) == needed;
}

bool host_translate(uint64_t address, unsigned access, paddr_t *page)
{
    uint64_t number = address / PAGE_SIZE;
    struct tlb_entry *cached = &tlbs[host_cpu.id][number % TLB_ENTRIES];
    const struct host_entry *entry;

    if (host_cpu.active == NULL || address >= COCO_USER_END) {
        return false;
    }
    if (cached->as != host_cpu.active || cached->number != number ||
        !allows(cached->entry.prot, access)) {
        entry = host_entry(host_cpu.active, address);
        cached->as = NULL; /* a fault drops the entry it was raised with */
        if (entry == NULL || entry->page.v == 0 || !allows(entry->prot, access)) {
            return false;
        }
        *cached = (struct tlb_entry){.as = host_cpu.active, .number = number, .entry = *entry};
    }
    *page = cached->entry.page;
    return true;
}

bool host_user_access(uint64_t address, unsigned access, uint8_t **memory)
{
    paddr_t page;
    bool good;

    pthread_mutex_lock(&host_paging_lock);
    good = host_translate(address, access, &page);
    pthread_mutex_unlock(&host_paging_lock);
    if (good) {
        *memory = (uint8_t *)host_memory(page) + (address & PAGE_MASK);
    }
    return good;
}

void arch_tlb_flush(struct arch_as *as, vaddr_t start, size_t page_count)
{
    uint64_t first = start.v / PAGE_SIZE;

    pthread_mutex_lock(&host_paging_lock);
    for (unsigned cpu = 0; cpu < ARCH_CPU_MAX; cpu++) {
        for (unsigned i = 0; i < TLB_ENTRIES; i++) {
            struct tlb_entry *entry = &tlbs[cpu][i];

            if (entry->as == as && entry->number - first < page_count) {
                entry->as = NULL;
            }
        }
    }
    pthread_mutex_unlock(&host_paging_lock);
}

void arch_tlb_flush_kernel(vaddr_t start, size_t page_count)
{
    (void)start; /* kernel mappings are the host's own */
    (void)page_count;
}
