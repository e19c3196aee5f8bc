// SPDX-License-Identifier: MIT
// Bringing up memory. Order at boot, on the first CPU, interrupts off:
//   1. mm_boot_begin(map)   from then on mm_boot_page() works; arch builds its page tables with it
//   2. mm_init()            page array, page allocator, heap, random generator
//   3. everything else of this module may be used
#pragma once

#include <base/compiler.h>
#include <base/types.h>

#define BOOT_MEMORY_RANGES_MAX 64u

struct boot_range {
    uint64_t base; /* bytes */
    uint64_t len;  /* bytes */
};

/// What the machine has: `usable` RAM, in any order, without overlap; `reserved` parts of it that
/// are in use (kernel image, archive, boot tables), which may overlap. The first MiB is always
/// treated as reserved.
struct boot_memory {
    struct boot_range usable[BOOT_MEMORY_RANGES_MAX];
    unsigned usable_count;
    struct boot_range reserved[BOOT_MEMORY_RANGES_MAX];
    unsigned reserved_count;
};

/// Start the boot-time page source. The map is copied. Ranges need not be page-aligned.
void mm_boot_begin(const struct boot_memory *memory);

/// One free page, content undefined, never given back. Only between mm_boot_begin() and the end of
/// mm_init(). Panics when no RAM is left: nothing can run without its first page tables.
paddr_t mm_boot_page(void);

/// True between mm_boot_begin() and the end of mm_init(): pages come from mm_boot_page().
bool mm_is_booting(void);

/// Build the page array, hand all remaining RAM to the page allocator, start heap and random
/// generator. Uses arch_kernel_map(). Panics if the memory map is unusable.
void mm_init(void);
