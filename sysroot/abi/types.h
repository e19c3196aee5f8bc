// SPDX-License-Identifier: MIT
// Constants and structures that cross the boundary between user mode and kernel. Both sides include
// this file; it holds no code. Numbers of calls, errors, rights, objects and queries are generated
// beside it.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define COCO_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define COCO_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

/// ABI level: counts compatible extensions. A program carries the level it was built for in an ELF
/// note; the loader refuses a newer one.
#define COCO_ABI_LEVEL 1

/// ELF note of a COCONUT program: section .note.coconut, name "COCONUT", type 1, one uint32_t: the
/// level. A program without the note gets upstream's process environment.
#define COCO_NOTE_NAME "COCONUT"
#define COCO_NOTE_TYPE_ABI 1

typedef uint32_t coco_handle_t;

#define COCO_HANDLE_NONE UINT32_MAX /* as a 64-bit register: 0xffffffff or all ones */
#define COCO_HANDLE_LOG 0u
#define COCO_RIGHTS_SAME UINT32_MAX
#define COCO_FOREVER UINT64_MAX
/* added to a deadline: it is a time of REALTIME, whatever that clock is set to meanwhile */
#define COCO_DEADLINE_DATE (1ull << 63)

#define COCO_PATH_MAX 4096         /* bytes of a path, NUL included */
#define COCO_NAME_MAX 255          /* bytes of one name, NUL excluded */
#define COCO_LINK_MAX 32767        /* names of one file */
#define COCO_LINKS_FOLLOWED_MAX 40 /* symbolic links on the way of one path */
#define COCO_ARGUMENT_MAX 131072   /* bytes of arguments and environment, NULs included */
#define COCO_HANDLE_MAX 4096       /* handles of a process */
#define COCO_THREAD_MAX 1024       /* threads of a process */
#define COCO_POLL_MAX 4096         /* objects waited for by one call */
#define COCO_PIPE_SIZE 65536u      /* bytes a pipe holds */
#define COCO_PIPE_BUF 4096u        /* a write of so many bytes is not mixed with others */
/* Handles given to a program at its start. */
#define COCO_SPAWN_HANDLES_MAX 1088
#define COCO_USER_END 0x800000000000ull
#define COCO_PAGE_SIZE 4096u

/* thread_robust_table */
#define COCO_ROBUST_OWNER 0x3fffffffu /* the low bits of a thread's id, never all 0 or all 1 */
#define COCO_ROBUST_DIED 0x40000000u  /* the thread that held the lock has ended */
#define COCO_ROBUST_WAITED 0x80000000u
#define COCO_ROBUST_MAX 511u

struct coco_robust_table {
    uint32_t count; /* of words that are in use */
    uint32_t reserved;
    uint64_t words[511]; /* addresses; COCO_ROBUST_MAX of them */
};

/* mmap, mem_protect */
#define COCO_MMAP_READ 0x01u
#define COCO_MMAP_WRITE 0x02u
#define COCO_MMAP_EXEC 0x04u
#define COCO_MMAP_PRIVATE 0x08u
#define COCO_MMAP_ANONYMOUS 0x10u
#define COCO_MMAP_FIXED 0x20u
#define COCO_MMAP_PROT_MASK 0x07u
#define COCO_MMAP_MASK 0x3fu

/* mem_advise */
#define COCO_ADVICE_DISCARD 0u          /* the content is not needed any more */
#define COCO_ADVICE_POPULATE 1u         /* bring all pages in now */
#define COCO_ADVICE_NONE 2u             /* none: only tell whether all is mapped */
#define COCO_ADVICE_POPULATE_MAPPED 3u  /* bring in what is mapped */
#define COCO_SHORTAGE_NEVER 0xffffffffu /* mem_shortage: `after` if nothing is to fail */
#define COCO_SHORTAGE_ALL 0x1u          /* mem_shortage: the allocations of all threads count */
#define COCO_SHORTAGE_MASK 0x1u

/* coco_exit_status.error_code of a page fault: set by the kernel beside the processor's bits when
   the address lies behind the end of the mapped file (POSIX: SIGBUS) */
#define COCO_FAULT_BEYOND_FILE 0x80000000ull

/* open (upstream) */
#define COCO_OPEN_READ 0x1u
#define COCO_OPEN_WRITE 0x2u
#define COCO_OPEN_APPEND 0x4u
#define COCO_OPEN_TRUNC 0x8u
#define COCO_OPEN_MODE_MASK 0xfu
#define COCO_OPEN_CREATE 0x1u
#define COCO_OPEN_FLAG_MASK 0x1u

/* seek (upstream) */
#define COCO_FS_SEEK_ABSOLUTE 0u
#define COCO_FS_SEEK_RELATIVE 1u
#define COCO_FS_SEEK_END 2u

/* file_open */
#define COCO_FILE_READ 0x01u
#define COCO_FILE_WRITE 0x02u
#define COCO_FILE_APPEND 0x04u
#define COCO_FILE_CREATE 0x08u
#define COCO_FILE_EXCLUSIVE 0x10u
#define COCO_FILE_TRUNCATE 0x20u
#define COCO_FILE_DIRECTORY 0x40u
#define COCO_FILE_OPEN_MASK 0x7fu
/* file_open_at: do not wait for the other end of a FIFO; and status flag */
#define COCO_FILE_NONBLOCK 0x80u
#define COCO_FILE_NOFOLLOW 0x100u   /* file_open_at: LOOP for a symbolic link at the end */
#define COCO_FILE_NO_CONTROL 0x200u /* a terminal does not become the session's */
#define COCO_FILE_OPEN_AT_MASK 0x3ffu

/* file_stat_at, file_set_attributes_at: a symbolic link at the end is meant itself */
#define COCO_FILE_AT_NOFOLLOW 0x1u
#define COCO_FILE_AT_MASK 0x1u

/* file_dir_seek: the beginning, without looking for new names */
#define COCO_DIR_FIRST UINT64_MAX

/* file_link_at: a symbolic link at the end of `from` is followed */
#define COCO_FILE_LINK_FOLLOW 0x1u
#define COCO_FILE_LINK_MASK 0x1u

/* file_status_flags, pipe_create */
#define COCO_STATUS_NONBLOCK 0x1u /* read and write do not wait: AGAIN instead */
#define COCO_STATUS_APPEND 0x2u   /* every write to a file goes to its end */
#define COCO_STATUS_MASK 0x3u
#define COCO_PIPE_CREATE_MASK 0x1u

/* mqueue_open: flags */
#define COCO_MQUEUE_OPEN_READ 0x1u
#define COCO_MQUEUE_OPEN_WRITE 0x2u
#define COCO_MQUEUE_OPEN_CREATE 0x4u
#define COCO_MQUEUE_OPEN_EXCLUSIVE 0x8u
#define COCO_MQUEUE_OPEN_NONBLOCK 0x10u
#define COCO_MQUEUE_OPEN_MASK 0x1fu

/* mqueue_notify: how */
#define COCO_MQUEUE_NOTIFY_REMOVE 0u
#define COCO_MQUEUE_NOTIFY_NOTHING 1u /* be registered, but not told */
#define COCO_MQUEUE_NOTIFY_SIGNAL 2u
#define COCO_MQUEUE_NOTIFY_HANDLE 3u /* a handle to wait for: COCO_EVENT_ENDED */

#define COCO_MQUEUE_PRIORITIES 32768u  /* 0 to one less; higher ones come first */
#define COCO_MQUEUE_MESSAGES_MAX 1024u /* of a queue */
#define COCO_MQUEUE_SIZE_MAX 65536u    /* bytes of a message */

/* socket_create, socket_pair: types */
#define COCO_SOCKET_STREAM 1u    /* bytes, in order, without boundaries */
#define COCO_SOCKET_DATAGRAM 2u  /* packets, each by itself */
#define COCO_SOCKET_SEQPACKET 5u /* packets over a connection */

/* socket_send: flags */
#define COCO_SOCKET_SEND_DONT_WAIT 0x1u
#define COCO_SOCKET_SEND_END_OF_RECORD 0x2u /* told to the receiver, but by streams */
#define COCO_SOCKET_SEND_MASK 0x3u

/* socket_receive: flags */
#define COCO_SOCKET_RECEIVE_DONT_WAIT 0x1u
#define COCO_SOCKET_RECEIVE_PEEK 0x2u /* leave everything there; handles are not looked at */
#define COCO_SOCKET_RECEIVE_ALL 0x4u  /* of a stream: wait for as much as there is room for */
#define COCO_SOCKET_RECEIVE_MASK 0x7u

/* coco_message.flags, written by socket_receive */
#define COCO_MESSAGE_TRUNCATED 0x1u    /* the packet was longer */
#define COCO_MESSAGE_HANDLES_LOST 0x2u /* handles had no room, or no numbers were free */
#define COCO_MESSAGE_END_OF_RECORD 0x4u

/* socket_shutdown */
#define COCO_SOCKET_SHUTDOWN_RECEIVE 0x1u
#define COCO_SOCKET_SHUTDOWN_SEND 0x2u
#define COCO_SOCKET_SHUTDOWN_MASK 0x3u

/* socket_name */
#define COCO_SOCKET_NAME_OF_PEER 0x1u
#define COCO_SOCKET_NAME_MASK 0x1u

/* socket_get; those marked (s) also socket_set */
#define COCO_SOCKET_OPTION_TYPE 0u
#define COCO_SOCKET_OPTION_ERROR                                                                   \
    1u /* what went wrong, as a positive error number, once; 0: nothing */
#define COCO_SOCKET_OPTION_LISTENING 2u
#define COCO_SOCKET_OPTION_PEER_PROCESS 3u    /* task id when the connection was made */
#define COCO_SOCKET_OPTION_SEND_BUFFER 4u     /* (s) bytes */
#define COCO_SOCKET_OPTION_RECEIVE_BUFFER 5u  /* (s) bytes */
#define COCO_SOCKET_OPTION_SEND_TIMEOUT 6u    /* (s) nanoseconds that a call waits; 0: no limit */
#define COCO_SOCKET_OPTION_RECEIVE_TIMEOUT 7u /* (s) */
#define COCO_SOCKET_OPTION_READABLE                                                                \
    8u /* bytes of the stream, or of the first packet, that are there */

#define COCO_SOCKET_BUFFER 212992u   /* bytes a socket holds, unless changed */
#define COCO_SOCKET_BUFFER_MIN 4608u /* least and most that can be set */
#define COCO_SOCKET_BUFFER_MAX 524288u
#define COCO_SOCKET_BACKLOG_MAX 128u  /* connections that wait to be accepted */
#define COCO_SOCKET_NAME_MAX 108u     /* bytes of a name */
#define COCO_BUFFERS_MAX 1024u        /* buffers of a message */
#define COCO_MESSAGE_HANDLES_MAX 253u /* handles of a message */

/* coco_poll.wanted, coco_poll.returned */
#define COCO_EVENT_READ 0x01u    /* a read returns at once */
#define COCO_EVENT_WRITE 0x02u   /* a write of COCO_PIPE_BUF bytes returns at once */
#define COCO_EVENT_ENDED 0x04u   /* the process or thread has ended */
#define COCO_EVENT_HANGUP 0x08u  /* the other side has gone */
#define COCO_EVENT_ERROR 0x10u   /* the object failed, or nobody is left to read */
#define COCO_EVENT_INVALID 0x20u /* `handle` is not open */
#define COCO_EVENT_WANTED_MASK 0x07u

/* file_unlink */
#define COCO_UNLINK_DIRECTORY 0x1u
#define COCO_FILE_UNLINK_MASK 0x1u

/* file_seek */
#define COCO_SEEK_SET 0u
#define COCO_SEEK_CURRENT 1u
#define COCO_SEEK_END 2u
#define COCO_SEEK_DATA 3u /* where data begins, at or behind the offset */
#define COCO_SEEK_HOLE 4u /* where none is; the end of the file counts */

/* clock_get */
#define COCO_CLOCK_REALTIME 0u
#define COCO_CLOCK_MONOTONIC 1u
#define COCO_CLOCK_PROCESS 2u
#define COCO_CLOCK_THREAD 3u

/* clock_set: the wall clock shows no later time, about the year 2116 */
#define COCO_CLOCK_SET_MAX 0x4000000000000000ull

/* Timers of a process, those of interval_timer left out. */
#define COCO_TIMER_MAX 256

/* coco_timer_options.notify: what happens when a timer expires */
#define COCO_TIMER_NOTHING 0u /* it becomes readable for object_poll */
#define COCO_TIMER_PROCESS 1u /* a signal to the process */
#define COCO_TIMER_THREAD 2u  /* a signal to a thread of it */

/* timer_set, interval_timer */
#define COCO_TIMER_ABSOLUTE 0x1u /* the value is a time of the clock, not from now */
#define COCO_TIMER_SET_MASK 0x1u

/* timer_get */
#define COCO_TIMER_CONSUME 0x1u /* expirations that are told count as noticed */
#define COCO_TIMER_GET_MASK 0x1u

/* interval_timer */
#define COCO_INTERVAL_REAL 0u    /* MONOTONIC, sends ALARM */
#define COCO_INTERVAL_VIRTUAL 1u /* PROCESS, sends VIRTUAL_ALARM */
#define COCO_INTERVAL_PROFILE 2u /* PROCESS, sends PROFILE */
#define COCO_INTERVAL_COUNT 3u

/* query(COCO_QUERY_FEATURES) */
#define COCO_FEATURE_FSGSBASE 0x1u /* user mode may use WRFSBASE */
#define COCO_FEATURE_AVX 0x2u      /* XCR0 has AVX state enabled */

/* coco_dirent.type, coco_stat.type */
#define COCO_TYPE_FILE 0u
#define COCO_TYPE_DIR 1u
#define COCO_TYPE_STREAM 2u
#define COCO_TYPE_LOG 3u
#define COCO_TYPE_PIPE 4u
#define COCO_TYPE_DEVICE 5u
#define COCO_TYPE_SOCKET 6u
#define COCO_TYPE_LINK 7u /* a symbolic link */
#define COCO_TYPE_MQUEUE 8u

/// One entry of `readdir`; upstream's layout.
struct coco_dirent {
    char name[256]; /* NUL-terminated UTF-8 */
    uint8_t type;
    uint8_t position[7]; /* for `file_dir_seek`, little-endian; 0 from upstream's `opendir` */
    uint64_t size;
};

/// Result of `file_stat`. Times are nanoseconds since 1970-01-01 00:00 UTC.
struct coco_stat {
    uint64_t inode;
    uint64_t size;
    uint32_t type;
    uint32_t permissions;
    uint32_t links;
    uint32_t device; /* of a device: its number; otherwise 0 */
    int64_t modified;
    int64_t changed;
    int64_t accessed;
    uint64_t blocks; /* 512-byte units in use */
};

/// Result of `mqueue_info`.
struct coco_mqueue_info {
    uint32_t message_max;  /* messages it holds */
    uint32_t size_max;     /* bytes of a message */
    uint32_t messages;     /* that are there */
    uint32_t status_flags; /* of the handle's description: COCO_STATUS_* */
};

/// Memory of the caller.
struct coco_buffer {
    uint64_t address;
    uint64_t length; /* bytes */
};

/// Argument of `socket_send` and `socket_receive`. Pointers are user addresses.
struct coco_message {
    uint64_t buffers; /* struct coco_buffer[buffer_count], used in order */
    uint32_t buffer_count;
    uint32_t flags;        /* received: COCO_MESSAGE_*; sent: 0 */
    uint64_t handles;      /* coco_handle_t[handle_count] */
    uint32_t handle_count; /* sent; or received: room, then how many came */
    uint32_t name_length;  /* received: room, then bytes of the whole name; sent: 0 */
    uint64_t name;         /* received: the sender's name */
    uint64_t path;         /* sent: where a datagram goes to, NUL-terminated, or 0; received: 0 */
    uint64_t size;         /* received: bytes of the whole packet, 0 for a stream; sent: 0 */
};

/* Messages over channels */
#define COCO_CHANNEL_MESSAGE_MAX 4096u /* bytes of payload */
#define COCO_CHANNEL_HANDLES_MAX 4u    /* handles that travel with one message */

/* coco_channel_message.kind */
#define COCO_CHANNEL_CALL 0u   /* the sender waits for a reply */
#define COCO_CHANNEL_SEND 1u   /* nobody waits */
#define COCO_CHANNEL_CLOSED 2u /* the last handle to the connection was closed; no payload */

/* channel_connect */
#define COCO_CONNECT_NOTIFY_CLOSE 0x1u /* a message CLOSED tells the end of the connection */
#define COCO_CONNECT_MASK 0x1u

/// What a receiver's buffer starts with; the payload follows.
struct coco_channel_message {
    uint64_t badge;        /* of the connection the message came through */
    uint32_t length;       /* bytes of payload */
    uint16_t kind;         /* COCO_CHANNEL_* */
    uint16_t handle_count; /* entries of `handles` in use */
    uint32_t handles[4];   /* new handles; COCO_HANDLE_NONE: no room for it */
};

/* coco_transfer.flags */
#define COCO_TRANSFER_MOVE 0x1u /* the sender's handle is closed when the message was taken */
#define COCO_TRANSFER_MASK 0x1u

/// A handle to send along.
struct coco_transfer {
    coco_handle_t handle; /* must carry TRANSFER */
    uint32_t rights;      /* subset of its rights, or COCO_RIGHTS_SAME */
    uint32_t flags;       /* COCO_TRANSFER_* */
    uint32_t reserved;    /* 0 */
};

/// A message with all there is to say: `channel_exchange`, `channel_answer`.
struct coco_exchange {
    uint32_t size;               /* sizeof(struct coco_exchange) */
    uint32_t kind;               /* COCO_CHANNEL_CALL or SEND; for an answer 0 */
    uint64_t deadline;           /* as in `process_wait`; for an answer 0 */
    uint64_t payload;            /* address of the bytes to send */
    uint64_t reply;              /* address for the bytes of the reply */
    uint32_t length;             /* bytes to send */
    uint32_t reply_capacity;     /* bytes at `reply` */
    uint32_t handle_count;       /* entries of `handles` to send */
    uint32_t reply_handle_count; /* written by the call */
    struct coco_transfer handles[4];
    uint32_t reply_handles[4]; /* written by the call, as in coco_channel_message */
};

/* coco_attributes.wanted */
#define COCO_ATTRIBUTE_PERMISSIONS 0x01u
#define COCO_ATTRIBUTE_MODIFIED 0x02u
#define COCO_ATTRIBUTE_ACCESSED 0x04u
#define COCO_ATTRIBUTE_MODIFIED_NOW 0x08u /* the time of the call, whatever `modified` says */
#define COCO_ATTRIBUTE_ACCESSED_NOW 0x10u
#define COCO_ATTRIBUTE_MASK 0x1fu
#define COCO_PERMISSIONS_MASK 07777u

/// Result of `file_system`.
struct coco_file_system {
    uint32_t block_size; /* bytes */
    uint32_t name_max;   /* bytes of a name, NUL excluded */
    uint64_t blocks;     /* that file data may take */
    uint64_t blocks_free;
    uint64_t files; /* with short names, that there is room for */
    uint64_t files_free;
};

/// Argument of `file_set_attributes`. Times as in coco_stat.
struct coco_attributes {
    uint32_t wanted;      /* COCO_ATTRIBUTE_*: what to change */
    uint32_t permissions; /* within COCO_PERMISSIONS_MASK */
    int64_t modified;
    int64_t accessed;
};

/// Argument of `timer_create`.
struct coco_timer_options {
    uint32_t clock;    /* COCO_CLOCK_* */
    uint32_t notify;   /* COCO_TIMER_NOTHING, PROCESS, THREAD */
    uint32_t signal;   /* the signal, unless NOTHING */
    uint32_t tag;      /* told in coco_signal_info.vector */
    uint64_t value;    /* told in coco_signal_info.value */
    uint64_t thread;   /* THREAD: what `thread_id` gives there; 0 for the caller */
    uint64_t reserved; /* 0 */
};

/// Argument of `timer_set` and `interval_timer`. Nanoseconds.
struct coco_timer_setting {
    uint64_t value;    /* until it expires, or the time when; 0: never */
    uint64_t interval; /* and then again and again; 0: once */
};

/// State of a timer. Nanoseconds.
struct coco_timer_state {
    uint64_t remaining;   /* until it expires; 0: it is not armed */
    uint64_t interval;    /* as set */
    uint64_t expirations; /* NOTHING: since they were last consumed */
    uint32_t overruns;    /* of the last signal taken: expirations beyond its first */
    uint32_t reserved;    /* 0 */
};

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

COCO_STATIC_ASSERT(sizeof(struct coco_dirent) == 272, "upstream's DirEnt is 272 bytes");
COCO_STATIC_ASSERT(sizeof(((struct coco_channel_message *)0)->handles) / 4 ==
                       COCO_CHANNEL_HANDLES_MAX,
                   "coco_channel_message has room for all handles");

#ifdef __cplusplus
}
#endif

#include "types_clock.h"
#include "types_file.h"
#include "types_ipc.h"
#include "types_log.h"
#include "types_schedule.h"
#include "types_signal.h"
#include "types_terminal.h"
