// SPDX-License-Identifier: MIT
// Policies at the boundary: which call they allow, and how they come from user memory.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <mm/user_copy.h>
#include <task/policy.h>

#include "thunks.h"

struct object;

/// What process_spawn_confined() gives a process; references, NULL for a root that stays.
struct confinement {
    struct process_policy *policy;
    struct object *root;
};

/// Whether a policy allows the call `number`. No branch depends on the number but the last.
static inline bool confine_permits(const struct process_policy *policy, uint64_t number)
{
    uint32_t class_value = (uint32_t)(number >> 32);
    uint32_t index = (uint32_t)number;
    size_t word = policy_word((class_value & SYSCALL_PRIVATE_BIT) != 0, class_value);

    return (policy->calls[word] >> (index % POLICY_INDICES) & 1) != 0;
}

/// Says in the log, for each call once, that the current process was refused the call `number`.
/// False if there is no such call: then it is another refusal.
bool confine_refuse(uint64_t number);

/// Copies a struct coco_policy in, narrowed by that of the current process. ERR_INVAL, ERR_FAULT,
/// ERR_NOMEM; ERR_NOTFOUND and the other errors of paths: its root. On OK the caller frees it.
enum status confine_copy(uaddr_t address, struct confinement *out) __must_check;

/// Takes from the current process the calls that the records at `calls` do not name, and from what
/// it may hand on those that those at `grants` do not name, either. ERR_INVAL, ERR_FAULT,
/// ERR_NOMEM; ERR_BUSY: it has other threads.
enum status confine_self(struct user_in calls, struct user_in grants) __must_check;

/// Gives the references back.
void confine_free(struct confinement *confinement);
