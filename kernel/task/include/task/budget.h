// SPDX-License-Identifier: MIT
// Budgets of processor time: how long the threads of some processes may run in each period, on all
// CPUs together. They belong to policies.
//
// A budget that is used up stops threads on their way to user mode only, where they hold nothing in
// the kernel: nobody else waits for them there. What they use beyond, in the kernel or on several
// CPUs at a time, is taken from the next periods. Periods follow each other from the making of the
// budget on, and are reckoned when somebody looks: a budget has no timer.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

struct cpu_budget;

/// A budget of `amount` ns in each `period` ns, both above 0, inside of `outer` (NULL: none), which
/// gets a reference. One reference. ERR_NOMEM.
enum status budget_create(uint64_t amount, uint64_t period, struct cpu_budget *outer,
                          struct cpu_budget **out) __must_check;

/// References; NULL does nothing.
void budget_get(struct cpu_budget *budget);
void budget_put(struct cpu_budget *budget);

/// Takes `used` ns up to `now` from the budget and those it is in.
void budget_charge(struct cpu_budget *budget, uint64_t used, uint64_t now);

/// What is left at `now`, in ns: the least of the budget and those it is in; 0: used up.
uint64_t budget_left(struct cpu_budget *budget, uint64_t now);

/// When there will be something left, if nobody uses more until then: monotonic ns, after `now`.
uint64_t budget_refilled_at(struct cpu_budget *budget, uint64_t now);
