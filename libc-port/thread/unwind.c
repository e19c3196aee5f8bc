// SPDX-License-Identifier: MIT
#include <stdint.h>
#include <unwind.h>

#include "../private/thread.h"
#include "../private/unwind.h"

// Part of the C++ libraries. Whatever holds something to destroy needs the unwinder and links it.
#pragma weak _Unwind_ForcedUnwind
#pragma weak _Unwind_GetCFA

// Not on the stack: destructors run in frames above, over those below.
static _Thread_local struct _Unwind_Exception request;

void __coco_cleanup_run(const void *below)
{
    struct __pthread *self = __coco_self();
    while (self->cleanup && (!below || (const void *)self->cleanup < below)) {
        _pthread_cleanup_pop(self->cleanup, 1);
    }
}

static _Unwind_Reason_Code stop(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
                                struct _Unwind_Exception *exception,
                                struct _Unwind_Context *context, void *end)
{
    (void)version;
    (void)class;
    (void)exception;
    if ((actions & _UA_END_OF_STACK) != 0) {
        ((void (*)(void))(uintptr_t)end)();
    }
    // The stack pointer of the frame that is about to be left: what lies below it belongs to frames
    // that have been left.
    __coco_cleanup_run((const void *)_Unwind_GetCFA(context));
    return _URC_NO_REASON;
}

void __coco_unwind_frames(void (*end)(void))
{
    if (_Unwind_ForcedUnwind) {
        request = (struct _Unwind_Exception){0};
        (void)_Unwind_ForcedUnwind(&request, stop, (void *)(uintptr_t)end);
    }
}
