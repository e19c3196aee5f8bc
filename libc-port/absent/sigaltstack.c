// SPDX-License-Identifier: MIT
#include <errno.h>
#include <signal.h>

#include "../private/absent.h"

COCO_ABSENT(sigaltstack, "sigaltstack");

int sigaltstack(const stack_t *stack, stack_t *old)
{
    (void)stack;
    (void)old;
    errno = ENOSYS;
    return -1;
}
