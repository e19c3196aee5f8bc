// SPDX-License-Identifier: MIT
#include "../private/sysconf.h"

#include <limits.h>
#include <unistd.h>

#include <coconut/queries.h>
#include <coconut/syscalls.h>

#include "../private/fd.h"

#define SUPPORTED 200809 /* in the POSIX version of that date */

static long query(uint32_t item, long fallback)
{
    int64_t value = coco_query(item);
    return coco_is_error(value) ? fallback : (long)value; // upstream's kernel cannot tell
}

// Answers that do not depend on the machine. A negative one: known, but not supported.
static const struct {
    int name;
    int value;
} constants[] = {
    {_SC_PAGESIZE, COCO_PAGE_SIZE},
    {_SC_ARG_MAX, ARG_MAX},
    {_SC_CLK_TCK, 100},
    {_SC_IOV_MAX, IOV_MAX},
    {_SC_HOST_NAME_MAX, HOST_NAME_MAX},
    {_SC_LINE_MAX, LINE_MAX},
    {_SC_NGROUPS_MAX, NGROUPS_MAX},
    {_SC_LOGIN_NAME_MAX, LOGIN_NAME_MAX},
    {_SC_TTY_NAME_MAX, TTY_NAME_MAX},
    {_SC_RE_DUP_MAX, RE_DUP_MAX},
    {_SC_SYMLOOP_MAX, SYMLOOP_MAX},
    {_SC_ATEXIT_MAX, INT_MAX},
    {_SC_SEM_VALUE_MAX, SEM_VALUE_MAX},
    {_SC_THREAD_KEYS_MAX, PTHREAD_KEYS_MAX},
    {_SC_THREAD_STACK_MIN, PTHREAD_STACK_MIN},
    {_SC_THREAD_THREADS_MAX, PTHREAD_THREADS_MAX},
    {_SC_THREAD_DESTRUCTOR_ITERATIONS, PTHREAD_DESTRUCTOR_ITERATIONS},
    {_SC_AIO_LISTIO_MAX, AIO_LISTIO_MAX},
    {_SC_AIO_MAX, AIO_MAX},
    {_SC_AIO_PRIO_DELTA_MAX, AIO_PRIO_DELTA_MAX},
    {_SC_VERSION, SUPPORTED},
    {_SC_ASYNCHRONOUS_IO, SUPPORTED},
    {_SC_THREADS, SUPPORTED},
    {_SC_THREAD_ATTR_STACKADDR, SUPPORTED},
    {_SC_THREAD_ATTR_STACKSIZE, SUPPORTED},
    {_SC_THREAD_SAFE_FUNCTIONS, SUPPORTED},
    {_SC_THREAD_CPUTIME, SUPPORTED},
    {_SC_BARRIERS, SUPPORTED},
    {_SC_CLOCK_SELECTION, SUPPORTED},
    {_SC_CPUTIME, SUPPORTED},
    {_SC_FSYNC, SUPPORTED},
    {_SC_MAPPED_FILES, SUPPORTED},
    {_SC_MEMORY_PROTECTION, SUPPORTED},
    {_SC_MONOTONIC_CLOCK, SUPPORTED},
    {_SC_READER_WRITER_LOCKS, SUPPORTED},
    {_SC_REGEXP, SUPPORTED},
    {_SC_SEMAPHORES, SUPPORTED},
    {_SC_SPAWN, SUPPORTED},
    {_SC_SPIN_LOCKS, SUPPORTED},
    {_SC_JOB_CONTROL, -1},
    {_SC_SAVED_IDS, -1},
    {_SC_MEMLOCK, SUPPORTED},
    {_SC_MEMLOCK_RANGE, SUPPORTED},
    {_SC_MESSAGE_PASSING, SUPPORTED},
    {_SC_MQ_OPEN_MAX, OPEN_MAX},
    {_SC_MQ_PRIO_MAX, MQ_PRIO_MAX},
    {_SC_PRIORITIZED_IO, -1},
    {_SC_REALTIME_SIGNALS, SUPPORTED},
    {_SC_SHARED_MEMORY_OBJECTS, SUPPORTED},
    {_SC_SYNCHRONIZED_IO, -1},
    {_SC_TIMERS, -1},
    {_SC_THREAD_PRIORITY_SCHEDULING, -1},
    {_SC_THREAD_PRIO_INHERIT, -1},
    {_SC_THREAD_PRIO_PROTECT, -1},
    {_SC_THREAD_PROCESS_SHARED, SUPPORTED},
    {_SC_SHELL, -1},
};

static long child_max(void)
{
    struct coco_limit limit;
    return coco_process_limit(COCO_LIMIT_TASKS, NULL, &limit) == 0 ? (long)limit.current
                                                                   : CHILD_MAX;
}

long sysconf(int name)
{
    switch (name) {
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
        return query(COCO_QUERY_CPU_COUNT, 1);
    case _SC_PHYS_PAGES:
    case _SC_AVPHYS_PAGES:
        return query(COCO_QUERY_MEM_LIMIT, 0) / COCO_PAGE_SIZE;
    case _SC_CHILD_MAX:
        return child_max();
    case _SC_OPEN_MAX:
        return __coco_fd_limit();
    default:
        break;
    }
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
        if (constants[i].name == name) {
            return constants[i].value;
        }
    }
    return __coco_sysconf_more(name);
}

int getpagesize(void)
{
    return COCO_PAGE_SIZE;
}

int getdtablesize(void)
{
    return __coco_fd_limit();
}
