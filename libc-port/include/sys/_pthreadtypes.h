// SPDX-License-Identifier: MIT
// Types of the POSIX threads interface. All objects are plain memory whose all-zero value is the
// static initialiser (a once control, a mutex of type NORMAL, a condition on CLOCK_REALTIME, an
// unlocked read-write lock). Members are for libc-port only.
#pragma once

#include <sys/features.h>
#include <sys/sched.h>

typedef struct __pthread_id *pthread_t; /* a number, see registry.h of libc-port */
typedef unsigned int pthread_key_t;

#define PTHREAD_SCOPE_PROCESS 0
#define PTHREAD_SCOPE_SYSTEM 1
#define PTHREAD_INHERIT_SCHED 1
#define PTHREAD_EXPLICIT_SCHED 2
#define PTHREAD_CREATE_DETACHED 0
#define PTHREAD_CREATE_JOINABLE 1
#define PTHREAD_PROCESS_PRIVATE 0
#define PTHREAD_PROCESS_SHARED 1
#define PTHREAD_PRIO_NONE 0
#define PTHREAD_PRIO_INHERIT 1
#define PTHREAD_PRIO_PROTECT 2
#define PTHREAD_MUTEX_NORMAL 0
#define PTHREAD_MUTEX_RECURSIVE 1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT PTHREAD_MUTEX_NORMAL
#define PTHREAD_MUTEX_STALLED 0
#define PTHREAD_MUTEX_ROBUST 1

typedef struct {
    void *__stack;              /* lowest address, or NULL for one made by pthread_create() */
    __SIZE_TYPE__ __stack_size; /* bytes */
    __SIZE_TYPE__ __guard_size; /* bytes */
    int __detach_state;
    int __scope;
    int __inherit_sched;
    int __policy;
    struct sched_param __param;
    int __initialized;
    unsigned long __processors; /* that the thread may run on; 0: as its maker */
} pthread_attr_t;

typedef struct {
    int __type;
    int __pshared;
    int __protocol;
    int __prioceiling;
    int __robust;
} pthread_mutexattr_t;

typedef struct {
    unsigned int __word;  /* 0 free, 1 held, 2 held and waited for */
    int __type;           /* PTHREAD_MUTEX_*, and marks for robust and shared ones */
    pthread_t __owner;    /* recursive and error-checking mutexes only; no address */
    unsigned int __count; /* nesting depth of a recursive mutex */
    unsigned int __reserved;
    void *__links[2]; /* room for a list of mutexes that a thread holds */
} pthread_mutex_t;

typedef struct {
    int __clock;
    int __pshared;
} pthread_condattr_t;

typedef struct {
    unsigned int __sequence; /* changed by every wake-up */
    unsigned int __waiters;
    int __clock; /* 0 stands for CLOCK_REALTIME */
    unsigned int __reserved;
} pthread_cond_t;

typedef unsigned int pthread_once_t; /* a number, so that PTHREAD_ONCE_INIT can be assigned */

typedef struct {
    int __pshared;
} pthread_rwlockattr_t;

typedef struct {
    unsigned int __state; /* number of readers, or a bit for a writer; bits for who waits */
    int __pshared;
    unsigned int __reserved[2];
    pthread_t __writer;
} pthread_rwlock_t;

typedef struct {
    int __pshared;
} pthread_barrierattr_t;

typedef struct {
    unsigned int __count; /* threads to wait for */
    unsigned int __arrived;
    unsigned int __sequence;
    unsigned int __leaving;
    unsigned int __lock;
} pthread_barrier_t;

typedef struct {
    unsigned int __word;
} pthread_spinlock_t;

#define _PTHREAD_MUTEX_INITIALIZER {0, 0, 0, 0, 0, {0, 0}}
#define _PTHREAD_COND_INITIALIZER {0, 0, 0, 0}
#define _PTHREAD_ONCE_INIT 0
#define _PTHREAD_RWLOCK_INITIALIZER {0, 0, {0, 0}, 0}
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP {0, PTHREAD_MUTEX_RECURSIVE, 0, 0, 0, {0, 0}}
