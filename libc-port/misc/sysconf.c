// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include <coconut/queries.h>
#include <coconut/syscalls.h>

static long query(uint32_t item, long fallback)
{
    int64_t value = coco_query(item);
    return coco_is_error(value) ? fallback : (long)value; // upstream's kernel cannot tell
}

long sysconf(int name)
{
    switch (name) {
    case _SC_PAGESIZE:
        return COCO_PAGE_SIZE;
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
        return query(COCO_QUERY_CPU_COUNT, 1);
    case _SC_PHYS_PAGES:
    case _SC_AVPHYS_PAGES:
        return query(COCO_QUERY_MEM_LIMIT, 0) / COCO_PAGE_SIZE;
    case _SC_ARG_MAX:
        return ARG_MAX;
    case _SC_OPEN_MAX:
        return OPEN_MAX;
    case _SC_CHILD_MAX:
        return CHILD_MAX;
    case _SC_CLK_TCK:
        return 100; // of times()
    case _SC_IOV_MAX:
        return IOV_MAX;
    case _SC_HOST_NAME_MAX:
        return HOST_NAME_MAX;
    case _SC_LINE_MAX:
        return LINE_MAX;
    case _SC_NGROUPS_MAX:
        return NGROUPS_MAX;
    case _SC_LOGIN_NAME_MAX:
        return LOGIN_NAME_MAX;
    case _SC_TTY_NAME_MAX:
        return TTY_NAME_MAX;
    case _SC_RE_DUP_MAX:
        return RE_DUP_MAX;
    case _SC_SYMLOOP_MAX:
        return SYMLOOP_MAX;
    case _SC_ATEXIT_MAX:
        return 32;
    case _SC_SEM_VALUE_MAX:
        return SEM_VALUE_MAX;
    case _SC_THREAD_KEYS_MAX:
        return PTHREAD_KEYS_MAX;
    case _SC_THREAD_STACK_MIN:
        return PTHREAD_STACK_MIN;
    case _SC_THREAD_THREADS_MAX:
        return PTHREAD_THREADS_MAX;
    case _SC_THREAD_DESTRUCTOR_ITERATIONS:
        return PTHREAD_DESTRUCTOR_ITERATIONS;
    case _SC_VERSION:
    case _SC_THREADS:
    case _SC_THREAD_ATTR_STACKADDR:
    case _SC_THREAD_ATTR_STACKSIZE:
    case _SC_THREAD_SAFE_FUNCTIONS:
    case _SC_THREAD_CPUTIME:
    case _SC_BARRIERS:
    case _SC_CLOCK_SELECTION:
    case _SC_CPUTIME:
    case _SC_FSYNC:
    case _SC_MAPPED_FILES:
    case _SC_MEMORY_PROTECTION:
    case _SC_MONOTONIC_CLOCK:
    case _SC_READER_WRITER_LOCKS:
    case _SC_REGEXP:
    case _SC_SEMAPHORES:
    case _SC_SPAWN:
    case _SC_SPIN_LOCKS:
        return 200809L;
    case _SC_JOB_CONTROL:
    case _SC_SAVED_IDS:
    case _SC_ASYNCHRONOUS_IO:
    case _SC_MEMLOCK:
    case _SC_MEMLOCK_RANGE:
    case _SC_MESSAGE_PASSING:
    case _SC_PRIORITIZED_IO:
    case _SC_REALTIME_SIGNALS:
    case _SC_SHARED_MEMORY_OBJECTS:
    case _SC_SYNCHRONIZED_IO:
    case _SC_TIMERS:
    case _SC_THREAD_PRIORITY_SCHEDULING:
    case _SC_THREAD_PRIO_INHERIT:
    case _SC_THREAD_PRIO_PROTECT:
    case _SC_THREAD_PROCESS_SHARED:
    case _SC_SHELL:
        return -1; // known, not supported: errno stays
    default:
        errno = EINVAL;
        return -1;
    }
}

int getpagesize(void)
{
    return COCO_PAGE_SIZE;
}

int getdtablesize(void)
{
    return OPEN_MAX;
}
