// SPDX-License-Identifier: MIT
// Actions, and the way from the kernel to a handler and back.
#include <errno.h>
#include <signal.h>
#include <string.h>

#include <coconut/syscalls.h>

#include "../private/ret.h"
#include "../private/signals.h"
#include "../private/thread.h"

// Flags and handler values have the kernel's numbers.
_Static_assert(SA_NOCLDSTOP == COCO_SIGNAL_NO_CHILD_STOP && SA_SIGINFO == COCO_SIGNAL_INFO &&
                   SA_ONSTACK == COCO_SIGNAL_ON_STACK && SA_RESTART == COCO_SIGNAL_RESTART &&
                   SA_NODEFER == COCO_SIGNAL_NO_DEFER && SA_RESETHAND == COCO_SIGNAL_RESET &&
                   SA_NOCLDWAIT == COCO_SIGNAL_NO_CHILD_WAIT,
               "flags are passed on as they are");
_Static_assert(NSIG == COCO_SIGNAL_MAX + 1 && SIGRTMIN > COCO_SIGNAL_QUEUED_FIRST,
               "numbers are passed on as they are");
_Static_assert(sizeof(mcontext_t) == sizeof(struct coco_registers), "copied as one");

#define KNOWN_FLAGS                                                                                \
    (SA_NOCLDSTOP | SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER | SA_RESETHAND | SA_NOCLDWAIT)

// Where the kernel lets a thread go on with a signal. The handler may change the context.
static void enter(struct coco_signal_frame *frame)
{
    int signal = (int)frame->info.signal;
    if ((frame->flags & SA_SIGINFO) == 0) {
        ((void (*)(int))(uintptr_t)frame->handler)(signal);
        coco_signal_return(frame);
    }
    siginfo_t info;
    ucontext_t context = {.uc_stack = __coco_self()->signal_stack, .uc_sigmask = frame->mask};
    memcpy(&context.uc_mcontext, &frame->registers, sizeof(context.uc_mcontext));
    __coco_siginfo(&frame->info, (const void *)(uintptr_t)frame->fpu, &info);
    ((void (*)(int, siginfo_t *, void *))(uintptr_t)frame->handler)(signal, &info, &context);
    memcpy(&frame->registers, &context.uc_mcontext, sizeof(context.uc_mcontext));
    frame->mask = context.uc_sigmask;
    coco_signal_return(frame);
}

int sigaction(int signal, const struct sigaction *action, struct sigaction *old)
{
    struct coco_signal_action given;
    struct coco_signal_action found;
    if (!__coco_signal_valid(signal) || signal == SIGCANCEL) {
        errno = EINVAL;
        return -1;
    }
    if (action) {
        given = (struct coco_signal_action){
            .handler = (uintptr_t)action->sa_handler,
            .entry = (uintptr_t)enter,
            .mask = action->sa_mask & ~((sigset_t)1 << SIGCANCEL),
            .flags = (uint32_t)(action->sa_flags & KNOWN_FLAGS), // others mean nothing
        };
    }
    int64_t result = coco_signal_action((uint32_t)signal, action ? &given : NULL, &found);
    if (coco_is_error(result)) {
        return (int)__coco_ret(result);
    }
    if (old) {
        *old = (struct sigaction){.sa_mask = found.mask, .sa_flags = (int)found.flags};
        old->sa_handler = (_sig_func_ptr)(uintptr_t)found.handler;
    }
    return 0;
}

_sig_func_ptr signal(int signal, _sig_func_ptr handler)
{
    struct sigaction action = {.sa_flags = SA_RESTART};
    struct sigaction old;
    action.sa_handler = handler;
    return sigaction(signal, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int siginterrupt(int signal, int interrupt)
{
    struct sigaction action;
    if (sigaction(signal, NULL, &action) < 0) {
        return -1;
    }
    action.sa_flags = interrupt ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
    return sigaction(signal, &action, NULL);
}
