// SPDX-License-Identifier: MIT
// Limits and use of resources.
#pragma once

#include <sys/time.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RUSAGE_SELF 0
#define RUSAGE_CHILDREN (-1)
#if __GNU_VISIBLE
#define RUSAGE_THREAD 1
#endif

#define PRIO_PROCESS 0
#define PRIO_PGRP 1
#define PRIO_USER 2

/// nice value of a process, -20 to 19: -1 may be one, or an error if errno, 0 before, has changed.
int getpriority(int __which, id_t __who);

/// Set it; a value out of range is cut. Returns 0, or -1 with errno: EACCES, EINVAL, EPERM, ESRCH.
int setpriority(int __which, id_t __who, int __value);

struct rusage {
    struct timeval ru_utime; /* user time used */
    struct timeval ru_stime; /* system time used */
    long ru_maxrss;          /* most KiB of pages at a time: of the process; the largest child */
};

/// What RUSAGE_* has used so far. Returns 0, or -1 with errno.
int getrusage(int __who, struct rusage *__usage);

typedef unsigned long rlim_t;

#define RLIM_INFINITY (~(rlim_t)0)
#define RLIM_SAVED_CUR RLIM_INFINITY /* all values can be told */
#define RLIM_SAVED_MAX RLIM_INFINITY

struct rlimit {
    rlim_t rlim_cur; /* what holds */
    rlim_t rlim_max; /* what it can be raised to */
};

#define RLIMIT_CPU 0    /* not limited */
#define RLIMIT_FSIZE 1  /* not limited */
#define RLIMIT_DATA 2   /* bytes of memory that can be written, as RLIMIT_AS */
#define RLIMIT_STACK 3  /* bytes of main stack of the next program */
#define RLIMIT_CORE 4   /* always 0 */
#define RLIMIT_NPROC 6  /* threads, and processes, of this process and what descends from it */
#define RLIMIT_NOFILE 7 /* descriptors are below it */
#define RLIMIT_AS 9     /* bytes of memory that are promised */
#define RLIM_NLIMITS 10

/// Look at a limit. Returns 0, or -1 with errno.
int getrlimit(int __resource, struct rlimit *__limit);

/// Set it, for this process and those it makes from now on; the maximum can only shrink. Returns 0,
/// or -1 with errno: EPERM, EINVAL, ENOMEM.
int setrlimit(int __resource, const struct rlimit *__limit);

#ifdef __cplusplus
}
#endif
