// SPDX-License-Identifier: MIT
// void __coco_thread_leave(void *mapping, size_t len): munmap(mapping, len), then thread_exit(0, NULL),
// on registers alone, since the mapping holds the stack. Numbers: COCO_SYS_MUNMAP, COCO_SYS_THREAD_EXIT.
#include <coconut/numbers.h>

    .section .text.__coco_thread_leave, "ax", @progbits
    .globl __coco_thread_leave
    .type __coco_thread_leave, @function
__coco_thread_leave:
    movq $COCO_SYS_MUNMAP, %rax         // RDI and RSI hold its arguments
    int $0x80
    xorl %edi, %edi                     // exit code
    xorl %esi, %esi                     // no word to clear
    movabsq $COCO_SYS_THREAD_EXIT, %rax
    int $0x80
    ud2                                 // it does not return
    .size __coco_thread_leave, . - __coco_thread_leave

    .section .note.GNU-stack, "", @progbits
