// SPDX-License-Identifier: MIT
// Threads: making, starting, waiting for, freeing.
#include <base/check.h>
#include <base/math.h>
#include <mm/aspace.h>
#include <mm/heap.h>
#include <mm/user_copy.h>
#include <mm/vmap.h>
#include <task/process.h>
#include <task/sched.h>
#include <task/signal.h>
#include <task/timer.h>

#include "process_internal.h"
#include "sched_internal.h"
#include "schedule_internal.h"
#include "thread_internal.h"

_Static_assert(offsetof(struct thread, arch) == 0, "thread_current() casts");
_Static_assert(KSTACK_SIZE == ARCH_STACK_SIZE, "mm makes stacks as arch wants them");

#define FPU_ALIGN 64u

static uint64_t thread_total; /* atomic */
static uint64_t last_id;      /* atomic */

uint64_t task_new_id(void)
{
    uint64_t id;

    do {
        id = __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
        /* What a robust lock holds of an id has to differ from "nobody" and "not any more". */
    } while ((id & COCO_ROBUST_OWNER) == 0 || (id & COCO_ROBUST_OWNER) == COCO_ROBUST_OWNER);
    return id;
}

static void thread_destroy(struct object *object)
{
    struct thread *thread = thread_from_object(object);

    timer_base_free(thread->timer_base);
    kfree(thread);
}

static uint32_t thread_events(struct object *object)
{
    struct thread *thread = thread_from_object(object);

    return __atomic_load_n(&thread->ended, __ATOMIC_ACQUIRE) ? COCO_EVENT_ENDED : 0;
}

static struct wait_queue *thread_event_queue(struct object *object)
{
    return &thread_from_object(object)->exit_waiters;
}

const struct object_ops thread_object_ops = {
    .name = "thread",
    .destroy = thread_destroy,
    .events = thread_events,
    .event_queue = thread_event_queue,
};

static void thread_free_context(struct thread *thread)
{
    kfree(thread->fpu_block);
    thread->fpu_block = NULL;
    thread->arch.fpu = NULL;
    kstack_free(thread->stack_top);
    thread->stack_top = NULL;
}

/* A thread with a stack and one reference. */
static enum status thread_make(unsigned priority, struct thread **out)
{
    struct thread *thread;
    enum status status = kzalloc_object(&thread);

    if (status != OK) {
        return status;
    }
    status = kstack_alloc(&thread->stack_top);
    if (status != OK) {
        kfree(thread);
        return status;
    }
    object_init(&thread->object, COCO_OBJECT_THREAD);
    wait_queue_init(&thread->exit_waiters);
    list_init(&thread->process_link);
    signal_thread_init(thread);
    thread->id = task_new_id();
    list_init(&thread->run_link);
    thread->priority = (uint8_t)priority;
    thread_update_special(thread);
    thread->slice = SCHED_SLICE_NS;
    thread->cpus = UINT32_MAX;
    thread->state = THREAD_READY;
    __atomic_fetch_add(&thread_total, 1, __ATOMIC_RELAXED);
    *out = thread;
    return OK;
}

static void thread_unmake(struct thread *thread)
{
    schedule_forget(thread);
    thread_uncharge(thread);
    thread_free_context(thread);
    __atomic_fetch_sub(&thread_total, 1, __ATOMIC_RELAXED);
    object_put(&thread->object);
}

enum status thread_create(struct process *process, const struct arch_user_entry *entry,
                          struct thread **out)
{
    struct thread *thread;
    enum status status = thread_make(THREAD_PRIORITY_USER, &thread);

    if (status != OK) {
        return status;
    }
    status = thread_charge(thread, process);
    if (status == OK) {
        status = kmalloc(arch_fpu_size() + FPU_ALIGN - 1, &thread->fpu_block);
    }
    if (status != OK) {
        thread_unmake(thread);
        return status;
    }
    thread->arch.fpu = (void *)align_up((uintptr_t)thread->fpu_block, FPU_ALIGN);
    arch_fpu_init(thread->arch.fpu);
    arch_thread_init_user(&thread->arch, thread->stack_top, entry);
    CHECK(object_get(&process->object), "thread of a process that is gone");
    thread->process = process;
    thread->aspace = process->aspace;
    thread->budget = process->policy == NULL ? NULL : process->policy->budget;
    thread_update_special(thread);
    schedule_inherit(thread);
    *out = thread;
    return OK;
}

void thread_discard(struct thread *thread)
{
    object_put(&thread->process->object);
    thread->process = NULL;
    thread_unmake(thread);
}

enum status thread_launch(struct thread *thread)
{
    struct process *process = thread->process;
    irqflags_t flags = spin_lock_irqsave(&process->lock);
    enum status status = OK;

    if (process->ending || process->sole) {
        status = ERR_CANCELED;
    } else if (process->thread_count >= COCO_THREAD_MAX) {
        status = ERR_AGAIN;
    } else {
        list_add_tail(&process->threads, &thread->process_link);
        process->thread_count++;
        process->running_count++;
        if ((process->signals.pending.set & ~thread->signals.blocked) != 0) {
            sched_request(thread, THREAD_REQUEST_SIGNAL); /* sent before there was a thread */
        }
        if (process->stopped) {
            sched_request(thread, THREAD_REQUEST_STOP);
        }
        CHECK(object_get(&thread->object), "new thread without a reference");
    }
    spin_unlock_irqrestore(&process->lock, flags);
    if (status == OK) {
        sched_start(thread);
    }
    return status;
}

enum status thread_entry_check(const struct arch_user_entry *entry)
{
    bool good =
        entry->rip < COCO_USER_END && entry->rsp <= COCO_USER_END && entry->fs_base < COCO_USER_END;

    return good ? OK : ERR_INVAL;
}

enum status thread_start_user(const struct arch_user_entry *entry, struct thread **out)
{
    struct thread *thread;
    enum status status = thread_entry_check(entry);

    if (status != OK) {
        return status;
    }
    status = thread_create(process_current(), entry, &thread);
    if (status != OK) {
        return status;
    }
    status = thread_launch(thread);
    if (status != OK) {
        thread_discard(thread);
        return status;
    }
    *out = thread;
    return OK;
}

enum status thread_start_kernel(__noreturn void (*function)(void *), void *argument,
                                unsigned priority)
{
    struct thread *thread;
    enum status status;

    CHECK(priority < THREAD_PRIORITY_COUNT, "thread priority out of range");
    status = thread_make(priority, &thread);
    if (status != OK) {
        return status;
    }
    arch_thread_init_kernel(&thread->arch, thread->stack_top, function, argument);
    /* The first reference becomes the thread's own. */
    sched_start(thread);
    return OK;
}

void thread_release_dead(struct thread *thread)
{
    thread_unmake(thread);
}

enum status thread_wait(struct thread *thread, uint64_t deadline, uint32_t *code)
{
    if (thread == thread_current()) {
        return ERR_INVAL;
    }
    for (;;) {
        struct waiter waiter;
        irqflags_t flags = spin_lock_irqsave(&thread->exit_waiters.lock);
        bool ended = thread->ended;
        enum status status;

        if (ended) {
            *code = thread->exit_code;
        } else {
            wait_prepare_locked(&thread->exit_waiters, &waiter);
        }
        spin_unlock_irqrestore(&thread->exit_waiters.lock, flags);
        if (ended) {
            return OK;
        }
        status = wait_commit_signals(&waiter, deadline);
        if (status != OK) {
            return status;
        }
    }
}

enum status thread_set_tls(uaddr_t base)
{
    if (base.v >= COCO_USER_END) {
        return ERR_INVAL;
    }
    arch_thread_set_tls(base.v);
    return OK;
}

struct aspace *thread_attach_aspace(struct aspace *aspace)
{
    struct thread *thread = thread_current();
    struct aspace *previous = thread->aspace;

    thread->aspace = aspace;
    arch_as_activate(&aspace->arch);
    return previous;
}

void thread_detach_aspace(struct aspace *previous)
{
    thread_current()->aspace = previous;
    if (previous != NULL) {
        arch_as_activate(&previous->arch);
    }
}

uint64_t thread_count(void)
{
    return __atomic_load_n(&thread_total, __ATOMIC_RELAXED);
}
