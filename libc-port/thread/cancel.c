// SPDX-License-Identifier: MIT
// Cancellation state and cleanup handlers. Cancelling itself is in pthread_cancel.c.
#include <errno.h>
#include <pthread.h>

#include "../private/cancel.h"

// A thread that allows to be cancelled at any place need not come to a cancellation point.
static void act_if_asynchronous(const struct __pthread *self)
{
    if (self->cancel_type == PTHREAD_CANCEL_ASYNCHRONOUS) {
        __coco_cancel_point();
    }
}

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
    act_if_asynchronous(self);
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
    act_if_asynchronous(self);
    return 0;
}

void pthread_testcancel(void)
{
    __coco_cancel_point();
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

// The same for a part in which the thread is cancelled at cancellation points only.
void _pthread_cleanup_push_defer(struct _pthread_cleanup_context *context, void (*routine)(void *),
                                 void *argument)
{
    _pthread_cleanup_push(context, routine, argument);
    __coco_self()->cancel_type = PTHREAD_CANCEL_DEFERRED;
}

void _pthread_cleanup_pop_restore(struct _pthread_cleanup_context *context, int execute)
{
    int type = context->_canceltype;
    _pthread_cleanup_pop(context, execute);
    (void)pthread_setcanceltype(type, NULL); // it was in force before
}
