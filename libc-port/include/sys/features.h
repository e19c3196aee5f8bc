// SPDX-License-Identifier: MIT
// What newlib's headers need to know about this system, then newlib's own file.
#pragma once

// clang says it is GCC 4.2, which sends newlib's math.h to type-generic fallbacks that do not know
// long double. Answer for the language features that are really there.
#ifndef __GNUC_PREREQ
#define __GNUC_PREREQ(major, minor) ((13 << 16) + 0 >= ((major) << 16) + (minor))
#endif

#include_next <sys/features.h>

// Option groups that libc-port provides; newlib declares their functions only if these are defined.
#define _POSIX_VERSION 200809L
#define _POSIX_ASYNCHRONOUS_IO 200809L
#define _POSIX_BARRIERS 200809L
#define _POSIX_CLOCK_SELECTION 200809L
#define _POSIX_CPUTIME 200809L
#define _POSIX_FSYNC 200809L
#define _POSIX_MAPPED_FILES 200809L
#define _POSIX_MEMLOCK 200809L
#define _POSIX_MEMLOCK_RANGE 200809L
#define _POSIX_MEMORY_PROTECTION 200809L
#define _POSIX_MONOTONIC_CLOCK 200809L
#define _POSIX_NO_TRUNC 1
#define _POSIX_READER_WRITER_LOCKS 200809L
#define _POSIX_REALTIME_SIGNALS 200809L
#define _POSIX_REGEXP 1
#define _POSIX_MESSAGE_PASSING 200809L
#define _POSIX_SEMAPHORES 200809L
#define _POSIX_SHARED_MEMORY_OBJECTS 200809L
#define _POSIX_SPIN_LOCKS 200809L
#define _POSIX_SPAWN 200809L
#define _POSIX_THREADS 200809L
#define _POSIX_THREAD_ATTR_STACKADDR 200809L
#define _POSIX_THREAD_ATTR_STACKSIZE 200809L
#define _POSIX_THREAD_CPUTIME 200809L
#define _POSIX_THREAD_PROCESS_SHARED 200809L
#define _POSIX_THREAD_SAFE_FUNCTIONS 200809L
#define _POSIX_TIMEOUTS 200809L
#define _POSIX_TIMERS 200809L
#define _UNIX98_THREAD_MUTEX_ATTRIBUTES 1

// Options that are not there. Their functions are: they know SCHED_OTHER and refuse the rest.
#define _POSIX_PRIORITY_SCHEDULING 200809L
#define _POSIX_THREAD_PRIORITY_SCHEDULING 200809L
#define _POSIX_THREAD_PRIO_INHERIT (-1)
#define _POSIX_THREAD_PRIO_PROTECT (-1)
