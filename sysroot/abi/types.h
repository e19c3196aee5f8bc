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

/* coco_poll.wanted, coco_poll.returned */
#define COCO_EVENT_READ 0x01u    /* a read returns at once */
#define COCO_EVENT_WRITE 0x02u   /* a write of COCO_PIPE_BUF bytes returns at once */
#define COCO_EVENT_ENDED 0x04u   /* the process or thread has ended */
#define COCO_EVENT_HANGUP 0x08u  /* the other side has gone */
#define COCO_EVENT_ERROR 0x10u   /* the object failed, or nobody is left to read */
#define COCO_EVENT_INVALID 0x20u /* `handle` is not open */
#define COCO_EVENT_WANTED_MASK 0x07u

/* query(COCO_QUERY_FEATURES) */
#define COCO_FEATURE_FSGSBASE 0x1u /* user mode may use WRFSBASE */
#define COCO_FEATURE_AVX 0x2u      /* XCR0 has AVX state enabled */

#ifdef __cplusplus
}
#endif

#include "types_clock.h"
#include "types_file.h"
#include "types_ipc.h"
#include "types_log.h"
#include "types_process.h"
#include "types_schedule.h"
#include "types_signal.h"
#include "types_socket.h"
#include "types_terminal.h"
