// SPDX-License-Identifier: MIT
// Processes: an address space, a handle table, a root directory and threads.
//
// A process is a kernel object (COCO_OBJECT_PROCESS). When its last thread ends, address space and
// handles go at once; the object, with the exit status, stays while a handle names it, or as a
// child of which its parent has not been told.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <arch/spinlock.h>
#include <base/compiler.h>
#include <base/list.h>
#include <base/tree.h>
#include <base/types.h>
#include <object/handle.h>
#include <object/mutex.h>
#include <object/object.h>
#include <object/record_owner.h>
#include <object/wait.h>
#include <task/policy.h>
#include <task/program.h>
#include <task/thread.h>

#define PROCESS_NAME_MAX 63

struct aspace;
struct aspace_pages;
struct quota;
struct timer;
struct timer_base;

/// `lock` guards threads, interval timers, both counts, quota, limits, ending, sole, stopped and
/// status until `ended` is set; afterwards status is constant. `handles` and `root` are constant
/// while a thread of the process lives.
struct process {
    struct object object;
    struct spinlock lock;
    struct list threads;    /* struct thread, process_link */
    uint32_t thread_count;  /* in `threads` */
    uint32_t running_count; /* of them, those that have not begun to end */
    bool ending;            /* all threads are told to end; no new ones */
    bool sole;              /* all threads but one are told to end; no new ones */
    bool stopped;           /* threads stay in the kernel */
    bool ended;             /* guarded by exit_waiters.lock */
    bool announced;         /* the parent has the signal of the end; guarded by exit_waiters.lock */
    struct coco_exit_status status;
    struct wait_queue exit_waiters;
    struct wait_queue sole_waiter;   /* the thread that is to be the only one */
    struct wait_queue stop_waiters;  /* threads that stay while `stopped` */
    uint32_t stop_signal;            /* that stopped the process; atomic */
    struct wait_queue child_waiters; /* for `reports`; its lock guards the next three, see (f) */
    struct list children;            /* struct process, sibling */
    struct list reports;             /* struct process, report_link */
    struct cpu_usage children_usage; /* of children that were waited for, and of theirs */
    struct list sibling;             /* (f) guarded by the parent's child_waiters.lock */
    struct list report_link;         /* (f) */
    uint32_t report;                 /* (f) what is to be told: COCO_WAIT_*, one of them */
    uint64_t group;                  /* id; (g) guarded by the lock of groups */
    uint64_t session;                /* id; (g) */
    bool replaced;                   /* (g) the program is not the one it began with */
    struct aspace *aspace;           /* NULL once ended; changes with aspace_guard held, too */
    struct mutex aspace_guard;       /* who holds it may edit `aspace`, whoever's it is */
    struct handle_table *handles;    /* NULL once ended */
    struct object *root;             /* NULL once ended */
    uint64_t cpu_time;               /* ns used by threads that have ended */
    struct cpu_samples samples;      /* of threads that have ended */
    struct cpu_usage usage_told;
    uint64_t cpu_warn_at; /* seconds of processor time when SIGNAL_CPU is sent next */
    struct quota *quota;  /* what it is counted in; a reference */
    bool quota_is_own;    /* made for this process, by its wish */
    struct coco_limit limits[COCO_LIMIT_COUNT];
    struct process_policy *policy; /* a reference; NULL: none; changes only with one thread */
    struct object *log_source;     /* as policy: the log that its own goes to, opaque here */
    struct process_signals signals;
    struct timer *interval_timers[COCO_INTERVAL_COUNT]; /* a reference each */
    struct timer_base *timer_base; /* atomic: set once; timers on its processor time */
    uint32_t timer_count;          /* atomic: timers with handles */
    uint64_t parent;               /* id of the process that started it; 0 for none */
    bool may_signal_parent;        /* by its id */
    bool may_control;              /* it may do what concerns all; constant */
    struct tree_node index_node;   /* in the index of processes by id */
    uint64_t pages_most;           /* of address spaces it had before; guarded by aspace_guard */
    uint64_t children_pages_most;  /* of children that were waited for; with children_usage */
    uint64_t load_base;
    uint64_t id;
    uint32_t creation_mask;         /* kept for the program; atomic */
    struct record_owner file_locks; /* see object/record_owner.h */
    char name[PROCESS_NAME_MAX + 1];
    char label[COCO_LOG_LABEL_MAX]; /* of log_source; "" without */
};

/// Strings one behind the other, each with its NUL, in kernel memory.
struct process_strings {
    const char *bytes;
    size_t len;     /* bytes, NULs included */
    uint32_t count; /* number of strings; the loader checks it against the bytes */
};

/// A handle for the child. The object is borrowed: the child takes its own reference.
struct process_start_handle {
    struct object *object;
    uint32_t rights; /* COCO_RIGHT_*; the caller has checked them */
    uint32_t role;   /* enum coco_handle_role */
    bool unlock;     /* process_exec(): the process's locks on the file are released */
};

/// What a new process is made of. Everything is borrowed for the call.
struct process_start_args {
    const char *name; /* shown in log lines; cut at PROCESS_NAME_MAX bytes */
    const struct program_source *source;
    struct object *root; /* root directory, opaque here; NULL for none */
    struct object *log;  /* becomes handle 0 with WRITE | DUP | TRANSFER; NULL for none */
    struct process_strings arguments;
    struct process_strings environment;
    const char *directory;                      /* current directory; NULL for "/" */
    const struct process_start_handle *handles; /* from number 1 upwards, in order */
    uint32_t handle_count;                      /* <= COCO_SPAWN_HANDLES_MAX */
    bool handles_need_block; /* a program without the COCONUT note gets the log only */
    bool may_signal_parent;  /* the child may signal the caller by its id, and is in its session */
    bool may_control;        /* the child may do what concerns all, if the caller may */
    bool child;              /* process_wait_child() tells of it */
    bool new_session;        /* it begins a session */
    struct object *terminal; /* with new_session: to be the session's; NULL for none */
    bool set_group;          /* it goes to `group` of the caller's session, its own for 0 */
    uint64_t group;
    bool set_blocked; /* its thread blocks `blocked`, not what the current one blocks */
    uint64_t blocked;
    uint64_t default_signals; /* these get their default action, also if the caller ignores them */
    struct process_policy *policy; /* NULL: the caller's */
    struct object *log_source;     /* a log; NULL: the caller's */
    const char *log_label;         /* its label */
};

/// Which children process_wait_child() is to tell of.
struct process_child_query {
    uint32_t which;  /* COCO_CHILD_* */
    uint32_t events; /* COCO_WAIT_ENDED, STOPPED, CONTINUED */
    uint64_t id;     /* of the child, or its group */
    bool keep;       /* so that it is told again */
};

/// Loads a program and starts it in a new process; on an error nothing is left. Returns a new
/// reference in `out`. Must be called from a thread; user memory of the caller is not accessible
/// meanwhile (the child's address space is attached). A program without the COCONUT note gets
/// upstream's environment: handles are given, arguments, environment and directory are not. Errors:
/// ERR_NOEXEC not a program for this kernel; ERR_ABILEVEL built for a newer ABI level; ERR_TOOBIG
/// arguments and environment above COCO_ARGUMENT_MAX; ERR_INVAL malformed strings or too many
/// handles; ERR_AGAIN too many processes or threads; ERR_NOMEM; errors of source->read.
__must_check enum status process_start(const struct process_start_args *args, struct process **out);

/// Makes a copy of the current process: address space (private pages are shared until one side
/// stores to them), handles but the one with the number `without`, root, name, signal actions. It
/// has one thread, which begins as `entry` says. `listed`: process_wait_child() tells of it.
/// Returns a new reference in `out`. ERR_INVAL an address outside of user space; ERR_AGAIN too many
/// processes or threads; ERR_NOMEM; ERR_CANCELED the process is ending.
__must_check enum status process_fork(const struct arch_user_entry *entry, uint32_t without,
                                      bool listed, struct process **out);

/// A limit of the current process; `item` is a COCO_LIMIT_*.
void process_get_limit(uint32_t item, struct coco_limit *limit);

/// The current limit of one item alone, as it is at this moment.
static inline uint64_t process_current_limit(const struct process *process, uint32_t item)
{
    return __atomic_load_n(&process->limits[item].current, __ATOMIC_RELAXED);
}

/// Changes it. ERR_INVAL current above maximum; ERR_PERM maximum above the present one; ERR_AGAIN
/// too many processes above have limited their tasks, or no memory to count them.
__must_check enum status process_set_limit(uint32_t item, const struct coco_limit *limit);

/// Waits until there is something to tell of a child of the current process, and stores it. Of an
/// end it is told once, unless `query` keeps it; the child's time then counts as its parent's
/// children's. `deadline` in monotonic ns. Errors: ERR_CHILD there is no such child; ERR_TIMEDOUT;
/// ERR_INTR; ERR_CANCELED.
__must_check enum status process_wait_child(const struct process_child_query *query,
                                            uint64_t deadline, struct coco_child *out);

/// Processor time of the children of `process` that it has waited for, and of theirs.
struct cpu_usage process_children_usage(struct process *process);

/// The most pages of one of these at a time.
uint64_t process_children_pages(struct process *process);

/// Pages of a process; once it has ended only the most it had.
struct aspace_pages process_pages(struct process *process);

/// Memory of the process with an id, the current one for 0. ERR_SRCH there is none; ERR_PERM the
/// current one may not signal it.
__must_check enum status process_memory_of(uint64_t id, struct coco_memory_usage *usage);

/// Ids of the group and session of a process.
uint64_t process_group(const struct process *process);
uint64_t process_session(const struct process *process);

/// Puts the process with an id, the current one for 0, which must be the current one or a child of
/// it, into a group of its session; `group` 0 is that of its own id. Errors: ERR_SRCH no such
/// process, or neither; ERR_ACCESS a child that has replaced its program; ERR_PERM the process
/// leads a session, is in another session, or there is no such group in this one.
__must_check enum status process_set_group(uint64_t id, uint64_t group);

/// Makes the current process the first of a new session and group. ERR_PERM: there is a group with
/// its id.
__must_check enum status process_new_session(void);

/// True if a process has ended and its parent has been told, or will not be: it is there for those
/// only who have a handle.
bool process_is_gone(struct process *process);

/// True if the process may change what concerns all processes: the wall clock.
static inline bool process_may_control(const struct process *process)
{
    return process->may_control;
}

/// Id of the parent of the current process; PROCESS_ID_NONE if it has ended, or was the kernel.
uint64_t process_parent_id(void);

#define PROCESS_ID_NONE 1u

/// Replaces the current process's program: address space, handles (those of `args` and no others),
/// root and name become what process_start() would give a new process; its other threads end,
/// signals with a handler get their default action. Id, parent, children, blocked and pending
/// signals, times stay. Up to the end of the other threads everything can fail and nothing has
/// changed. On OK the caller, which still has its kernel stack, gives up what it holds and enters
/// user mode as `entry` says: arch_thread_enter_user(). Errors: as process_start(); ERR_CANCELED
/// the thread is to end.
__must_check enum status process_exec(const struct process_start_args *args,
                                      struct arch_user_entry *entry);

/// Ends the current process with all its threads; the low 16 bits of `code` become its exit code.
__noreturn void process_exit(uint32_t code);

/// Ends `process` with reason KILLED and `signal` as code; one that is ending already is left as it
/// is. Returns at once: the threads end when they next leave the kernel. May be the current
/// process.
void process_kill(struct process *process, uint32_t signal);

/// Waits until `process` has ended and copies its status. `deadline` in monotonic ns.
/// Errors: ERR_TIMEDOUT, ERR_CANCELED.
__must_check enum status process_wait(struct process *process, uint64_t deadline,
                                      struct coco_exit_status *status);

/// Task id, never 0 and never used again.
static inline uint64_t process_id(const struct process *process)
{
    return process->id;
}

/// Name for log lines.
static inline const char *process_name(const struct process *process)
{
    return process->name;
}

/// The log that the process's own goes to (no new reference); NULL: it is known by its name.
static inline struct object *process_log_source(const struct process *process)
{
    return process->log_source;
}

/// Under what the log has lines about it. The last bytes of a long name may be missing there.
static inline const char *process_label(const struct process *process)
{
    return process->label[0] != '\0' ? process->label : process->name;
}

/// Puts the current process under `policy`, of which it gets a reference, in place of its own: the
/// caller has seen to it that it allows no more. ERR_BUSY: it has other threads.
__must_check enum status process_set_policy(struct process_policy *policy);

/// The process with an id, with a new reference; NULL if there is none.
struct process *process_find(uint64_t id);

/// The process with the lowest id above `id`, with a new reference; NULL behind the last.
struct process *process_next(uint64_t id);

/// Handle table and root directory (no new reference). Only for the current process, or one the
/// caller has made and not yet let go.
/// What the process is counted in, with a reference.
struct quota *process_quota(struct process *process);

static inline struct handle_table *process_handles(struct process *process)
{
    return process->handles;
}

static inline struct object *process_root(struct process *process)
{
    return process->root;
}

static inline struct aspace *process_aspace(struct process *process)
{
    return process->aspace;
}

/// The process as one who holds locks on files.
static inline struct record_owner *process_file_locks(struct process *process)
{
    return &process->file_locks;
}

/// The process of an object whose type is COCO_OBJECT_PROCESS.
static inline struct process *process_from_object(struct object *object)
{
    return container_of(object, struct process, object);
}

/// Processes that exist, ended ones that are still named included, for COCO_COUNTER_PROCESSES.
uint64_t process_count(void);

/// Leaves registers out of the reports on processes that end badly from now on: their content may
/// be what nobody but the process shall know. At boot only.
void crash_hide_registers(void);

/// Row of the object table for COCO_OBJECT_PROCESS.
extern const struct object_ops process_object_ops;
