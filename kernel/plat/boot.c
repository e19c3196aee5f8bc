// SPDX-License-Identifier: MIT
// The PVH start info: command line, memory map, boot archive, ACPI root pointer.
#include "plat_internal.h"
#include <arch/boot.h>
#include <arch/paging.h>
#include <base/string.h>

#define START_MAGIC 0x336ec578u
#define MEMORY_TYPE_RAM 1u
#define MEMORY_ENTRIES_MAX 256u

/// struct hvm_start_info, version 1.
struct pvh_start_info {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t module_count;
    uint64_t modules;
    uint64_t cmdline;
    uint64_t rsdp;
    uint64_t memory_map; /* version 1 and up */
    uint32_t memory_map_count;
    uint32_t reserved;
};

struct pvh_module {
    uint64_t base;
    uint64_t len;
    uint64_t cmdline;
    uint64_t reserved;
};

struct pvh_memory {
    uint64_t base;
    uint64_t len;
    uint32_t type;
    uint32_t reserved;
};

static void read_cmdline(uint64_t address, struct boot_info *out)
{
    out->cmdline[0] = '\0';
    if (address == 0) {
        return;
    }
    /* Page by page: what follows the string may not be memory. */
    size_t len = 0;
    while (len < BOOT_CMDLINE_MAX) {
        size_t chunk = ARCH_PAGE_SIZE - ((address + len) & ARCH_PAGE_MASK);
        chunk = chunk < BOOT_CMDLINE_MAX - len ? chunk : BOOT_CMDLINE_MAX - len;
        if (!arch_phys_read(paddr(address + len), out->cmdline + len, chunk) ||
            strnlen(out->cmdline + len, chunk) < chunk) {
            return;
        }
        len += chunk;
    }
    out->cmdline[BOOT_CMDLINE_MAX - 1] = '\0';
    out->cmdline_cut = true;
}

static void read_memory_map(const struct pvh_start_info *start, struct boot_info *out)
{
    uint32_t count = start->memory_map_count;
    count = count < MEMORY_ENTRIES_MAX ? count : MEMORY_ENTRIES_MAX;
    for (uint32_t i = 0; i < count; i++) {
        struct pvh_memory entry;
        if (arch_phys_read(paddr(start->memory_map + i * sizeof(entry)), &entry, sizeof(entry)) &&
            entry.type == MEMORY_TYPE_RAM) {
            boot_memory_add(&out->memory, entry.base, entry.len);
        }
    }
}

static const char *read_archive(const struct pvh_start_info *start, struct boot_info *out)
{
    if (start->module_count == 0) {
        return NULL;
    }
    struct pvh_module module;
    if (!arch_phys_read(paddr(start->modules), &module, sizeof(module)) ||
        !boot_memory_holds(&out->memory, module.base, module.len)) {
        return "the boot archive does not lie in memory";
    }
    paddr_t image_start, image_end;
    arch_kernel_image(&image_start, &image_end);
    if (module.base < image_end.v && module.base + module.len > image_start.v) {
        return "the boot archive overlaps the kernel";
    }
    out->archive = (struct boot_range){module.base, module.len};
    return NULL;
}

enum status boot_info_read(paddr_t start_info, struct boot_info *out, const char **why)
{
    memset(out, 0, sizeof(*out));
    struct pvh_start_info start;
    if (!arch_phys_read(start_info, &start, sizeof(start)) || start.magic != START_MAGIC) {
        *why = "not started through PVH: the start info has a wrong magic number";
        return ERR_INVAL;
    }
    if (start.version < 1 || start.memory_map == 0) {
        *why = "the start info has no memory map";
        return ERR_INVAL;
    }
    read_memory_map(&start, out);
    if (out->memory.usable_count == 0) {
        *why = "the memory map names no usable memory";
        return ERR_INVAL;
    }
    read_cmdline(start.cmdline, out);
    out->rsdp = paddr(start.rsdp);
    *why = read_archive(&start, out);
    if (*why != NULL) {
        return ERR_INVAL;
    }

    paddr_t image_start, image_end;
    arch_kernel_image(&image_start, &image_end);
    if (!boot_memory_reserve(&out->memory, image_start.v, image_end.v - image_start.v) ||
        (out->archive.len != 0 &&
         !boot_memory_reserve(&out->memory, out->archive.base, out->archive.len))) {
        *why = "too many reserved ranges";
        return ERR_INVAL;
    }
    return OK;
}
