// SPDX-License-Identifier: MIT
#include "../private/sysconf.h"

#include <limits.h>
#include <unistd.h>

#include <coconut/queries.h>
#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "sysconf_options.h"

static long query(uint32_t item, long fallback)
{
    int64_t value = coco_query(item);
    return coco_is_error(value) ? fallback : (long)value; // upstream's kernel cannot tell
}

// Answers that do not depend on the machine. A negative one: known, but not supported. Options are
// what <unistd.h> says of them.
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
    {_SC_VERSION, _POSIX_VERSION},
    {_SC_ASYNCHRONOUS_IO, OPTION_ASYNCHRONOUS_IO},
    {_SC_THREADS, OPTION_THREADS},
    {_SC_THREAD_ATTR_STACKADDR, OPTION_THREAD_ATTR_STACKADDR},
    {_SC_THREAD_ATTR_STACKSIZE, OPTION_THREAD_ATTR_STACKSIZE},
    {_SC_THREAD_SAFE_FUNCTIONS, OPTION_THREAD_SAFE_FUNCTIONS},
    {_SC_THREAD_CPUTIME, OPTION_THREAD_CPUTIME},
    {_SC_BARRIERS, OPTION_BARRIERS},
    {_SC_CLOCK_SELECTION, OPTION_CLOCK_SELECTION},
    {_SC_CPUTIME, OPTION_CPUTIME},
    {_SC_FSYNC, OPTION_FSYNC},
    {_SC_MAPPED_FILES, OPTION_MAPPED_FILES},
    {_SC_MEMORY_PROTECTION, OPTION_MEMORY_PROTECTION},
    {_SC_MONOTONIC_CLOCK, OPTION_MONOTONIC_CLOCK},
    {_SC_READER_WRITER_LOCKS, OPTION_READER_WRITER_LOCKS},
    {_SC_REGEXP, OPTION_REGEXP},
    {_SC_SEMAPHORES, OPTION_SEMAPHORES},
    {_SC_SPAWN, OPTION_SPAWN},
    {_SC_SPIN_LOCKS, OPTION_SPIN_LOCKS},
    {_SC_JOB_CONTROL, OPTION_JOB_CONTROL},
    {_SC_SAVED_IDS, OPTION_SAVED_IDS},
    {_SC_MEMLOCK, OPTION_MEMLOCK},
    {_SC_MEMLOCK_RANGE, OPTION_MEMLOCK_RANGE},
    {_SC_MESSAGE_PASSING, OPTION_MESSAGE_PASSING},
    {_SC_MQ_OPEN_MAX, OPEN_MAX},
    {_SC_MQ_PRIO_MAX, MQ_PRIO_MAX},
    {_SC_PRIORITIZED_IO, OPTION_PRIORITIZED_IO},
    {_SC_REALTIME_SIGNALS, OPTION_REALTIME_SIGNALS},
    {_SC_SHARED_MEMORY_OBJECTS, OPTION_SHARED_MEMORY_OBJECTS},
    {_SC_SYNCHRONIZED_IO, OPTION_SYNCHRONIZED_IO},
    {_SC_TIMERS, OPTION_TIMERS},
    {_SC_THREAD_PRIORITY_SCHEDULING, OPTION_THREAD_PRIORITY_SCHEDULING},
    {_SC_THREAD_PRIO_INHERIT, OPTION_THREAD_PRIO_INHERIT},
    {_SC_THREAD_PRIO_PROTECT, OPTION_THREAD_PRIO_PROTECT},
    {_SC_THREAD_PROCESS_SHARED, OPTION_THREAD_PROCESS_SHARED},
    {_SC_SHELL, OPTION_SHELL},
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
