// SPDX-License-Identifier: MIT
#include "../private/start.h"

_Noreturn void __stack_chk_fail(void);

// The stack cannot be trusted any more: no handlers, no stdio, no flushing.
_Noreturn void __stack_chk_fail(void)
{
    __coco_die("*** stack smashing detected ***: terminated");
}
