// SPDX-License-Identifier: MIT
// The list of RAM ranges: sorted, without overlap, within what a CPU can address.
#include "plat_internal.h"
#include <arch/boot.h>

void boot_memory_add(struct boot_memory *memory, uint64_t base, uint64_t len)
{
    uint64_t end;
    if (__builtin_add_overflow(base, len, &end) || end > arch_physical_end()) {
        end = arch_physical_end();
    }
    unsigned at = 0;
    while (at < memory->usable_count && memory->usable[at].base < base) {
        at++;
    }
    /* Cut what a neighbour has already. */
    if (at > 0) {
        const struct boot_range *below = &memory->usable[at - 1];
        uint64_t below_end = below->base + below->len;
        base = base < below_end ? below_end : base;
    }
    if (at < memory->usable_count && end > memory->usable[at].base) {
        end = memory->usable[at].base;
    }
    if (base >= end || memory->usable_count == BOOT_MEMORY_RANGES_MAX) {
        return;
    }
    for (unsigned i = memory->usable_count; i > at; i--) {
        memory->usable[i] = memory->usable[i - 1];
    }
    memory->usable[at] = (struct boot_range){base, end - base};
    memory->usable_count++;
}

bool boot_memory_reserve(struct boot_memory *memory, uint64_t base, uint64_t len)
{
    if (memory->reserved_count == BOOT_MEMORY_RANGES_MAX) {
        return false;
    }
    memory->reserved[memory->reserved_count++] = (struct boot_range){base, len};
    return true;
}

bool boot_memory_holds(const struct boot_memory *memory, uint64_t base, uint64_t len)
{
    for (unsigned i = 0; i < memory->usable_count; i++) {
        const struct boot_range *range = &memory->usable[i];
        if (base >= range->base && base - range->base <= range->len &&
            len <= range->len - (base - range->base)) {
            return true;
        }
    }
    return false;
}

bool boot_is_device_range(const struct boot_memory *memory, uint64_t base, uint64_t len)
{
    uint64_t end;
    if (len == 0 || __builtin_add_overflow(base, len, &end) || end > arch_physical_end()) {
        return false;
    }
    for (unsigned i = 0; i < memory->usable_count; i++) {
        const struct boot_range *range = &memory->usable[i];
        if (base < range->base + range->len && end > range->base) {
            return false;
        }
    }
    return base >= 0x100000;
}
