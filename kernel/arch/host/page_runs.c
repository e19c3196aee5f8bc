// SPDX-License-Identifier: MIT
// Many pages at once, one after the other: what matters here is that the effect is the machine's.
#include <arch/paging.h>
#include <base/math.h>

static void take(struct arch_pt_run *run, bool unmap)
{
    while (run->at < run->end && run->count < run->max) {
        uint64_t at = arch_pt_next_mapped(vaddr(run->at), vaddr(run->end)).v;
        unsigned prot;

        run->at = at;
        if (at >= run->end || !arch_pt_query(vaddr(at), &run->pages[run->count], &prot)) {
            break;
        }
        if (unmap) {
            (void)arch_pt_unmap(vaddr(at), NULL);
        } else {
            run->addresses[run->count] = at;
        }
        if (unmap || (prot & ARCH_PROT_WRITE) != 0) {
            run->first = MIN(run->first, at);
            run->last = at;
            arch_pt_protect(vaddr(at), prot & ~ARCH_PROT_WRITE);
        }
        run->count++;
        run->at += ARCH_PAGE_SIZE;
    }
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
    for (size_t i = 0; i < *count; i++) {
        enum status status = arch_pt_map(vaddr(addresses[i]), pages[i], prot);

        if (status != OK) {
            *count = i;
            return status;
        }
    }
    return OK;
}
