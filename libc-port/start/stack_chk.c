// SPDX-License-Identifier: MIT
#include <stdint.h>

#include "../private/start.h"

_Noreturn void __stack_chk_fail(void);

// The canary of functions that the SDK's compiler protects. The start code sets it; it lies in
// RELRO, so that nothing can change it afterwards.
__attribute__((section(".data.rel.ro"))) uintptr_t __stack_chk_guard = 0x2b992ddfa2324900;

// The stack cannot be trusted any more: no handlers, no stdio, no flushing.
_Noreturn void __stack_chk_fail(void)
{
    __coco_die("*** stack smashing detected ***: terminated");
}
