// SPDX-License-Identifier: MIT
// The machine as a kernel object, and what only the layer that boots it knows.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

struct object;
struct object_ops;

/// Facts for capabilities and counters that boot collects.
struct system_facts {
    uint64_t kernel_image_len; /* bytes */
    uint64_t boot_archive_len; /* bytes */
    uint64_t init_ticks;       /* arch_ticks() when the first process was started; 0 before */
    uint64_t vm_bitmap;        /* VM indices that may be opened */
    uint32_t platform;         /* 0 native, 1 SNP, 2 TDP */
};

/// Set the facts; called by init, at the latest right before the first process starts.
void system_set_facts(const struct system_facts *facts);

/// Make the object behind SYSTEM handles. Returns a new reference. ERR_NOMEM.
enum status system_object_create(struct object **out) __must_check;

/// Row of the object table for COCO_OBJECT_SYSTEM.
extern const struct object_ops system_object_ops;

/// Upcall, defined by init: tell the host `status` (0 success) and end the machine. Interrupts on,
/// no lock held.
__noreturn void system_halt_machine(uint32_t status);
