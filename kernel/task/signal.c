// SPDX-License-Identifier: MIT
// Signals, the receiving thread's side: actions, blocked and pending sets, waiting.
#include <arch/timer.h>
#include <base/check.h>
#include <base/string.h>
#include <mm/heap.h>
#include <mm/user_copy.h>
#include <object/wait.h>

#include "sched_internal.h"
#include "signal_internal.h"
#include "timer_internal.h"

static bool is_ignored_by_default(uint32_t signal)
{
    const uint64_t set = 1ull << COCO_SIGNAL_URGENT | 1ull << COCO_SIGNAL_CONTINUE |
                         1ull << COCO_SIGNAL_CHILD | 1ull << COCO_SIGNAL_WINDOW;

    return (set & signal_bit(signal)) != 0;
}

enum signal_disposition signal_disposition(const struct process *process, uint32_t signal)
{
    uint64_t bit = signal_bit(signal);

    if ((process->signals.handled & bit) != 0) {
        return SIGNAL_CATCH;
    }
    if ((process->signals.ignored & bit) != 0 || is_ignored_by_default(signal)) {
        return SIGNAL_DISCARD;
    }
    return (SIGNAL_STOPPING & bit) != 0 ? SIGNAL_STOP : SIGNAL_END;
}

static struct signal_instance *find(const struct signal_pending *pending, uint32_t signal,
                                    bool *others)
{
    struct signal_instance *found = NULL;
    struct signal_instance *instance;

    *others = false;
    list_for_each_entry(instance, &pending->instances, link)
    {
        if (instance->info.signal != signal) {
            continue;
        }
        if (found != NULL) {
            *others = true;
            break;
        }
        found = instance;
    }
    return found;
}

bool signal_take(struct thread *thread, uint64_t set, struct coco_signal_info *info,
                 struct signal_instance **instance)
{
    struct process *process = thread->process;
    struct signal_pending *pending = &thread->signals.pending;
    uint32_t signal;
    bool others;

    *instance = NULL;
    if (((pending->set | process->signals.pending.set) & set) == 0) {
        return false;
    }
    signal = (uint32_t)__builtin_ctzll((pending->set | process->signals.pending.set) & set);
    if ((pending->set & signal_bit(signal)) == 0) {
        pending = &process->signals.pending;
    }
    *instance = find(pending, signal, &others);
    if (!others) {
        pending->set &= ~signal_bit(signal);
    }
    if (*instance == NULL) {
        *info = (struct coco_signal_info){.signal = signal, .code = COCO_SIGNAL_FROM_USER};
        return true;
    }
    *info = (*instance)->info;
    list_remove(&(*instance)->link);
    process->signals.instances--;
    if ((*instance)->timer != NULL) {
        timer_signal_taken((*instance)->timer, info);
    }
    return true;
}

void signal_discard(struct process *process, struct signal_pending *pending, uint64_t set,
                    struct list *garbage)
{
    struct signal_instance *instance;
    struct signal_instance *following;

    pending->set &= ~set;
    list_for_each_entry_safe(instance, following, &pending->instances, link)
    {
        if ((signal_bit(instance->info.signal) & set) != 0) {
            list_remove(&instance->link);
            list_add_tail(garbage, &instance->link);
            process->signals.instances--;
            if (instance->timer != NULL) {
                timer_signal_taken(instance->timer, NULL);
            }
        }
    }
}

void signal_instance_free(struct signal_instance *instance)
{
    if (instance != NULL && instance->timer != NULL) {
        timer_signal_release(instance->timer);
    } else {
        kfree(instance);
    }
}

void signal_free_list(struct list *garbage)
{
    struct list *link;

    while ((link = list_take_first(garbage)) != NULL) {
        signal_instance_free(list_entry(link, struct signal_instance, link));
    }
}

void signal_discard_everywhere(struct process *process, uint64_t set, struct list *garbage)
{
    struct thread *thread;

    signal_discard(process, &process->signals.pending, set, garbage);
    list_for_each_entry(thread, &process->threads, process_link)
    {
        signal_discard(process, &thread->signals.pending, set, garbage);
    }
}

static void set_action(struct process *process, uint32_t signal,
                       const struct coco_signal_action *action)
{
    struct process_signals *signals = &process->signals;
    uint64_t bit = signal_bit(signal);

    signals->actions[signal] = *action;
    signals->handled &= ~bit;
    signals->ignored &= ~bit;
    if (action->handler == COCO_SIGNAL_IGNORE) {
        signals->ignored |= bit;
    } else if (action->handler != COCO_SIGNAL_DEFAULT) {
        signals->handled |= bit;
    }
}

static struct coco_signal_action get_action(const struct process *process, uint32_t signal)
{
    const struct process_signals *signals = &process->signals;
    struct coco_signal_action action = {.handler = COCO_SIGNAL_DEFAULT};

    if (signals->actions != NULL) {
        action = signals->actions[signal];
    } else if ((signals->ignored & signal_bit(signal)) != 0) {
        action.handler = COCO_SIGNAL_IGNORE; /* inherited */
    }
    return action;
}

/* A table for actions, filled with those in force, unless the process has one. */
static enum status need_actions(struct process *process)
{
    struct coco_signal_action *table;
    void *block;
    enum status status;
    irqflags_t flags;

    if (__atomic_load_n(&process->signals.actions, __ATOMIC_ACQUIRE) != NULL) {
        return OK; /* it stays as long as the process */
    }
    status = kzalloc((COCO_SIGNAL_MAX + 1) * sizeof(*table), &block);
    if (status != OK) {
        return status;
    }
    table = block;
    flags = spin_lock_irqsave(&process->lock);
    if (process->signals.actions == NULL) {
        for (uint32_t signal = 1; signal <= COCO_SIGNAL_MAX; signal++) {
            table[signal] = get_action(process, signal);
        }
        __atomic_store_n(&process->signals.actions, table, __ATOMIC_RELEASE);
        block = NULL;
    }
    spin_unlock_irqrestore(&process->lock, flags);
    kfree(block);
    return OK;
}

enum status signal_action(uint32_t signal, const struct coco_signal_action *action,
                          struct coco_signal_action *old)
{
    struct process *process = process_current();
    struct list garbage;
    irqflags_t flags;

    if (action != NULL) {
        enum status status;

        if ((signal_bit(signal) & SIGNAL_UNBLOCKABLE) != 0 || action->entry >= COCO_USER_END) {
            return ERR_INVAL;
        }
        status = need_actions(process);
        if (status != OK) {
            return status;
        }
    }
    list_init(&garbage);
    flags = spin_lock_irqsave(&process->lock);
    if (old != NULL) {
        *old = get_action(process, signal);
    }
    if (action != NULL) {
        set_action(process, signal, action);
        if (signal_disposition(process, signal) == SIGNAL_DISCARD) {
            /* POSIX: a signal that becomes ignored is no longer pending. */
            signal_discard_everywhere(process, signal_bit(signal), &garbage);
        }
    }
    spin_unlock_irqrestore(&process->lock, flags);
    signal_free_list(&garbage);
    return OK;
}

enum status signal_mask(uint32_t how, uint64_t set, uint64_t *old)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    uint64_t blocked;
    irqflags_t flags;

    if (how > COCO_SIGNAL_UNBLOCK) {
        return ERR_INVAL;
    }
    flags = spin_lock_irqsave(&process->lock);
    blocked = thread->signals.blocked;
    *old = blocked;
    blocked = how == COCO_SIGNAL_SET     ? set
              : how == COCO_SIGNAL_BLOCK ? blocked | set
                                         : blocked & ~set;
    signal_set_blocked(process, thread, blocked);
    spin_unlock_irqrestore(&process->lock, flags);
    return OK;
}

uint64_t signal_pending(void)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    uint64_t set = process->signals.pending.set | thread->signals.pending.set;

    spin_unlock_irqrestore(&process->lock, flags);
    return set;
}

void signal_mask_for_wait(uint64_t set)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    irqflags_t flags = spin_lock_irqsave(&process->lock);

    thread->signals.saved = thread->signals.blocked;
    thread->signals.has_saved = true;
    signal_set_blocked(process, thread, set);
    spin_unlock_irqrestore(&process->lock, flags);
    /* Even when nothing is delivered, the set goes back on the way to user mode. */
    sched_request(thread, THREAD_REQUEST_SIGNAL);
}

/* Sleeps until the thread shall look at its signals. Any wake-up but the deadline's will do. */
static enum status doze(uint64_t deadline)
{
    enum status status = sched_block(deadline, WAIT_SIGNALS);

    return status == ERR_INTR ? OK : status;
}

/* The current thread is about to look at what is pending: later arrivals ask again. */
static void clear_request(struct thread *thread)
{
    __atomic_fetch_and(&thread->requests, ~THREAD_REQUEST_SIGNAL, __ATOMIC_SEQ_CST);
}

bool signal_waits(void)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    irqflags_t flags;
    bool waits;

    clear_request(thread);
    flags = spin_lock_irqsave(&process->lock);
    waits = signal_deliverable(process, thread) != 0;
    spin_unlock_irqrestore(&process->lock, flags);
    return waits;
}

void signal_mask_end_wait(void)
{
    sched_request(thread_current(), THREAD_REQUEST_SIGNAL);
}

enum status signal_suspend(uint64_t set)
{
    enum status status = OK;

    signal_mask_for_wait(set);
    signal_no_restart();
    while (status == OK) {
        status = signal_waits() ? ERR_INTR : doze(WAIT_FOREVER);
    }
    signal_mask_end_wait();
    return status;
}

/* One look for signal_wait(): takes a signal, or says what to do else. */
static enum status look(struct thread *thread, uint64_t set, struct coco_signal_info *info)
{
    struct process *process = thread->process;
    struct signal_instance *instance = NULL;
    enum status status = ERR_AGAIN;
    irqflags_t flags;

    clear_request(thread);
    flags = spin_lock_irqsave(&process->lock);
    if (signal_take(thread, set, info, &instance)) {
        status = OK;
    } else if (signal_deliverable(process, thread) != 0) {
        status = ERR_INTR;
    }
    thread->signals.awaited = status == ERR_AGAIN ? set : 0;
    spin_unlock_irqrestore(&process->lock, flags);
    signal_instance_free(instance);
    return status;
}

enum status signal_wait(uint64_t set, uint64_t deadline, struct coco_signal_info *info)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    enum status status;
    irqflags_t flags;

    set &= ~SIGNAL_UNBLOCKABLE & ~1ull;
    do {
        status = look(thread, set, info);
        if (status == ERR_AGAIN) {
            status = doze(deadline);
            if (status == ERR_TIMEDOUT) {
                status = look(thread, set, info); /* it may have come at the last moment */
                break;
            }
            status = status == OK ? ERR_AGAIN : status;
        }
    } while (status == ERR_AGAIN);
    flags = spin_lock_irqsave(&process->lock);
    thread->signals.awaited = 0;
    spin_unlock_irqrestore(&process->lock, flags);
    signal_no_restart();
    /* What this call did not take may still be there to deliver. */
    sched_request(thread, THREAD_REQUEST_SIGNAL);
    return status;
}

enum status signal_stack(uaddr_t base, uint64_t size)
{
    struct thread_signals *signals = &thread_current()->signals;

    if (size != 0 && user_range_check(base, size) != OK) {
        return ERR_INVAL;
    }
    signals->stack_base = base.v;
    signals->stack_size = size;
    return OK;
}

void signal_no_restart(void)
{
    thread_current()->signals.no_restart = true;
}
