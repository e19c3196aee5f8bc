// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include <coconut/types.h>

#include "../private/thread.h"

int pthread_attr_init(pthread_attr_t *attr)
{
    *attr = (pthread_attr_t){.__stack_size = COCO_THREAD_STACK_SIZE,
                             .__guard_size = COCO_PAGE_SIZE,
                             .__detach_state = PTHREAD_CREATE_JOINABLE,
                             .__scope = PTHREAD_SCOPE_SYSTEM,
                             .__inherit_sched = PTHREAD_INHERIT_SCHED,
                             .__initialized = 1};
    return 0;
}

int pthread_attr_destroy(pthread_attr_t *attr)
{
    attr->__initialized = 0;
    return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t *attr, int state)
{
    if (state != PTHREAD_CREATE_DETACHED && state != PTHREAD_CREATE_JOINABLE) {
        return EINVAL;
    }
    attr->__detach_state = state;
    return 0;
}

int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state)
{
    *state = attr->__detach_state;
    return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attr, size_t size)
{
    if (size < PTHREAD_STACK_MIN) {
        return EINVAL;
    }
    attr->__stack_size = size;
    return 0;
}

int pthread_attr_getstacksize(const pthread_attr_t *attr, size_t *size)
{
    *size = attr->__stack_size;
    return 0;
}

int pthread_attr_setguardsize(pthread_attr_t *attr, size_t size)
{
    if (size > SIZE_MAX / 4) {
        return EINVAL;
    }
    attr->__guard_size = size;
    return 0;
}

int pthread_attr_getguardsize(const pthread_attr_t *attr, size_t *size)
{
    *size = attr->__guard_size;
    return 0;
}

int pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t size)
{
    if (!stack || size < PTHREAD_STACK_MIN || ((uintptr_t)stack & 15) != 0) {
        return EINVAL;
    }
    attr->__stack = stack;
    attr->__stack_size = size;
    return 0;
}

int pthread_attr_getstack(const pthread_attr_t *attr, void **stack, size_t *size)
{
    *stack = attr->__stack;
    *size = attr->__stack_size;
    return 0;
}

// Obsolete forms of the two above.
int pthread_attr_setstackaddr(pthread_attr_t *attr, void *stack)
{
    attr->__stack = stack;
    return 0;
}

int pthread_attr_getstackaddr(const pthread_attr_t *attr, void **stack)
{
    *stack = attr->__stack;
    return 0;
}
