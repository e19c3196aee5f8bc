// SPDX-License-Identifier: MIT
// What differs between the environments the kernel runs in. Today there is one, native: a plain
// x86-64 virtual machine whose host is trusted with our memory.
#pragma once

#include <abi/status.h>
#include <arch/smp.h>
#include <base/compiler.h>
#include <base/types.h>
#include <plat/boot.h>

struct platform_ops {
    const char *name;
    /// Makes [base, base + len) private, usable memory where the platform keeps such a state.
    enum status (*validate_range)(paddr_t base, uint64_t len);
    /// Ends the machine; `ok` tells the host whether it went well. Any context.
    __noreturn void (*exit)(bool ok);
    /// Writes bytes to the console. Any context, also a panic.
    void (*console_write)(const char *text, size_t len);
};

/// Set by platform_init(); in read-only memory.
const struct platform_ops *platform(void);

/// Chooses the platform. First step of the boot; before it, platform() is native.
void platform_init(void);

/// CPUs and interrupt controller of the machine, from ACPI or fw_cfg; defaults where both are
/// silent.
void platform_cpu_map(const struct boot_info *info, struct arch_cpu_map *out);

/// Text on the console without any set-up. Any context.
void early_print(const char *text);
