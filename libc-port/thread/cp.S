// SPDX-License-Identifier: MIT
// int64_t __coco_cp_call(number, a0, a1, a2, a3, a4): a system call that the handler of SIGCANCEL can keep from
// happening. While the instruction pointer is from __coco_cp_begin up to, but not at, __coco_cp_end, the
// call has had no effect: a call that a signal interrupts and that starts again has its pointer put back.
#include <coconut/errors.h>

#define CANCELED 0x38 /* struct __pthread, canceled */

    .section .text.__coco_cp_call, "ax", @progbits
    .globl __coco_cp_call
    .type __coco_cp_call, @function
    .balign 16
__coco_cp_call:
    .cfi_startproc
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %r9, %r10
    movq %r8, %r9
    movq %rcx, %r8
    .globl __coco_cp_begin
    .hidden __coco_cp_begin
__coco_cp_begin:
    cmpl $0, %fs:CANCELED
    jne __coco_cp_canceled
    int $0x80
    .globl __coco_cp_end
    .hidden __coco_cp_end
__coco_cp_end:
    ret
    .globl __coco_cp_canceled
    .hidden __coco_cp_canceled
__coco_cp_canceled:
    movq $COCO_ECANCELED, %rax
    ret
    .cfi_endproc
    .size __coco_cp_call, . - __coco_cp_call

// Where an asynchronous cancellation makes a thread go on: at an arbitrary instruction's stack, below
// its red zone.
    .section .text.__coco_cancel_async, "ax", @progbits
    .globl __coco_cancel_async
    .type __coco_cancel_async, @function
__coco_cancel_async:
    subq $128, %rsp
    andq $-16, %rsp
    xorl %ebp, %ebp
    call __coco_cancel_async_act
    ud2
    .size __coco_cancel_async, . - __coco_cancel_async

    .section .note.GNU-stack, "", @progbits
