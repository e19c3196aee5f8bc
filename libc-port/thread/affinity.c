// SPDX-License-Identifier: MIT
// The processors that threads may run on. The kernel has one word for them; a cpu_set_t begins with
// the same bits.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/registry.h"
#include "../private/ret.h"
#include "../private/schedule.h"

// What a set of `size` bytes says of the processors that can be.
static uint64_t processors_of(size_t size, const cpu_set_t *set)
{
    uint64_t processors = 0;
    memcpy(&processors, set, size < sizeof(processors) ? size : sizeof(processors));
    return processors;
}

// Returns 0, or EINVAL: there may be processors that the set has no room for.
static int tell(uint64_t processors, size_t size, cpu_set_t *set)
{
    if (size < sizeof(processors)) {
        return EINVAL;
    }
    memset(set, 0, size);
    memcpy(set, &processors, sizeof(processors));
    return 0;
}

cpu_set_t *__sched_cpualloc(size_t count)
{
    return malloc(CPU_ALLOC_SIZE(count));
}

void __sched_cpufree(cpu_set_t *set)
{
    free(set);
}

int __sched_cpucount(size_t size, const cpu_set_t *set)
{
    int count = 0;
    for (size_t i = 0; i < size / sizeof(set->__bits[0]); i++) {
        count += __builtin_popcountl(set->__bits[i]);
    }
    return count;
}

int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set)
{
    uint64_t processors = processors_of(size, set);
    if (pid <= 0) {
        int64_t result = pid < 0 ? COCO_ESRCH : coco_thread_affinity_set(0, 0, processors);
        return (int)__coco_ret(result);
    }
    int64_t result = coco_thread_affinity_set((uint64_t)pid, COCO_SCHEDULE_ALL, processors);
    if (result == COCO_ESRCH) {
        result = coco_thread_affinity_set(0, (uint64_t)pid, processors);
    }
    return (int)__coco_ret(result);
}

int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
    int64_t found = COCO_ESRCH;
    if (pid == 0) {
        found = coco_thread_affinity_get(0, 0);
    } else if (pid > 0) {
        found = coco_thread_affinity_get((uint64_t)pid, COCO_SCHEDULE_ALL);
        if (found == COCO_ESRCH) {
            found = coco_thread_affinity_get(0, (uint64_t)pid);
        }
    }
    if (__coco_ret(found) < 0) {
        return -1;
    }
    int error = tell((uint64_t)found, size, set);
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}

int sched_getcpu(void)
{
    return (int)coco_thread_processor(); // always succeeds
}

int __coco_affinity_self(uint64_t processors)
{
    int64_t result = coco_thread_affinity_set(0, 0, processors);
    return coco_is_error(result) ? __coco_errno(result) : 0;
}

int pthread_setaffinity_np(pthread_t id, size_t size, const cpu_set_t *set)
{
    uint64_t thread = __coco_thread_kernel_id(id);
    int64_t result =
        thread == 0 ? COCO_ESRCH : coco_thread_affinity_set(0, thread, processors_of(size, set));
    return coco_is_error(result) ? __coco_errno(result) : 0;
}

int pthread_getaffinity_np(pthread_t id, size_t size, cpu_set_t *set)
{
    uint64_t thread = __coco_thread_kernel_id(id);
    int64_t result = thread == 0 ? COCO_ESRCH : coco_thread_affinity_get(0, thread);
    return coco_is_error(result) ? __coco_errno(result) : tell((uint64_t)result, size, set);
}

int pthread_attr_setaffinity_np(pthread_attr_t *attr, size_t size, const cpu_set_t *set)
{
    uint64_t processors = set ? processors_of(size, set) : 0;
    if (processors == 0 && set && size != 0) {
        return EINVAL;
    }
    attr->__processors = processors;
    return 0;
}

int pthread_attr_getaffinity_np(const pthread_attr_t *attr, size_t size, cpu_set_t *set)
{
    if (attr->__processors == 0) {
        memset(set, 0xff, size);
        return 0;
    }
    return tell(attr->__processors, size, set);
}
