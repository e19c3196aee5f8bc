// SPDX-License-Identifier: MIT
#include <errno.h>
#include <signal.h>

#include <coconut/syscalls.h>

#include "../private/ret.h"
#include "../private/thread.h"

static int runs_on(const stack_t *stack)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    return (stack->ss_flags & SS_DISABLE) == 0 && here - (uintptr_t)stack->ss_sp < stack->ss_size;
}

int sigaltstack(const stack_t *stack, stack_t *old)
{
    struct __pthread *self = __coco_self();
    stack_t now = self->signal_stack;
    if (!now.ss_sp) {
        now.ss_flags = SS_DISABLE;
    }
    int inside = runs_on(&now);
    if (stack) {
        int error = inside                                                            ? EPERM
                    : (stack->ss_flags & ~SS_DISABLE) != 0                            ? EINVAL
                    : !(stack->ss_flags & SS_DISABLE) && stack->ss_size < MINSIGSTKSZ ? ENOMEM
                                                                                      : 0;
        if (error) {
            errno = error;
            return -1;
        }
        stack_t given = stack->ss_flags & SS_DISABLE ? (stack_t){.ss_flags = SS_DISABLE} : *stack;
        int64_t result = coco_signal_stack(given.ss_sp, given.ss_size);
        if (coco_is_error(result)) {
            return (int)__coco_ret(result);
        }
        self->signal_stack = given;
    }
    if (old) {
        *old = now;
        old->ss_flags |= inside ? SS_ONSTACK : 0;
    }
    return 0;
}
