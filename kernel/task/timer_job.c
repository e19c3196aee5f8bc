// SPDX-License-Identifier: MIT
// Timers whose signal stops or continues a process. That is told to the parent, by a signal that is
// allocated, and takes waiting signals of other timers back: nothing for an interrupt that holds a
// lock. A kernel thread does it.
#include <base/check.h>

#include "timer_internal.h"

static struct spinlock lock;      /* guards `jobs`; nothing else is locked while it is held */
static struct list jobs;          /* struct timer, job_link: each with a reference to itself */
static struct wait_queue workers; /* the thread, when there is nothing to do */

void timer_job_init(void)
{
    spin_init(&lock);
    list_init(&jobs);
    wait_queue_init(&workers);
}

static struct timer *take_job(void)
{
    irqflags_t flags = spin_lock_irqsave(&lock);
    struct list *link = list_take_first(&jobs);

    spin_unlock_irqrestore(&lock, flags);
    return link != NULL ? list_entry(link, struct timer, job_link) : NULL;
}

static void perform(struct timer *timer)
{
    if (!signal_send_instance(timer->process, timer->target, &timer->instance)) {
        timer_signal_dropped(timer);
    }
}

static __noreturn void work(void *unused)
{
    (void)unused;
    for (;;) {
        struct waiter waiter;
        struct timer *timer;

        wait_prepare(&workers, &waiter); /* first: no job is missed */
        timer = take_job();
        if (timer == NULL) {
            enum status status = wait_commit(&waiter, WAIT_FOREVER);

            CHECK(status == OK, "a kernel thread was interrupted");
        } else {
            (void)wait_cancel(&waiter);
            perform(timer);
        }
    }
}

enum status timer_start(void)
{
    return thread_start_kernel(work, NULL, THREAD_PRIORITY_USER);
}

void timer_job_post(struct timer *timer)
{
    irqflags_t flags = spin_lock_irqsave(&lock);

    list_add_tail(&jobs, &timer->job_link);
    spin_unlock_irqrestore(&lock, flags);
    wait_wake(&workers, WAIT_ALL);
}
