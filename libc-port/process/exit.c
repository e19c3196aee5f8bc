// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <coconut/syscalls.h>

void _exit(int status)
{
    uint32_t code = (uint32_t)status & 0xff;
    (void)coco_syscall1(COCO_SYS_PROCESS_EXIT, code);
    coco_exit(code); // upstream's kernel has only this one
}
