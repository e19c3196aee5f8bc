// SPDX-License-Identifier: MIT
// Scheduling of threads as POSIX describes it. All threads compete with all others of the machine,
// by turns: SCHED_OTHER, whose only priority is 0. Other policies are refused.
#include <errno.h>
#include <pthread.h>

#include "../private/thread.h"

static int policy_error(int policy)
{
    if (policy == SCHED_OTHER) {
        return 0;
    }
    return policy == SCHED_FIFO || policy == SCHED_RR ? ENOTSUP : EINVAL;
}

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
    int error = policy_error(policy);
    if (!error) {
        attr->__policy = policy;
    }
    return error;
}

int pthread_attr_getschedpolicy(const pthread_attr_t *attr, int *policy)
{
    *policy = attr->__policy;
    return 0;
}

int pthread_attr_setschedparam(pthread_attr_t *attr, const struct sched_param *param)
{
    if (param->sched_priority != 0) {
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

int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *param)
{
    (void)thread;
    int error = policy_error(policy);
    return error ? error : param->sched_priority != 0 ? EINVAL : 0;
}

int pthread_getschedparam(pthread_t thread, int *policy, struct sched_param *param)
{
    (void)thread;
    *policy = SCHED_OTHER;
    *param = (struct sched_param){0};
    return 0;
}

int pthread_setschedprio(pthread_t thread, int priority)
{
    (void)thread;
    return priority != 0 ? EINVAL : 0;
}
