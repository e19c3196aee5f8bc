// SPDX-License-Identifier: MIT
#include <task/budget.h>

#include <arch/spinlock.h>
#include <arch/timer.h>
#include <base/check.h>
#include <base/math.h>
#include <mm/heap.h>

struct cpu_budget {
    uint32_t refs;            /* atomic */
    struct cpu_budget *outer; /* a reference, or NULL */
    uint64_t amount;          /* ns; constant, as the next one */
    uint64_t period;
    struct spinlock lock; /* comes after those of run queues; guards what follows */
    uint64_t end;         /* of the period, monotonic ns */
    uint64_t used;        /* ns, with what is left over from former periods */
};

enum status budget_create(uint64_t amount, uint64_t period, struct cpu_budget *outer,
                          struct cpu_budget **out)
{
    struct cpu_budget *budget;
    enum status status = kzalloc_object(&budget);

    *out = NULL;
    if (status == OK) {
        budget->refs = 1;
        budget->amount = amount;
        budget->period = period;
        budget->end = arch_time_ns() + period;
        spin_init(&budget->lock);
        budget_get(outer);
        budget->outer = outer;
        *out = budget;
    }
    return status;
}

void budget_get(struct cpu_budget *budget)
{
    if (budget != NULL) {
        uint32_t before = __atomic_fetch_add(&budget->refs, 1, __ATOMIC_RELAXED);

        CHECK(before != 0 && before != UINT32_MAX, "reference to a budget that is gone");
    }
}

void budget_put(struct cpu_budget *budget)
{
    while (budget != NULL && __atomic_sub_fetch(&budget->refs, 1, __ATOMIC_ACQ_REL) == 0) {
        struct cpu_budget *outer = budget->outer;

        kfree(budget);
        budget = outer; /* whose reference this budget had */
    }
}

/* Lets the period be that of `now`. Locked. */
static void advance(struct cpu_budget *budget, uint64_t now)
{
    uint64_t periods;

    if (now < budget->end) {
        return;
    }
    periods = (now - budget->end) / budget->period + 1;
    budget->end += periods * budget->period;
    if (budget->used / budget->amount < periods) {
        budget->used = 0;
    } else {
        budget->used -= periods * budget->amount; /* no overflow: it is at most `used` */
    }
}

void budget_charge(struct cpu_budget *budget, uint64_t used, uint64_t now)
{
    for (; budget != NULL; budget = budget->outer) {
        irqflags_t flags = spin_lock_irqsave(&budget->lock);

        advance(budget, now);
        budget->used += used;
        spin_unlock_irqrestore(&budget->lock, flags);
    }
}

uint64_t budget_left(struct cpu_budget *budget, uint64_t now)
{
    uint64_t left = UINT64_MAX;

    for (; budget != NULL; budget = budget->outer) {
        irqflags_t flags = spin_lock_irqsave(&budget->lock);

        advance(budget, now);
        if (budget->used >= budget->amount) {
            left = 0;
        } else {
            left = MIN(left, budget->amount - budget->used);
        }
        spin_unlock_irqrestore(&budget->lock, flags);
    }
    return left;
}

uint64_t budget_refilled_at(struct cpu_budget *budget, uint64_t now)
{
    uint64_t at = now + 1;

    for (; budget != NULL; budget = budget->outer) {
        irqflags_t flags = spin_lock_irqsave(&budget->lock);

        advance(budget, now);
        if (budget->used >= budget->amount) {
            at = MAX(at, budget->end + (budget->used / budget->amount - 1) * budget->period);
        }
        spin_unlock_irqrestore(&budget->lock, flags);
    }
    return at;
}
