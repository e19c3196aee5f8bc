// SPDX-License-Identifier: MIT
// Ticket spinlock that turns interrupts off while held: first come, first served.
//
// All kernel spinlocks are of this kind. While one is held the code must not block, must not touch
// user memory and must not take the same lock again. Locks nest in the order of
// docs/architecture/locking.md. Waiting serves TLB shootdowns (arch_spin_wait), so a CPU may flush
// other CPUs' TLBs while it holds a spinlock.
#pragma once

#include <arch/cpu.h>
#include <base/check.h>
#include <base/compiler.h>
#include <base/types.h>

#define SPINLOCK_NO_OWNER UINT32_MAX

/// All zero is not a valid lock: use SPINLOCK_INIT or spin_init().
struct spinlock {
    uint32_t next;    /* ticket handed to the next CPU that comes */
    uint32_t serving; /* ticket whose holder has the lock */
    uint32_t owner;   /* CPU that holds it, or SPINLOCK_NO_OWNER; for the checks below */
};

/// Initial value of a static lock.
#define SPINLOCK_INIT {.next = 0, .serving = 0, .owner = SPINLOCK_NO_OWNER}

/// Makes `lock` a free lock. Not for a lock that others can see already.
static inline void spin_init(struct spinlock *lock)
{
    lock->next = 0;
    lock->serving = 0;
    lock->owner = SPINLOCK_NO_OWNER;
}

/// True when this CPU holds `lock`; for assertions.
static inline bool spin_is_held(const struct spinlock *lock)
{
    return __atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == arch_cpu_id();
}

/// Takes `lock` and turns interrupts off; returns the earlier interrupt state for the unlock.
static inline irqflags_t spin_lock_irqsave(struct spinlock *lock)
{
    irqflags_t flags = arch_irq_save();
    uint32_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);
    if (unlikely(__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != ticket)) {
        CHECK(!spin_is_held(lock), "spinlock taken twice by one CPU");
        do {
            arch_spin_wait();
        } while (__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != ticket);
    }
    __atomic_store_n(&lock->owner, arch_cpu_id(), __ATOMIC_RELAXED);
    return flags;
}

/// Releases `lock`, which this CPU holds, and puts the interrupt flag back.
static inline void spin_unlock_irqrestore(struct spinlock *lock, irqflags_t flags)
{
    ASSERT(spin_is_held(lock), "spinlock released by a CPU that does not hold it");
    __atomic_store_n(&lock->owner, SPINLOCK_NO_OWNER, __ATOMIC_RELAXED);
    __atomic_store_n(&lock->serving, lock->serving + 1, __ATOMIC_RELEASE);
    arch_irq_restore(flags);
}
