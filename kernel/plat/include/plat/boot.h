// SPDX-License-Identifier: MIT
// What the loader handed over, checked and copied into one place.
//
// Everything here comes from the host and is treated as hostile: ranges are cut to what can be, and
// what makes no sense is refused with one clear line.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>
#include <mm/boot.h>

#define BOOT_CMDLINE_MAX 2048u

struct boot_info {
    struct boot_memory memory;      /* usable RAM; reserved: kernel image, archive */
    char cmdline[BOOT_CMDLINE_MAX]; /* NUL-terminated */
    bool cmdline_cut;               /* the loader's was longer */
    struct boot_range archive;      /* boot archive (first module); len 0: none */
    paddr_t rsdp;                   /* ACPI root pointer; 0: none */
};

/// Reads the PVH start info at `start_info`. Needs windows only, no allocator. On ERR_INVAL the
/// machine cannot boot and `*why` names the reason.
enum status boot_info_read(paddr_t start_info, struct boot_info *out,
                           const char **why) __must_check;

/// True when [base, base + len) touches no usable RAM of `memory`: a place for device registers.
bool boot_is_device_range(const struct boot_memory *memory, uint64_t base, uint64_t len);
