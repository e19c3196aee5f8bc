// SPDX-License-Identifier: MIT
// Make chosen allocations fail, to prove that error paths leak nothing. In a kernel that was not
// booted for it nothing is ever armed, and an allocation pays for one look at a flag.
#pragma once

#include <arch/thread.h>
#include <base/compiler.h>
#include <base/types.h>

/// Let the next `successes` allocations (pages and heap together) succeed and the one after them
/// fail, once. Only those of `thread` count, or those of everybody if it is NULL. Replaces what was
/// armed before.
void fault_inject_arm_for(const struct arch_thread *thread, uint64_t successes);

/// The same for everybody.
static inline void fault_inject_arm(uint64_t successes)
{
    fault_inject_arm_for(NULL, successes);
}

/// Back to normal. True if the failure was delivered since it was armed.
bool fault_inject_disarm(void);

/// The thread is about to end: nothing is armed for it any more.
void fault_inject_forget(const struct arch_thread *thread);

/// Counts an allocation; true if it has to fail. For fault_inject_should_fail().
bool fault_inject_count(void);

/// True while something is armed; atomic.
extern bool fault_inject_armed;

/// Let nothing fail until fault_inject_resume(), which gets the result. For page faults of user
/// mode, which would end the process. Other threads are spared meanwhile, too.
static inline bool fault_inject_hold(void)
{
    return unlikely(__atomic_load_n(&fault_inject_armed, __ATOMIC_RELAXED)) &&
           __atomic_exchange_n(&fault_inject_armed, false, __ATOMIC_RELAXED);
}

static inline void fault_inject_resume(bool held)
{
    if (unlikely(held)) {
        __atomic_store_n(&fault_inject_armed, true, __ATOMIC_RELAXED);
    }
}

/// Asked by each allocation: true if it has to fail.
static inline bool fault_inject_should_fail(void)
{
    return unlikely(__atomic_load_n(&fault_inject_armed, __ATOMIC_RELAXED)) && fault_inject_count();
}
