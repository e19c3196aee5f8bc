// SPDX-License-Identifier: MIT
#include <errno.h>
#include <pthread.h>

#include "../private/registry.h"
#include "../private/start.h"
#include "../private/thread.h"

// The first thread's stack is the kernel's: where it may grow to stands in the start block.
static void first_stack(pthread_attr_t *attr)
{
    if (__coco_start_block) {
        attr->__stack = (void *)(uintptr_t)__coco_start_block->stack_low;
        attr->__stack_size = __coco_start_block->stack_high - __coco_start_block->stack_low;
    }
}

int pthread_getattr_np(pthread_t id, pthread_attr_t *attr)
{
    const struct __pthread *thread = __coco_thread_hold(id);
    if (!thread) {
        return ESRCH;
    }
    (void)pthread_attr_init(attr); // cannot fail
    if (thread->stack) {
        attr->__stack = thread->stack;
        attr->__stack_size = thread->stack_size;
    } else {
        first_stack(attr);
    }
    attr->__guard_size = thread->guard_size;
    attr->__detach_state =
        thread->state == THREAD_DETACHED ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE;
    __coco_thread_release();
    return 0;
}
