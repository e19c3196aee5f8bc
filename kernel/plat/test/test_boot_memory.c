// SPDX-License-Identifier: MIT
#include "plat_internal.h"
#include "unit.h"
#include <arch/boot.h>

static bool is(const struct boot_memory *m, unsigned i, uint64_t base, uint64_t end)
{
    return m->usable[i].base == base && m->usable[i].base + m->usable[i].len == end;
}

UNIT_TEST(boot_memory_sorts)
{
    struct boot_memory m = {0};
    boot_memory_add(&m, 0x5000, 0x1000);
    boot_memory_add(&m, 0x1000, 0x1000);
    boot_memory_add(&m, 0x3000, 0x1000);
    UNIT_CHECK(m.usable_count == 3);
    UNIT_CHECK(is(&m, 0, 0x1000, 0x2000));
    UNIT_CHECK(is(&m, 1, 0x3000, 0x4000));
    UNIT_CHECK(is(&m, 2, 0x5000, 0x6000));
}

UNIT_TEST(boot_memory_cuts_overlap)
{
    struct boot_memory m = {0};
    boot_memory_add(&m, 0x2000, 0x2000);
    boot_memory_add(&m, 0x3000, 0x3000); /* start is taken */
    boot_memory_add(&m, 0x1000, 0x1800); /* end is taken */
    boot_memory_add(&m, 0x2800, 0x100);  /* all is taken */
    UNIT_CHECK(m.usable_count == 3);
    UNIT_CHECK(is(&m, 0, 0x1000, 0x2000));
    UNIT_CHECK(is(&m, 1, 0x2000, 0x4000));
    UNIT_CHECK(is(&m, 2, 0x4000, 0x6000));
}

UNIT_TEST(boot_memory_never_overlaps)
{
    uint32_t seed = 1;
    struct boot_memory m = {0};
    for (unsigned i = 0; i < 10000; i++) {
        seed = seed * 1664525 + 1013904223;
        boot_memory_add(&m, seed >> 8 & 0xffff, seed >> 24);
        for (unsigned k = 1; k < m.usable_count; k++) {
            UNIT_CHECK(m.usable[k - 1].base + m.usable[k - 1].len <= m.usable[k].base);
        }
    }
    UNIT_CHECK(m.usable_count == BOOT_MEMORY_RANGES_MAX);
}

UNIT_TEST(boot_memory_ends_where_the_cpu_ends)
{
    struct boot_memory m = {0};
    uint64_t end = arch_physical_end();
    boot_memory_add(&m, end - 0x1000, 0x2000);
    boot_memory_add(&m, end, 0x1000);
    boot_memory_add(&m, UINT64_MAX - 10, 100);
    boot_memory_add(&m, 0x1000, UINT64_MAX);
    UNIT_CHECK(m.usable_count == 2);
    UNIT_CHECK(is(&m, 0, 0x1000, end - 0x1000));
    UNIT_CHECK(is(&m, 1, end - 0x1000, end));
}

UNIT_TEST(boot_memory_holds_only_what_is_inside)
{
    struct boot_memory m = {0};
    boot_memory_add(&m, 0x1000, 0x1000);
    boot_memory_add(&m, 0x2000, 0x1000);
    UNIT_CHECK(boot_memory_holds(&m, 0x1000, 0x1000));
    UNIT_CHECK(boot_memory_holds(&m, 0x1fff, 1));
    UNIT_CHECK(!boot_memory_holds(&m, 0x1fff, 2)); /* one range has to hold it */
    UNIT_CHECK(!boot_memory_holds(&m, 0xfff, 2));
    UNIT_CHECK(!boot_memory_holds(&m, 0x2800, UINT64_MAX));
}

UNIT_TEST(boot_memory_device_range)
{
    struct boot_memory m = {0};
    boot_memory_add(&m, 0x100000, 0x100000);
    UNIT_CHECK(boot_is_device_range(&m, 0xfeb00000, 512));
    UNIT_CHECK(boot_is_device_range(&m, 0x200000, 512));
    UNIT_CHECK(!boot_is_device_range(&m, 0x1fffff, 512));
    UNIT_CHECK(!boot_is_device_range(&m, 0x1000, 512)); /* low memory, whatever the map says */
    UNIT_CHECK(!boot_is_device_range(&m, 0xfeb00000, 0));
    UNIT_CHECK(!boot_is_device_range(&m, UINT64_MAX - 5, 512));
    UNIT_CHECK(!boot_is_device_range(&m, arch_physical_end(), 512));
}
