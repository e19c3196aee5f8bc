// SPDX-License-Identifier: MIT
// int64_t __coco_fork_raw(void *tls): result of process_fork in the parent, COCO_FORK_CHILD in the
// child. The kernel gives the child's thread RSP, FS base and nothing else, so what a function must
// preserve lies on the stack, of which the child has a copy: RBX, RBP, R12 to R15, MXCSR and the x87
// control word.
#include <coconut/numbers.h>

    .section .text.__coco_fork_raw, "ax", @progbits
    .globl __coco_fork_raw
    .type __coco_fork_raw, @function
__coco_fork_raw:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $16, %rsp
    stmxcsr 8(%rsp)
    fnstcw (%rsp)
    movq %rdi, %r9                      // FS base
    leaq 1f(%rip), %rdi                 // entry
    movq %rsp, %rsi                     // stack
    xorl %r8d, %r8d                     // argument
    movl $2, %r10d                      // COCO_SPAWN_CHILD
    movabsq $COCO_SYS_PROCESS_FORK, %rax
    int $0x80
    jmp 2f
1:  movq $-65536, %rax                  // COCO_FORK_CHILD: neither a handle nor an error
    ldmxcsr 8(%rsp)
    fldcw (%rsp)
2:  addq $16, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size __coco_fork_raw, . - __coco_fork_raw

    .section .note.GNU-stack, "", @progbits
