// SPDX-License-Identifier: MIT
// Threads: a kernel stack, a processor context, and for user threads a process.
//
// A thread is a kernel object (COCO_OBJECT_THREAD). Running, it holds a reference to itself; ended,
// it keeps only the object until the last handle goes.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <arch/thread.h>
#include <base/compiler.h>
#include <base/list.h>
#include <base/tree.h>
#include <base/types.h>
#include <object/call_state.h>
#include <object/object.h>
#include <object/wait.h>
#include <task/cpu_time.h>
#include <task/signal_state.h>

struct aspace;
struct cpu_budget;
struct process;
struct quota;
struct timer_base;

/* Larger runs first. Real-time threads have the 32 from THREAD_PRIORITY_REAL_TIME on. */
#define THREAD_PRIORITY_COUNT 64u
#define THREAD_PRIORITY_USER 8u
#define THREAD_PRIORITY_REAL_TIME 16u
#define THREAD_PRIORITY_KERNEL 56u

/// Bits of struct thread's `requests`; also those of enum wait_mode that let them end a block.
#define THREAD_REQUEST_END 1u    /* the thread is to end */
#define THREAD_REQUEST_SIGNAL 2u /* look for signals, see task/signal.h */
#define THREAD_REQUEST_STOP 4u   /* stay in the kernel while the process is stopped */
#define THREAD_REQUEST_MOVE 8u   /* look whether it may still run on this CPU */
#define THREAD_REQUEST_LIMIT 16u /* look whether the process has used its processor time up */

enum thread_state {
    THREAD_READY,   /* in a run queue, or on the way into one */
    THREAD_RUNNING, /* on a CPU */
    THREAD_BLOCKED,
    /* Only while a thread leaves its CPU: */
    THREAD_DEAD,
    THREAD_MOVING, /* to another one, as its `cpus` asks */
};

/// Fields marked (s) are guarded by the run queue lock of `cpu`; (p) by the process lock. Others
/// are set before the thread runs, or used by the thread itself only.
struct thread {
    struct arch_thread arch; /* first: thread_current() casts */
    struct process *process; /* holds a reference while the thread lives; NULL for kernel threads */
    struct aspace *aspace;   /* active while this thread runs; NULL = kernel only */
    uint32_t requests;       /* atomic: THREAD_REQUEST_*, looked at on the way to user mode */
    uint8_t priority;        /* (s) */
    uint8_t policy;          /* (s) COCO_SCHEDULE_* */
    int8_t nice;             /* (s) */
    uint8_t state;           /* (s) enum thread_state */
    bool special;            /* (s) a switch has more to do: see thread_update_special() */
    bool wake_pending;       /* (s) a wake-up that the next block consumes */
    uint8_t wait_mode;       /* (s) enum wait_mode: requests that end the block */
    bool timer_queued;       /* (s) */
    bool dated;              /* (s) it waits for a time of the wall clock */
    uint32_t cpu;            /* (s) whose run queue the thread belongs to */
    uint32_t cpus;           /* (s) bit per CPU: where it may run */
    struct list run_link;    /* (s) in a queue's list, or unlinked */
    uint64_t slice;          /* (s) ns of a turn */
    struct tree_node timer_node; /* (s) */
    uint64_t deadline;           /* (s) monotonic ns */
    struct list date_link;       /* (s) in its queue's list, if `dated` */
    uint32_t date_serial;        /* (s) how often the wall clock had been set then */
    enum status block_result;    /* (s) */
    uint64_t run_since;          /* (s) monotonic ns when it got the CPU; 0 = not running */
    uint64_t cpu_time;           /* (s) ns used up to run_since */
    struct cpu_samples samples;  /* only its CPU writes */
    struct cpu_usage usage_told; /* (p) */
    struct list process_link;    /* (p) */
    struct thread_signals signals;
    struct call_state call_state;   /* see object/call_state.h */
    struct timer_base *timer_base;  /* atomic: set once; timers on its processor time */
    uaddr_t robust_table;           /* see task/robust.h; 0 for none */
    struct wait_queue exit_waiters; /* its lock guards exit_code and ended */
    uint32_t exit_code;
    bool ended;
    uint64_t id;
    void *stack_top;           /* as kstack_alloc gave it; NULL once freed */
    void *fpu_block;           /* allocation that holds arch.fpu */
    struct cpu_budget *budget; /* of the process's policy, which keeps it; NULL: none, any more */
    struct quota *quota;       /* (p) what it is counted in, a reference; NULL for kernel threads */
    struct object object;
};

/// The thread that runs on this CPU.
static inline struct thread *thread_current(void)
{
    return (struct thread *)arch_thread_current();
}

/// The current thread's process, NULL in a kernel thread. No reference is taken: it lives as long
/// as the current thread.
static inline struct process *process_current(void)
{
    return thread_current()->process;
}

/// True for a thread of a real-time policy.
static inline bool thread_is_real_time(const struct thread *thread)
{
    return thread->priority - THREAD_PRIORITY_REAL_TIME < COCO_SCHEDULE_PRIORITY_MAX;
}

/// To be called when priority or budget of a thread were set, as guarded as these.
static inline void thread_update_special(struct thread *thread)
{
    thread->special = thread->priority >= THREAD_PRIORITY_REAL_TIME || thread->budget != NULL;
}

/// Those of `which` (THREAD_REQUEST_*) that are asked of the current thread. If there are any, it
/// looks at them before it goes on in user mode: who asks sets the bit first, and may be held up
/// before it tells the thread to look.
static inline uint32_t thread_requested(uint32_t which)
{
    uint32_t requests = __atomic_load_n(&thread_current()->requests, __ATOMIC_RELAXED) & which;

    if (unlikely(requests != 0)) {
        arch_thread_request_work(&thread_current()->arch);
    }
    return requests;
}

/// True when the current thread is to end; long loops then return ERR_CANCELED.
static inline bool thread_canceled(void)
{
    return thread_requested(THREAD_REQUEST_END) != 0;
}

/// Starts a kernel thread that runs `function(argument)`, which ends by thread_exit_kernel() and
/// must not return. It belongs to no process and is never cancelled. `priority` is
/// 0..THREAD_PRIORITY_COUNT - 1. Errors: ERR_NOMEM.
__must_check enum status thread_start_kernel(__noreturn void (*function)(void *), void *argument,
                                             unsigned priority);

/// Ends the current kernel thread.
__noreturn void thread_exit_kernel(void);

/// Starts a thread in the current process at `entry`. All four addresses are user addresses.
/// `out` gets a new reference, which the caller puts. It runs at once, possibly before this
/// returns. Errors: ERR_INVAL an address outside of user space; ERR_AGAIN the process has
/// COCO_THREAD_MAX threads; ERR_CANCELED the process is ending; ERR_NOMEM.
__must_check enum status thread_start_user(const struct arch_user_entry *entry,
                                           struct thread **out);

/// Ends the current user thread with the low 16 bits of `code`. `clear`, if not 0, is the address
/// of a 32-bit word that is set to 0 and whose futex waiters are woken; one that is not aligned or
/// cannot be written is passed over. The last thread of a process ends the process with its code.
/// No lock may be held, no reference owned by the caller's frame.
__noreturn void thread_exit(uint32_t code, uaddr_t clear);

/// Waits until `thread` has ended and stores its exit code. `deadline` in monotonic ns.
/// Errors: ERR_INVAL `thread` is the current one; ERR_TIMEDOUT; ERR_CANCELED.
__must_check enum status thread_wait(struct thread *thread, uint64_t deadline, uint32_t *code);

/// Sets the FS base of the current thread. ERR_INVAL if `base` lies outside of user space.
__must_check enum status thread_set_tls(uaddr_t base);

/// Id, never 0 and never used again.
static inline uint64_t thread_id(const struct thread *thread)
{
    return thread->id;
}

/// The thread of an object whose type is COCO_OBJECT_THREAD.
static inline struct thread *thread_from_object(struct object *object)
{
    return container_of(object, struct thread, object);
}

/// Threads that exist, for COCO_COUNTER_THREADS.
uint64_t thread_count(void);

/// Row of the object table for COCO_OBJECT_THREAD.
extern const struct object_ops thread_object_ops;
