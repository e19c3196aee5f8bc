// SPDX-License-Identifier: MIT
// Policies: what a process may do at most. A policy is made before its first process and never
// changes; the process, what it makes and the programs it goes on with share it by reference. Only
// a narrower one can take its place, in a process that is being started or has one thread.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

/// Classes of calls of each kind, public and private, and calls of a class that a policy can name.
#define POLICY_CLASSES 16u
#define POLICY_INDICES 64u

struct cpu_budget;
struct fs_view;

struct process_policy {
    uint32_t refs;                         /* atomic */
    uint32_t handles;                      /* handle numbers lie below */
    uint64_t memory;                       /* bytes, or COCO_LIMIT_NONE */
    uint64_t tasks;                        /* or COCO_LIMIT_NONE */
    struct fs_view *view;                  /* of the file tree, a reference; NULL: all */
    struct cpu_budget *budget;             /* of processor time, a reference; NULL: none */
    uint64_t tell_since;                   /* atomic: when `told` began to count, ns */
    uint32_t told;                         /* atomic: lines in the log since then */
    uint32_t last_told;                    /* atomic: digest of what the last one was about */
    uint64_t calls[2u * POLICY_CLASSES];   /* bit: index; private classes behind the public ones */
    uint64_t grants[2u * POLICY_CLASSES];  /* `calls`, and what it may hand on besides */
    uint64_t refused[2u * POLICY_CLASSES]; /* atomic: refusals that were told */
};

/// The word of a class in `calls`; `private_class` is 0 or 1.
static inline size_t policy_word(bool private_class, uint32_t slot)
{
    return (private_class ? POLICY_CLASSES : 0u) + (slot % POLICY_CLASSES);
}

/// Notes a refusal; true for the first of its call.
bool policy_note_refusal(struct process_policy *policy, size_t word, uint32_t index);

/// Whether a line about a refusal is to be written, of which `digest` tells the text: not the same
/// twice in a row, and POLICY_LINES at most in POLICY_LINES_NS. `now` is monotonic ns.
#define POLICY_LINES 16u
#define POLICY_LINES_NS 10000000000ull
bool policy_may_tell(struct process_policy *policy, uint32_t digest, uint64_t now);

/// A policy that allows nothing, with one reference. ERR_NOMEM.
__must_check enum status policy_create(struct process_policy **out);

/// Takes away from `policy`, which is not in use yet, what `outer` does not allow to hand on of
/// calls and grants, and of handles, and gives it the budget of `outer` if it has none; NULL allows
/// all.
void policy_narrow(struct process_policy *policy, const struct process_policy *outer);

/// Another reference; give one back. NULL does nothing.
void policy_get(struct process_policy *policy);
void policy_put(struct process_policy *policy);

/// Upcall: gives back a reference to a view; NULL does nothing.
void policy_view_put(struct fs_view *view);
