// SPDX-License-Identifier: MIT
// Start of the kernel: what arch does before and between the steps of kernel/init.
#pragma once

#include <arch/smp.h>
#include <base/compiler.h>
#include <base/types.h>

/// Upcall to init: the first C code outside of arch. Runs on the boot stack with interrupts off and
/// the final kernel page tables active. `start_info` is the physical address of the PVH start info.
__noreturn void kernel_main(paddr_t start_info);

/// Upcall to plat: prints `line` and ends the machine as failed; for a CPU that cannot run the
/// kernel. Needs no set-up.
__noreturn void boot_refuse(const char *line);

/// Descriptor tables, exceptions, control registers, FPU, time-stamp calibration of the boot CPU.
/// Ends the boot with one clear line when the CPU lacks something the kernel needs.
void arch_init(void);

/// Local APIC and timer of the boot CPU, interrupt controller; ends the calibration. Needs no
/// memory allocator. After it interrupts may be turned on.
void arch_init_interrupts(const struct arch_cpu_map *map);

/// Reads `len` bytes of physical memory into `to` through a window. For boot data and firmware
/// tables.
/// False, and `to` all zero, when the range goes beyond what this CPU can address.
bool arch_phys_read(paddr_t from, void *to, size_t len) __must_check;

/// End of the physical addresses that this CPU knows.
uint64_t arch_physical_end(void);

/// Resets the machine by the way that needs no device: an exception without a handler. Any context.
__noreturn void arch_reset(void);

/// Physical addresses [start, end) of the kernel image, and the end of its virtual range.
void arch_kernel_image(paddr_t *start, paddr_t *end);
