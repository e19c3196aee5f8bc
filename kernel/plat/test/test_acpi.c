// SPDX-License-Identifier: MIT
#include "memory.h"
#include "plat_internal.h"
#include "unit.h"
#include <base/string.h>

#define RSDP_AT 0x1000u
#define RSDT_AT 0x2000u
#define MADT_AT 0x3000u
#define MADT_HEADER 44u

static uint32_t madt_len;

static void seal(uint64_t at, size_t len, size_t checksum_at)
{
    uint8_t sum = 0;
    memory[at + checksum_at] = 0;
    for (size_t i = 0; i < len; i++) {
        sum = (uint8_t)(sum + memory[at + i]);
    }
    memory[at + checksum_at] = (uint8_t)(0 - sum);
}

static void write32(uint64_t at, uint32_t value)
{
    memory_write(at, &value, sizeof(value));
}

static void madt_seal(void)
{
    write32(MADT_AT + 4, madt_len);
    seal(MADT_AT, madt_len, 9);
}

static void madt_add(const uint8_t *entry, size_t len)
{
    memory_write(MADT_AT + madt_len, entry, len);
    madt_len += (uint32_t)len;
    madt_seal();
}

/// RSDP -> RSDT -> an empty MADT.
static void prepare(void)
{
    memory_clear();
    memory_write(RSDP_AT, "RSD PTR ", 8);
    write32(RSDP_AT + 16, RSDT_AT);
    seal(RSDP_AT, 20, 8);
    memory_write(RSDT_AT, "RSDT", 4);
    write32(RSDT_AT + 4, 36 + 4);
    write32(RSDT_AT + 36, MADT_AT);
    seal(RSDT_AT, 40, 9);
    memory_write(MADT_AT, "APIC", 4);
    madt_len = MADT_HEADER;
    madt_seal();
}

static const uint8_t cpu7[] = {0, 8, 0, 7, 1, 0, 0, 0};
static const uint8_t cpu9_off[] = {0, 8, 0, 9, 0, 0, 0, 0};
static const uint8_t x2cpu[] = {9, 16, 0, 0, 0x00, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
static const uint8_t io_apic[] = {1, 12, 0, 0, 0x00, 0x00, 0xc0, 0xfe, 0, 0, 0, 0};

UNIT_TEST(acpi_lists_cpus)
{
    struct arch_cpu_map map = {0};
    prepare();
    madt_add(cpu7, sizeof(cpu7));
    madt_add(cpu9_off, sizeof(cpu9_off));
    madt_add(io_apic, sizeof(io_apic));
    madt_add(x2cpu, sizeof(x2cpu));
    UNIT_CHECK(acpi_cpu_map(paddr(RSDP_AT), &map));
    UNIT_CHECK(map.count == 2);
    UNIT_CHECK(map.apic_ids[0] == 7);
    UNIT_CHECK(map.apic_ids[1] == 0x100);
    UNIT_CHECK(map.io_apic.v == 0xfec00000);
}

UNIT_TEST(acpi_stops_at_the_kernels_limit)
{
    struct arch_cpu_map map = {0};
    prepare();
    for (unsigned i = 0; i < ARCH_CPU_MAX + 5; i++) {
        madt_add(cpu7, sizeof(cpu7));
    }
    UNIT_CHECK(acpi_cpu_map(paddr(RSDP_AT), &map));
    UNIT_CHECK(map.count == ARCH_CPU_MAX);
}

UNIT_TEST(acpi_refuses_damage)
{
    struct arch_cpu_map map = {0};
    static const uint64_t places[] = {RSDP_AT, RSDP_AT + 16, RSDT_AT + 36, MADT_AT, MADT_AT + 50};
    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        prepare();
        madt_add(cpu7, sizeof(cpu7));
        memory[places[i]] ^= 1;
        UNIT_CHECK(!acpi_cpu_map(paddr(RSDP_AT), &map));
        UNIT_CHECK(map.count == 0);
    }
    UNIT_CHECK(!acpi_cpu_map(paddr(0), &map));
    UNIT_CHECK(!acpi_cpu_map(paddr(UINT64_MAX), &map));
}

UNIT_TEST(acpi_refuses_bad_lengths)
{
    struct arch_cpu_map map = {0};
    static const uint8_t zero_len[] = {0, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t too_long[] = {0, 200, 0, 7, 1, 0, 0, 0};
    prepare();
    madt_add(cpu7, sizeof(cpu7));
    madt_add(zero_len, sizeof(zero_len));
    UNIT_CHECK(!acpi_cpu_map(paddr(RSDP_AT), &map));
    prepare();
    madt_add(cpu7, sizeof(cpu7));
    madt_add(too_long, sizeof(too_long));
    UNIT_CHECK(!acpi_cpu_map(paddr(RSDP_AT), &map));
    prepare();
    madt_len = UINT32_MAX;
    write32(MADT_AT + 4, madt_len);
    UNIT_CHECK(!acpi_cpu_map(paddr(RSDP_AT), &map));
}
