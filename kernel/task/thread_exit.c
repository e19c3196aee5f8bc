// SPDX-License-Identifier: MIT
// The end of a thread.
//
// Order: mark the locks it held -> count as ended, which decides about the process's exit code ->
// clear word, user memory is still there -> leave the process, perhaps freeing what it has -> wake
// joiners -> leave the CPU. A thread that sees another's word cleared and ends itself is thus the
// last one. From the moment the thread is off the process's list, the process's last thread may
// free the address space; `aspace` is NULL by then, so a switch cannot load it again.
#include <base/check.h>
#include <base/math.h>
#include <mm/aspace.h>
#include <mm/fault_inject.h>
#include <mm/user_copy.h>
#include <task/futex.h>
#include <task/process.h>
#include <task/robust.h>
#include <task/signal.h>

#include "process_internal.h"
#include "sched_internal.h"
#include "thread_internal.h"
#include "throttle.h"

#define EXIT_CODE_MASK 0xffffu

static void clear_word(uaddr_t clear)
{
    uint32_t woken;

    if (clear.v == 0 || user_store32(clear, 0) != OK) {
        return;
    }
    if (futex_wake(clear, UINT32_MAX, &woken) != OK) {
        panic("the address was good for a store, but not for a wake-up");
    }
}

/* The last thread to come here ends the process with its code. */
static void begin_end(struct process *process, uint32_t code)
{
    irqflags_t flags = spin_lock_irqsave(&process->lock);

    process->running_count--;
    if (process->running_count == 0 && !process->ending) {
        process->ending = true;
        process->status.reason = COCO_EXIT_CODE;
        process->status.code = code;
        process->status.load_base = process->load_base;
    }
    spin_unlock_irqrestore(&process->lock, flags);
}

/* Takes the thread off its process. True if it was the last one, which then frees the resources. */
static bool leave_process(struct thread *thread)
{
    struct process *process = thread->process;
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    bool last = process->thread_count == 1;
    bool leaves_one;

    if (!last) {
        thread->aspace = NULL;
    }
    process->thread_count--;
    cpu_time_leave_locked(process, thread);
    list_remove(&thread->process_link);
    leaves_one = process->sole && process->thread_count == 1;
    spin_unlock_irqrestore(&process->lock, flags);
    if (leaves_one) {
        (void)wait_wake(&process->sole_waiter, WAIT_ALL);
    }
    return last;
}

static __noreturn void end_current(uint32_t code, uaddr_t clear)
{
    struct thread *thread = thread_current();
    struct process *process = thread->process;
    irqflags_t flags;

    if (unlikely(fault_inject_armed)) {
        fault_inject_forget(&thread->arch);
    }
    signal_thread_end();
    call_state_end(&thread->call_state);
    robust_end();
    begin_end(process, code);
    clear_word(clear);
    if (leave_process(thread)) {
        process_finish(process);
    }
    throttle_leave();
    thread->process = NULL;
    object_put(&process->object);

    flags = spin_lock_irqsave(&thread->exit_waiters.lock);
    thread->exit_code = code;
    __atomic_store_n(&thread->ended, true, __ATOMIC_RELEASE);
    spin_unlock_irqrestore(&thread->exit_waiters.lock, flags);
    wait_wake(&thread->exit_waiters, WAIT_ALL);
    sched_reap();
    sched_exit();
}

void thread_exit(uint32_t code, uaddr_t clear)
{
    end_current(code & EXIT_CODE_MASK, clear);
}

void thread_end_canceled(void)
{
    end_current(0, uaddr(0));
}

void thread_exit_kernel(void)
{
    CHECK(process_current() == NULL, "a user thread ends as a kernel thread");
    sched_reap();
    sched_exit();
}

void process_exit(uint32_t code)
{
    const struct coco_exit_status status = {
        .reason = COCO_EXIT_CODE,
        .code = code & EXIT_CODE_MASK,
    };

    process_end(process_current(), &status);
    end_current(code & EXIT_CODE_MASK, uaddr(0));
}
