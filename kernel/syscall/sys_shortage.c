// SPDX-License-Identifier: MIT
// Allocations that fail on purpose, in a machine that was booted for it.
#include <mm/fault_inject.h>
#include <syscall/syscall.h>

#include "prototypes.h"

static bool enabled; /* set at boot */

void syscall_shortage_enable(void)
{
    enabled = true;
}

int64_t sys_mem_shortage(struct object *system, uint32_t after, uint32_t flags)
{
    bool happened;

    (void)system;
    if (!enabled) {
        return ERR_PERM;
    }
    happened = fault_inject_disarm();
    if (after != COCO_SHORTAGE_NEVER) {
        fault_inject_arm_for((flags & COCO_SHORTAGE_ALL) != 0 ? NULL : arch_thread_current(),
                             after);
    }
    return happened ? 1 : 0;
}
