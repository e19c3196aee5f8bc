// SPDX-License-Identifier: MIT
// Policies: what a process may do at most. A policy is made before its first process and never
// changes; the process, what it makes and the programs it goes on with share it by reference. Only
// a narrower one can take its place in a process that is being started.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

/// Classes of calls of each kind, public and private, and calls of a class that a policy can name.
#define POLICY_CLASSES 16u
#define POLICY_INDICES 64u

struct process_policy {
    uint32_t refs;                         /* atomic */
    uint32_t handles;                      /* handle numbers lie below */
    uint64_t memory;                       /* bytes, or COCO_LIMIT_NONE */
    uint64_t tasks;                        /* or COCO_LIMIT_NONE */
    uint64_t calls[2u * POLICY_CLASSES];   /* bit: index; private classes behind the public ones */
    uint64_t refused[2u * POLICY_CLASSES]; /* atomic: refusals that were told */
};

/// The word of a class in `calls`; `private_class` is 0 or 1.
static inline size_t policy_word(bool private_class, uint32_t slot)
{
    return (private_class ? POLICY_CLASSES : 0u) + (slot % POLICY_CLASSES);
}

/// Notes a refusal; true for the first of its call.
bool policy_note_refusal(struct process_policy *policy, size_t word, uint32_t index);

/// A policy that allows nothing, with one reference. ERR_NOMEM.
__must_check enum status policy_create(struct process_policy **out);

/// Takes away from `policy`, which is not in use yet, what `outer` does not allow; NULL allows all.
void policy_narrow(struct process_policy *policy, const struct process_policy *outer);

/// Another reference; give one back. NULL does nothing.
void policy_get(struct process_policy *policy);
void policy_put(struct process_policy *policy);
