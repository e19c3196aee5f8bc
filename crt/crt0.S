// SPDX-License-Identifier: MIT
// Entry of every program. RDI holds the address of the start block, or 0 on a kernel without one. RSP
// is 8 below a multiple of 16 and points to a zero word, as at the entry of a called function.
    .section .text._start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    xorl %ebp, %ebp                 // end of the chain of frames
    andq $-16, %rsp
    call __coco_start
    ud2                             // it does not return
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
