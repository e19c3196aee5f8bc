// SPDX-License-Identifier: MIT
// The part of types.h, which includes it, about how processes start, what they may do, and how
// they end.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a handle that a process gets at start is for.
enum coco_handle_role {
    COCO_ROLE_NONE = 0,
    COCO_ROLE_STDIN = 1,
    COCO_ROLE_STDOUT = 2,
    COCO_ROLE_STDERR = 3,
    COCO_ROLE_SYSTEM = 4,
    COCO_ROLE_REPORT = 5,  /* stream: init's report of the exit status to the host */
    COCO_ROLE_FD = 0x1000, /* COCO_ROLE_FD + n: descriptor n */
};

/// A handle given to a child.
struct coco_spawn_handle {
    coco_handle_t handle; /* in the parent */
    uint32_t rights;      /* subset of the parent's, or COCO_RIGHTS_SAME */
    uint32_t role;        /* enum coco_handle_role; opaque to the kernel */
    uint32_t flags;       /* COCO_SPAWN_HANDLE_UNLOCK, for process_exec only */
};

#define COCO_SPAWN_HANDLE_UNLOCK 0x1u /* a descriptor of it is closed: locks on the file go */

/* coco_spawn.flags */
#define COCO_SPAWN_MAY_SIGNAL 0x1u   /* the child may send signals to the caller: signal_send_id */
#define COCO_SPAWN_CHILD 0x2u        /* process_wait_child tells the caller of it */
#define COCO_SPAWN_SESSION 0x4u      /* it begins a session */
#define COCO_SPAWN_GROUP 0x8u        /* it is in `group` */
#define COCO_SPAWN_BLOCK 0x10u       /* it blocks `blocked`, not what the caller blocks */
#define COCO_SPAWN_FILE 0x20u        /* `path` is the number of a handle to the program */
#define COCO_SPAWN_MAY_CONTROL 0x40u /* it may do what concerns all, as far as the caller may */
#define COCO_SPAWN_LOG 0x80u         /* the last of `handles` is what its log goes to */
#define COCO_SPAWN_TERMINAL 0x100u   /* with SESSION: its first handle to a terminal controls it */
#define COCO_SPAWN_MASK 0x1ffu
#define COCO_FORK_MASK 0x2u   /* flags of `process_fork`: SPAWN_CHILD */
#define COCO_SPAWN_SIZE_1 80u /* coco_spawn up to `reserved`: the rest is 0 */

/// Argument of `process_spawn` and `process_exec`. Pointers are user addresses.
struct coco_spawn {
    uint32_t size;      /* sizeof(struct coco_spawn) */
    uint32_t flags;     /* COCO_SPAWN_MASK */
    uint64_t path;      /* NUL-terminated, from the caller's root */
    uint64_t arguments; /* argument_count strings, each with its NUL, one behind the other */
    uint64_t arguments_len;
    uint64_t environment;
    uint64_t environment_len;
    uint32_t argument_count;
    uint32_t environment_count;
    uint64_t directory; /* NUL-terminated current directory, or 0 for "/" */
    uint64_t handles;   /* struct coco_spawn_handle[handle_count] */
    uint32_t handle_count;
    uint32_t reserved;        /* 0 */
    uint64_t group;           /* with GROUP: of the caller's session, or 0 for one of its own */
    uint64_t default_signals; /* bit n: signal n has its default action, ignored or not */
    uint64_t blocked;         /* with BLOCK: signals that the first thread blocks */
};

#define COCO_POLICY_CALLS_MAX 64u /* records in a policy */
#define COCO_POLICY_SIZE_1 56u    /* coco_policy up to `reserved`: the rest is 0 */

/* coco_policy.flags */
#define COCO_POLICY_VIEW 0x1u /* it sees of the file tree what `view` names, and no more */
#define COCO_POLICY_MASK 0x1u

#define COCO_VIEW_MAX 64u /* entries of a view */
/* coco_view.access */
#define COCO_VIEW_WRITE 0x1u /* it may be changed, too */

/* coco_policy.cpu_period and cpu_budget, in microseconds */
#define COCO_CPU_PERIOD_MIN 1000u
#define COCO_CPU_PERIOD_MAX 10000000u
#define COCO_CPU_BUDGET_MIN 100u

/// A file, a device, or a directory with all below it, in a policy.
struct coco_view {
    uint64_t path; /* NUL-terminated, of the caller */
    uint32_t access;
    uint32_t reserved; /* 0 */
};

/// Calls of a class, in a policy.
struct coco_call_set {
    uint32_t call_class; /* upper half of the numbers */
    uint32_t first;      /* index of the call of bit 0; a multiple of 64 */
    uint64_t mask;       /* bit n: the call with index first + n */
};

/// What a process may do at most: `process_spawn_confined`. Pointers are user addresses.
struct coco_policy {
    uint32_t size;       /* sizeof(struct coco_policy) */
    uint32_t call_count; /* up to COCO_POLICY_CALLS_MAX */
    uint64_t calls;      /* struct coco_call_set[call_count] */
    uint64_t memory;     /* bytes, or COCO_LIMIT_NONE */
    uint64_t tasks;      /* threads, and processes; or COCO_LIMIT_NONE */
    uint64_t root;       /* NUL-terminated path of the directory that is its "/"; 0: the caller's */
    uint32_t handles;    /* 1 to COCO_HANDLE_MAX */
    uint32_t reserved;   /* 0 */
    uint64_t view;       /* struct coco_view[view_count] */
    uint32_t view_count; /* up to COCO_VIEW_MAX; 0 without COCO_POLICY_VIEW */
    uint32_t flags;      /* COCO_POLICY_* */
    uint64_t cpu_budget; /* microseconds of processor time in each period; 0: no limit */
    uint64_t cpu_period; /* microseconds; 0 without a budget */
};

/* `process_wait_child`: which children */
#define COCO_CHILD_ANY 0u
#define COCO_CHILD_ID 1u
#define COCO_CHILD_GROUP 2u

/* `process_wait_child`: what it tells of, and how */
#define COCO_WAIT_ENDED 0x1u
#define COCO_WAIT_STOPPED 0x2u
#define COCO_WAIT_CONTINUED 0x4u
#define COCO_WAIT_KEEP 0x8u /* it is told again */
#define COCO_WAIT_MASK 0xfu

#define COCO_SIGNAL_EVERYBODY UINT64_MAX /* group of `signal_send_group`: all but the caller */

/// How a process or thread ended.
enum coco_exit_reason {
    COCO_EXIT_CODE = 0,      /* by itself; `code` holds its exit code */
    COCO_EXIT_EXCEPTION = 1, /* by a processor exception; `code` holds the vector */
    COCO_EXIT_KILLED = 2,    /* by process_kill; `code` holds the signal */
    COCO_EXIT_NO_MEMORY = 3, /* memory for a page it touched was not available */
    COCO_EXIT_STOPPED = 4,   /* not ended, but stopped by the signal in `code` */
    COCO_EXIT_CONTINUED = 5, /* not ended, but continued */
};

/// Result of `process_wait`.
struct coco_exit_status {
    uint32_t reason; /* enum coco_exit_reason */
    uint32_t code;
    uint64_t address;     /* exception: faulting address (page fault), else 0 */
    uint64_t instruction; /* exception: RIP */
    uint64_t stack;       /* exception: RSP */
    uint64_t error_code;  /* exception: the processor's error code */
    uint64_t load_base;   /* where the program was loaded (0 for a fixed address) */
};

/// Result of `process_wait_child`.
struct coco_child {
    uint64_t id;
    uint64_t group;
    struct coco_exit_status status;
    uint64_t time;          /* processor time in ns */
    uint64_t children_time; /* of its children that it had waited for, and of theirs */
};

/* process_usage */
#define COCO_USAGE_PROCESS 0u
#define COCO_USAGE_THREAD 1u

/// Result of `process_usage`: processor time in ns.
struct coco_usage {
    uint64_t user;
    uint64_t system;        /* in the kernel */
    uint64_t children_user; /* of children that were waited for, and of theirs */
    uint64_t children_system;
};

/// Result of `process_memory`, in bytes.
struct coco_memory_usage {
    uint64_t present;       /* pages that are there, whoever shares them */
    uint64_t present_most;  /* the most of them at a time */
    uint64_t children_most; /* of a child that was waited for, or of its children */
    uint64_t promised;      /* counted against the limit that it has, maybe with others */
    uint64_t promised_most;
};

/* process_limit */
#define COCO_LIMIT_MEMORY 0u /* bytes that are promised to the process */
#define COCO_LIMIT_TASKS 1u  /* threads, and processes, of the process and what descends from it */
#define COCO_LIMIT_STACK 2u  /* bytes of stack of programs it starts */
#define COCO_LIMIT_DESCRIPTORS 3u /* only kept, for C libraries */
#define COCO_LIMIT_FILE_SIZE 4u   /* bytes; files are not made larger */
#define COCO_LIMIT_CPU 5u         /* seconds of processor time */
#define COCO_LIMIT_COUNT 6u
#define COCO_LIMIT_NONE 0xffffffffffffffff

/// Argument of `process_limit`.
struct coco_limit {
    uint64_t current; /* what holds; <= maximum */
    uint64_t maximum; /* what `current` can become; can only shrink */
};

/// A handle the process holds at start.
struct coco_start_handle {
    coco_handle_t handle;
    uint32_t role;
};

/// The start block: a pointer to it is in RDI at the entry of a COCONUT program (0 on upstream's
/// kernel). All pointers lie in the same read/write pages, which the process owns and may reuse.
struct coco_start_block {
    uint32_t size; /* sizeof(struct coco_start_block) of the kernel */
    uint32_t abi_level;
    uint64_t features;  /* COCO_FEATURE_* */
    uint64_t load_base; /* added to the program's link-time addresses */
    uint64_t phdr;      /* address of the program headers in memory, 0 if not mapped */
    uint32_t phdr_count;
    uint32_t argument_count;
    uint64_t arguments;   /* char *[argument_count + 1], NULL at the end */
    uint64_t environment; /* char *[], NULL at the end */
    uint64_t directory;   /* current directory, NUL-terminated */
    uint64_t handles;     /* struct coco_start_handle[handle_count] */
    uint32_t handle_count;
    uint32_t cpu_count;
    uint64_t stack_low;  /* lowest address the main stack can grow down to */
    uint64_t stack_high; /* its end */
    uint8_t random[32];  /* fresh random bytes: stack protector, allocator, hash seeds */
};

#ifdef __cplusplus
}
#endif
