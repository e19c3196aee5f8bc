// SPDX-License-Identifier: MIT
// Cancelling a thread: a mark, and SIGCANCEL to make it look. See private/cancel.h.
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/registry.h"
#include "../private/ret.h"
#include "../private/thread.h"

#define CANCEL_BIT ((uint64_t)1 << SIGCANCEL)

/// In cp.S: goes on as __coco_cancel_async_act() on a stack that no code has left in order.
_Noreturn void __coco_cancel_async(void);

_Noreturn void __coco_cancel_async_act(void);

static int is_due(const struct __pthread *self)
{
    return __atomic_load_n(&self->canceled, __ATOMIC_RELAXED) != 0 &&
           self->cancel_state == PTHREAD_CANCEL_ENABLE;
}

void __coco_cancel_act(void)
{
    if (is_due(__coco_self())) {
        pthread_exit(PTHREAD_CANCELED);
    }
}

// Cleanup handlers run; the frames, in which an instruction was interrupted rather than a call, are
// left as they are.
_Noreturn void __coco_cancel_async_act(void)
{
    struct __pthread *self = __coco_self();
    self->result = PTHREAD_CANCELED;
    self->cancel_state = PTHREAD_CANCEL_DISABLE;
    __coco_thread_end();
}

// Where the kernel lets a thread go on with SIGCANCEL. The signal stays blocked afterwards: the
// mark alone says from now on that the thread is cancelled.
static void deliver(struct coco_signal_frame *frame)
{
    struct __pthread *self = __coco_self();
    uintptr_t at = frame->registers.rip;
    if (is_due(self)) {
        frame->mask |= CANCEL_BIT;
        if (self->cancel_type == PTHREAD_CANCEL_ASYNCHRONOUS) {
            frame->registers.rip = (uintptr_t)__coco_cancel_async;
        } else if (at >= (uintptr_t)__coco_cp_begin && at < (uintptr_t)__coco_cp_end) {
            frame->registers.rip = (uintptr_t)__coco_cp_canceled;
        } else {
            // Perhaps this has interrupted a handler that has interrupted a call: the signal waits
            // until that handler returns, whose caller does not block it.
            (void)coco_signal_send_thread(0, SIGCANCEL, 0, 0); // to ourselves: always there
        }
    }
    (void)coco_signal_return(frame); // does not return
}

static int install(void)
{
    static uint32_t installed;
    if (__atomic_load_n(&installed, __ATOMIC_ACQUIRE) == 0) {
        const struct coco_signal_action action = {
            .handler = (uintptr_t)deliver,
            .entry = (uintptr_t)deliver,
            .flags = COCO_SIGNAL_RESTART,
        };
        int64_t result = coco_signal_action(SIGCANCEL, &action, NULL);
        if (coco_is_error(result)) {
            return __coco_errno(result);
        }
        __atomic_store_n(&installed, 1, __ATOMIC_RELEASE);
    }
    return 0;
}

int pthread_cancel(pthread_t thread)
{
    int error = install();
    if (error) {
        return error;
    }
    struct __pthread *held = __coco_thread_hold(thread);
    if (!held) {
        return ESRCH;
    }
    bool first = __atomic_exchange_n(&held->canceled, 1, __ATOMIC_SEQ_CST) == 0;
    uint64_t id = __atomic_load_n(&held->id, __ATOMIC_SEQ_CST);
    __coco_thread_release(); // acts if it is this thread, which is cancelled asynchronously
    if (!first || thread == __coco_self_id()) {
        return 0;
    }
    // A thread without a number has not begun, and will see the mark.
    int64_t result = id == 0 ? 0 : coco_signal_send_thread(id, SIGCANCEL, 0, 0);
    return result == COCO_ENOTFOUND ? 0 // it has ended, and waits to be joined
           : coco_is_error(result)  ? __coco_errno(result)
                                    : 0;
}
