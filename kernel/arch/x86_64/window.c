// SPDX-License-Identifier: MIT
// Windows and device mappings: one page table in the kernel half, at the last gigabyte. The first
// ARCH_CPU_MAX * ARCH_WINDOW_COUNT entries are windows, the rest device pages that are never
// unmapped.
#include "page_tables.h"
#include "percpu.h"
#include <base/check.h>
#include <base/math.h>
#include <base/string.h>

#define WINDOW_BASE 0xffffffffc0000000ull
#define WINDOW_TOTAL (ARCH_CPU_MAX * ARCH_WINDOW_COUNT)
#define TABLE_ENTRIES 512u
#define PTE_ACCESSED 0x20

extern volatile pte_t pt_windows[TABLE_ENTRIES];

static unsigned device_next = WINDOW_TOTAL;

void *arch_window_map(unsigned slot, paddr_t page)
{
    ASSERT(slot < ARCH_WINDOW_COUNT, "no such window");
    unsigned index = arch_cpu_id() * ARCH_WINDOW_COUNT + slot;
    CHECK(pt_windows[index] == 0, "window in use");
    /* Accessed and dirty are set at once to spare the CPU the extra write. */
    pt_windows[index] = (page.v & PTE_ADDRESS) | PTE_PRESENT | PTE_WRITE | PTE_ACCESSED |
                        PTE_DIRTY | PTE_NO_EXECUTE;
    return (void *)(WINDOW_BASE + index * ARCH_PAGE_SIZE);
}

void arch_window_unmap(unsigned slot)
{
    unsigned index = arch_cpu_id() * ARCH_WINDOW_COUNT + slot;
    pt_windows[index] = 0;
    x86_invlpg(WINDOW_BASE + index * ARCH_PAGE_SIZE);
}

bool arch_phys_read(paddr_t from, void *to, size_t len)
{
    uint64_t end;
    if (__builtin_add_overflow(from.v, len, &end) || end > arch_physical_end()) {
        memset(to, 0, len);
        return false;
    }
    char *next = to;
    while (len > 0) {
        uint64_t offset = from.v & ARCH_PAGE_MASK;
        size_t chunk = MIN(len, (size_t)(ARCH_PAGE_SIZE - offset));
        const char *page = arch_window_map(3, paddr(from.v - offset));
        memcpy(next, page + offset, chunk);
        arch_window_unmap(3);
        from.v += chunk;
        next += chunk;
        len -= chunk;
    }
    return true;
}

void *arch_device_map(paddr_t address, size_t len)
{
    uint64_t offset = address.v & ARCH_PAGE_MASK;
    if (len == 0 || len > 65536) {
        return NULL;
    }
    unsigned count = (unsigned)((offset + len + ARCH_PAGE_MASK) >> ARCH_PAGE_SHIFT);
    if (count > TABLE_ENTRIES - device_next) {
        return NULL;
    }
    unsigned first = device_next;
    device_next += count;
    for (unsigned i = 0; i < count; i++) {
        paddr_t page = paddr(address.v - offset + i * ARCH_PAGE_SIZE);
        pt_windows[first + i] =
            pte_make(page, ARCH_PROT_READ | ARCH_PROT_WRITE | ARCH_PROT_DEVICE | ARCH_PROT_GLOBAL);
    }
    return (char *)(WINDOW_BASE + first * ARCH_PAGE_SIZE) + offset;
}
