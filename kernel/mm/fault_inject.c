// SPDX-License-Identifier: MIT
#include <arch/spinlock.h>
#include <mm/fault_inject.h>

bool fault_inject_armed;

static struct {
    struct spinlock lock;
    const struct arch_thread *thread; /* whose allocations count; NULL: everybody's */
    uint64_t successes_left;
    bool delivered;
} injection = {.lock = SPINLOCK_INIT};

static void set_armed(bool armed)
{
    __atomic_store_n(&fault_inject_armed, armed, __ATOMIC_RELAXED);
}

void fault_inject_arm_for(const struct arch_thread *thread, uint64_t successes)
{
    irqflags_t flags = spin_lock_irqsave(&injection.lock);

    injection.thread = thread;
    injection.successes_left = successes;
    injection.delivered = false;
    set_armed(true);
    spin_unlock_irqrestore(&injection.lock, flags);
}

bool fault_inject_disarm(void)
{
    irqflags_t flags = spin_lock_irqsave(&injection.lock);
    bool delivered = injection.delivered;

    injection.delivered = false;
    set_armed(false);
    spin_unlock_irqrestore(&injection.lock, flags);
    return delivered;
}

void fault_inject_forget(const struct arch_thread *thread)
{
    irqflags_t flags = spin_lock_irqsave(&injection.lock);

    if (injection.thread == thread && thread != NULL) {
        set_armed(false);
    }
    spin_unlock_irqrestore(&injection.lock, flags);
}

bool fault_inject_count(void)
{
    irqflags_t flags = spin_lock_irqsave(&injection.lock);
    bool counts = injection.thread == NULL || injection.thread == arch_thread_current();
    bool fail = fault_inject_armed && counts && injection.successes_left == 0;

    if (fail) {
        injection.delivered = true;
        set_armed(false);
    } else if (counts && injection.successes_left > 0) {
        injection.successes_left--;
    }
    spin_unlock_irqrestore(&injection.lock, flags);
    return fail;
}
