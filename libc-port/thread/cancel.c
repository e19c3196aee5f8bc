// SPDX-License-Identifier: MIT
// Cancellation state and cleanup handlers. Cancelling itself is absent: see
// absent/pthread_cancel.c.
#include <errno.h>
#include <pthread.h>

#include "../private/thread.h"

int pthread_setcancelstate(int state, int *old)
{
    struct __pthread *self = __coco_self();
    if (state != PTHREAD_CANCEL_ENABLE && state != PTHREAD_CANCEL_DISABLE) {
        return EINVAL;
    }
    if (old) {
        *old = self->cancel_state;
    }
    self->cancel_state = state;
    return 0;
}

int pthread_setcanceltype(int type, int *old)
{
    struct __pthread *self = __coco_self();
    if (type != PTHREAD_CANCEL_DEFERRED && type != PTHREAD_CANCEL_ASYNCHRONOUS) {
        return EINVAL;
    }
    if (old) {
        *old = self->cancel_type;
    }
    self->cancel_type = type;
    return 0;
}

void pthread_testcancel(void)
{
}

void _pthread_cleanup_push(struct _pthread_cleanup_context *context, void (*routine)(void *),
                           void *argument)
{
    struct __pthread *self = __coco_self();
    context->_routine = routine;
    context->_arg = argument;
    context->_canceltype = self->cancel_type;
    context->_previous = self->cleanup;
    self->cleanup = context;
}

void _pthread_cleanup_pop(struct _pthread_cleanup_context *context, int execute)
{
    __coco_self()->cleanup = context->_previous;
    if (execute) {
        context->_routine(context->_arg);
    }
}
