// SPDX-License-Identifier: MIT
#include <stdint.h>
#include <unwind.h>

#include "../private/thread.h"
#include "../private/unwind.h"

// Part of the C++ libraries. Whatever holds something to destroy needs the unwinder and links it.
#pragma weak _Unwind_ForcedUnwind
#pragma weak _Unwind_GetCFA

// The C++ ABI's state of a thread, as far as it is laid down there.
struct __cxa_eh_globals {
    void *caught;
    unsigned int uncaught_count;
};
extern struct __cxa_eh_globals *__cxa_get_globals(void);
#pragma weak __cxa_get_globals

// Not on the stack: destructors run in frames above, over those below.
static _Thread_local struct _Unwind_Exception request;
static _Thread_local void (*ends_with)(void);

void __coco_cleanup_run(const void *below)
{
    struct __pthread *self = __coco_self();
    while (self->cleanup && (!below || (const void *)self->cleanup < below)) {
        _pthread_cleanup_pop(self->cleanup, 1);
    }
}

static _Unwind_Reason_Code stop(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
                                struct _Unwind_Exception *exception,
                                struct _Unwind_Context *context, void *unused)
{
    (void)version;
    (void)class;
    (void)exception;
    (void)unused;
    if ((actions & _UA_END_OF_STACK) != 0) {
        ends_with();
    }
    // The stack pointer of the frame that is about to be left: what lies below it belongs to frames
    // that have been left.
    __coco_cleanup_run((const void *)_Unwind_GetCFA(context));
    return _URC_NO_REASON;
}

// A catch (...) has come to its end, or returns: the C++ runtime gives back what it has caught. The
// thread ends all the same, so this goes on from the frame of that clause, and never returns to it.
static void go_on(_Unwind_Reason_Code reason, struct _Unwind_Exception *caught)
{
    (void)reason;
    if (__cxa_get_globals) {
        __cxa_get_globals()->caught = NULL; // the runtime itself would do it after our return
    }
    (void)_Unwind_ForcedUnwind(caught, stop, NULL);
    ends_with();
}

void __coco_unwind_frames(void (*end)(void))
{
    if (_Unwind_ForcedUnwind) {
        ends_with = end;
        request = (struct _Unwind_Exception){.exception_cleanup = go_on};
        (void)_Unwind_ForcedUnwind(&request, stop, NULL);
    }
}
