// SPDX-License-Identifier: MIT
// The ACPI table that lists CPUs and interrupt controllers (MADT). Lengths and addresses come from
// the host: each read is bounded, and a table with a wrong checksum counts as absent.
#include "plat_internal.h"
#include <arch/boot.h>
#include <arch/paging.h>
#include <base/string.h>

#define TABLE_LEN_MAX 65536u
#define ENTRY_COUNT_MAX 128u

struct acpi_rsdp {
    char signature[8];
    uint8_t checksum;
    char oem[6];
    uint8_t revision;
    uint32_t rsdt;
    uint32_t len;
    uint64_t xsdt;
    uint8_t extended_checksum;
    uint8_t reserved[3];
} __packed;

struct acpi_header {
    char signature[4];
    uint32_t len;
    uint8_t revision;
    uint8_t checksum;
    char oem[6];
    char oem_table[8];
    uint32_t oem_revision;
    uint32_t creator;
    uint32_t creator_revision;
} __packed;

struct madt_entry {
    uint8_t type;
    uint8_t len;
    uint8_t data[14];
} __packed;

#define MADT_LOCAL_APIC 0u
#define MADT_IO_APIC 1u
#define MADT_LOCAL_X2APIC 9u
#define MADT_HEADER_LEN (sizeof(struct acpi_header) + 8)
#define CPU_ENABLED 1u

/// Sum of all bytes, 0 for a table that is whole; 1 for one that cannot be read.
static uint8_t sum(uint64_t address, uint32_t len)
{
    uint8_t total = 0;
    uint8_t buffer[64];
    for (uint32_t done = 0; done < len;) {
        uint32_t chunk = len - done < sizeof(buffer) ? len - done : (uint32_t)sizeof(buffer);
        if (!arch_phys_read(paddr(address + done), buffer, chunk)) {
            return 1;
        }
        for (uint32_t i = 0; i < chunk; i++) {
            total = (uint8_t)(total + buffer[i]);
        }
        done += chunk;
    }
    return total;
}

/// Reads and checks the header of the table at `address`.
static bool table_read(uint64_t address, const char *signature, struct acpi_header *out)
{
    return address != 0 && arch_phys_read(paddr(address), out, sizeof(*out)) &&
           memcmp(out->signature, signature, 4) == 0 && out->len >= sizeof(*out) &&
           out->len <= TABLE_LEN_MAX && sum(address, out->len) == 0;
}

static uint32_t read32(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

static void add_cpu(struct arch_cpu_map *map, uint32_t apic_id, uint32_t flags)
{
    if ((flags & CPU_ENABLED) != 0 && map->count < ARCH_CPU_MAX) {
        map->apic_ids[map->count++] = apic_id;
    }
}

static bool madt_read(uint64_t address, uint32_t len, struct arch_cpu_map *out)
{
    struct arch_cpu_map map = *out;
    map.count = 0;
    uint32_t offset = MADT_HEADER_LEN;
    while (offset + 2 <= len) {
        struct madt_entry entry = {0};
        uint32_t rest = len - offset;
        if (!arch_phys_read(paddr(address + offset), &entry,
                            rest < sizeof(entry) ? rest : sizeof(entry)) ||
            entry.len < 2 || entry.len > rest) {
            return false;
        }
        if (entry.type == MADT_LOCAL_APIC && entry.len >= 8) {
            add_cpu(&map, entry.data[1], read32(entry.data + 2));
        } else if (entry.type == MADT_LOCAL_X2APIC && entry.len >= 16) {
            add_cpu(&map, read32(entry.data + 2), read32(entry.data + 6));
        } else if (entry.type == MADT_IO_APIC && entry.len >= 12 && read32(entry.data + 6) == 0) {
            map.io_apic = paddr(read32(entry.data + 2));
            map.io_apic_line_base = 0;
        }
        offset += entry.len;
    }
    if (map.count == 0) {
        return false;
    }
    *out = map;
    return true;
}

bool acpi_cpu_map(paddr_t rsdp_address, struct arch_cpu_map *out)
{
    struct acpi_rsdp rsdp;
    if (rsdp_address.v == 0 || !arch_phys_read(rsdp_address, &rsdp, sizeof(rsdp)) ||
        memcmp(rsdp.signature, "RSD PTR ", 8) != 0 || sum(rsdp_address.v, 20) != 0) {
        return false;
    }
    bool extended = rsdp.revision >= 2 && rsdp.xsdt != 0;
    uint64_t root = extended ? rsdp.xsdt : rsdp.rsdt;
    uint32_t entry_len = extended ? 8 : 4;
    struct acpi_header header;
    if (!table_read(root, extended ? "XSDT" : "RSDT", &header)) {
        return false;
    }
    uint32_t count = (header.len - (uint32_t)sizeof(header)) / entry_len;
    for (uint32_t i = 0; i < count && i < ENTRY_COUNT_MAX; i++) {
        uint64_t address = 0;
        paddr_t entry = paddr(root + sizeof(struct acpi_header) + i * (uint64_t)entry_len);
        if (arch_phys_read(entry, &address, entry_len) && table_read(address, "APIC", &header)) {
            return madt_read(address, header.len, out);
        }
    }
    return false;
}
