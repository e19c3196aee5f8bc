// SPDX-License-Identifier: MIT
// Wait queues.
//
// Who wakes a waiter removes it from the queue and calls sched_wake() before it lets go of the
// queue's lock; who waits takes that lock once more before it leaves. So the thread exists while it
// is woken, and `queued` tells whether a wake-up was meant for this wait: sched_block() may also
// return for an older one.
#include <base/check.h>
#include <object/wait.h>

void wait_queue_init(struct wait_queue *queue)
{
    spin_init(&queue->lock);
    list_init(&queue->waiters);
}

void wait_prepare_locked(struct wait_queue *queue, struct waiter *waiter)
{
    waiter->queue = queue;
    waiter->thread = sched_current();
    waiter->queued = true;
    list_add_tail(&queue->waiters, &waiter->link);
}

void wait_prepare(struct wait_queue *queue, struct waiter *waiter)
{
    irqflags_t flags = spin_lock_irqsave(&queue->lock);

    wait_prepare_locked(queue, waiter);
    spin_unlock_irqrestore(&queue->lock, flags);
}

/* Looks under the lock whether the waiter was woken; if not and `leave`, takes it off the queue. */
static bool was_woken(struct waiter *waiter, bool leave)
{
    struct wait_queue *queue = waiter->queue;
    irqflags_t flags = spin_lock_irqsave(&queue->lock);
    bool woken = !waiter->queued;

    if (!woken && leave) {
        list_remove(&waiter->link);
        waiter->queued = false;
    }
    spin_unlock_irqrestore(&queue->lock, flags);
    return woken;
}

static enum status commit(struct waiter *waiter, uint64_t deadline, enum wait_mode mode)
{
    for (;;) {
        enum status status = sched_block(deadline, mode);

        if (was_woken(waiter, status != OK)) {
            return OK;
        }
        if (status != OK) {
            return status;
        }
    }
}

enum status wait_commit(struct waiter *waiter, uint64_t deadline)
{
    return commit(waiter, deadline, WAIT_KILLABLE);
}

enum status wait_commit_signals(struct waiter *waiter, uint64_t deadline)
{
    return commit(waiter, deadline, WAIT_SIGNALS);
}

void wait_commit_uninterruptible(struct waiter *waiter)
{
    do {
        enum status status = sched_block(WAIT_FOREVER, WAIT_UNINTERRUPTIBLE);

        CHECK(status == OK, "uninterruptible wait was interrupted");
    } while (!was_woken(waiter, false));
}

bool wait_cancel(struct waiter *waiter)
{
    return was_woken(waiter, true);
}

void wait_wake_locked(struct waiter *waiter)
{
    list_remove(&waiter->link);
    waiter->queued = false;
    sched_wake(waiter->thread);
}

unsigned wait_wake(struct wait_queue *queue, unsigned count)
{
    irqflags_t flags = spin_lock_irqsave(&queue->lock);
    unsigned woken = 0;

    while (woken < count && !list_empty(&queue->waiters)) {
        wait_wake_locked(list_first_entry(&queue->waiters, struct waiter, link));
        woken++;
    }
    spin_unlock_irqrestore(&queue->lock, flags);
    return woken;
}
