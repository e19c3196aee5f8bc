// SPDX-License-Identifier: MIT
// Spinlock that turns interrupts off while held.
//
// All kernel spinlocks are of this kind. While one is held the code must not block, must not touch
// user memory and must not take the same lock again. Locks nest in the order of
// docs/architecture/locking.md. Waiting serves TLB shootdowns (arch_spin_wait), so a CPU may flush
// other CPUs' TLBs while it holds a spinlock.
//
// There is no queue of waiters. A virtual machine may have more CPUs than its host runs at a time:
// with a queue, the lock would go to a CPU that does not run while those that do run spin. For the
// same reason a CPU that waits long dozes, if it had interrupts on, and so leaves the host's
// processor to the holder.
#pragma once

#include <arch/cpu.h>
#include <base/check.h>
#include <base/compiler.h>
#include <base/types.h>

#define SPINLOCK_DOZE_SPINS 200u

/// All zero is a free lock.
struct spinlock {
    uint32_t holder; /* CPU that holds it plus 1; 0: free */
};

/// Initial value of a static lock.
#define SPINLOCK_INIT {.holder = 0}

/// Makes `lock` a free lock. Not for a lock that others can see already.
static inline void spin_init(struct spinlock *lock)
{
    lock->holder = 0;
}

/// True when this CPU holds `lock`; for assertions.
static inline bool spin_is_held(const struct spinlock *lock)
{
    return __atomic_load_n(&lock->holder, __ATOMIC_RELAXED) == arch_cpu_id() + 1;
}

/// One try. Interrupts are off. Not for direct use.
static inline bool spin_try(struct spinlock *lock)
{
    uint32_t expected = 0;
    return __atomic_compare_exchange_n(&lock->holder, &expected, arch_cpu_id() + 1, false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/// The long way of spin_lock_irqsave(). Not for direct use.
static __noinline __attribute__((unused, cold)) void spin_lock_slow(struct spinlock *lock,
                                                                    irqflags_t flags)
{
    unsigned spins = 0;
    CHECK(!spin_is_held(lock), "spinlock taken twice by one CPU");
    do {
        while (__atomic_load_n(&lock->holder, __ATOMIC_RELAXED) != 0) {
            arch_spin_wait();
            if (++spins % SPINLOCK_DOZE_SPINS == 0) {
                arch_irq_restore(flags);
                arch_spin_doze(); /* nothing when interrupts are off */
                (void)arch_irq_save();
            }
        }
    } while (!spin_try(lock));
}

/// Takes `lock` and turns interrupts off; returns the earlier interrupt state for the unlock.
static inline irqflags_t spin_lock_irqsave(struct spinlock *lock)
{
    irqflags_t flags = arch_irq_save();
    if (unlikely(!spin_try(lock))) {
        spin_lock_slow(lock, flags);
    }
    return flags;
}

/// The pair below for code that runs with interrupts off anyway.
static inline void spin_lock(struct spinlock *lock)
{
    ASSERT(!arch_irq_enabled(), "spinlock taken with interrupts on");
    if (unlikely(!spin_try(lock))) {
        spin_lock_slow(lock, 0);
    }
}

static inline void spin_unlock(struct spinlock *lock)
{
    ASSERT(spin_is_held(lock), "spinlock released by a CPU that does not hold it");
    __atomic_store_n(&lock->holder, 0, __ATOMIC_RELEASE);
}

/// Releases `lock`, which this CPU holds, and puts the interrupt flag back.
static inline void spin_unlock_irqrestore(struct spinlock *lock, irqflags_t flags)
{
    ASSERT(spin_is_held(lock), "spinlock released by a CPU that does not hold it");
    __atomic_store_n(&lock->holder, 0, __ATOMIC_RELEASE);
    arch_irq_restore(flags);
}
