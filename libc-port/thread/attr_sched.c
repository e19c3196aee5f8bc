// SPDX-License-Identifier: MIT
// Scheduling of threads as POSIX describes it. All threads compete with all others of the machine.
#include <errno.h>
#include <pthread.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/registry.h"
#include "../private/ret.h"
#include "../private/schedule.h"

int pthread_attr_setscope(pthread_attr_t *attr, int scope)
{
    if (scope != PTHREAD_SCOPE_SYSTEM) {
        return scope == PTHREAD_SCOPE_PROCESS ? ENOTSUP : EINVAL;
    }
    attr->__scope = scope;
    return 0;
}

int pthread_attr_getscope(const pthread_attr_t *attr, int *scope)
{
    *scope = attr->__scope;
    return 0;
}

int pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit)
{
    if (inherit != PTHREAD_INHERIT_SCHED && inherit != PTHREAD_EXPLICIT_SCHED) {
        return EINVAL;
    }
    attr->__inherit_sched = inherit;
    return 0;
}

int pthread_attr_getinheritsched(const pthread_attr_t *attr, int *inherit)
{
    *inherit = attr->__inherit_sched;
    return 0;
}

int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy)
{
    if (policy != SCHED_OTHER && policy != SCHED_FIFO && policy != SCHED_RR) {
        return EINVAL;
    }
    attr->__policy = policy;
    return 0;
}

int pthread_attr_getschedpolicy(const pthread_attr_t *attr, int *policy)
{
    *policy = attr->__policy;
    return 0;
}

int pthread_attr_setschedparam(pthread_attr_t *attr, const struct sched_param *param)
{
    // Whether the policy has it is seen when a thread is made: it may be set later.
    if (param->sched_priority < 0 || param->sched_priority > (int)COCO_SCHEDULE_PRIORITY_MAX) {
        return EINVAL;
    }
    attr->__param = *param;
    return 0;
}

int pthread_attr_getschedparam(const pthread_attr_t *attr, struct sched_param *param)
{
    *param = attr->__param;
    return 0;
}

// Change the schedule of a thread. Returns 0 or an error number.
static int set(pthread_t thread, uint32_t what, const struct coco_schedule *schedule)
{
    uint64_t id = __coco_thread_kernel_id(thread);
    if (id == 0) {
        return ESRCH;
    }
    int64_t result = coco_schedule_set(0, id, COCO_SCHEDULE_SET_POLICY | what, schedule);
    return coco_is_error(result) ? __coco_errno(result) : 0;
}

static int get(pthread_t thread, struct coco_schedule *schedule)
{
    uint64_t id = __coco_thread_kernel_id(thread);
    int64_t result = id == 0 ? COCO_ESRCH : coco_schedule_get(0, id, schedule);
    return coco_is_error(result) ? __coco_errno(result) : 0;
}

int __coco_schedule_self(const struct coco_schedule *schedule)
{
    int64_t result = coco_schedule_set(0, 0, COCO_SCHEDULE_SET_POLICY, schedule);
    return coco_is_error(result) ? __coco_errno(result) : 0;
}

int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *param)
{
    struct coco_schedule schedule;
    int error = __coco_schedule(policy, param->sched_priority, &schedule);
    return error ? error : set(thread, 0, &schedule);
}

int pthread_getschedparam(pthread_t thread, int *policy, struct sched_param *param)
{
    struct coco_schedule schedule;
    int error = get(thread, &schedule);
    if (!error) {
        *policy = __coco_schedule_policy(&schedule);
        *param = (struct sched_param){.sched_priority = (int)schedule.priority};
    }
    return error;
}

int pthread_setschedprio(pthread_t thread, int priority)
{
    struct coco_schedule schedule;
    int error = get(thread, &schedule);
    if (!error) {
        error = __coco_schedule(__coco_schedule_policy(&schedule), priority, &schedule);
    }
    return error ? error : set(thread, COCO_SCHEDULE_LOWER_FIRST, &schedule);
}
