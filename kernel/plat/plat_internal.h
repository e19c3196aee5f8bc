// SPDX-License-Identifier: MIT
// Shared between the files of plat only.
#pragma once

#include <arch/smp.h>
#include <base/compiler.h>
#include <base/types.h>
#include <plat/boot.h>
#include <plat/platform.h>

extern const struct platform_ops platform_native;

/// Number of CPUs that QEMU's fw_cfg device reports; 0 when there is no such device.
unsigned fw_cfg_cpu_count(void);

/// Fills in what the ACPI tables at `rsdp` say; false (and `out` unchanged) when they are absent or
/// damaged.
bool acpi_cpu_map(paddr_t rsdp, struct arch_cpu_map *out) __must_check;

/// boot_memory.c: adds a range of RAM, cut to what is possible and free of overlap.
void boot_memory_add(struct boot_memory *memory, uint64_t base, uint64_t len);

/// Marks a range as in use; false when the table is full.
bool boot_memory_reserve(struct boot_memory *memory, uint64_t base, uint64_t len) __must_check;

/// True when [base, base + len) lies in one usable range.
bool boot_memory_holds(const struct boot_memory *memory, uint64_t base, uint64_t len);
