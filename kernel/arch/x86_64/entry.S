// SPDX-License-Identifier: MIT
// Every way into the kernel and out of it: exceptions, interrupts, system calls, context switch.
//
// All gates are interrupt gates (interrupts off at entry) and use the thread's kernel stack, except the
// three with a stack of their own. The processor leaves DF and AC as user mode had them: CLD for the
// compiler's string instructions, CLAC so that SMAP holds.

#include "x86.h"

#define STACK_MASK (-16384)
#define HEAD_RETURN_WORK 16

    .section .text.entry, "ax"

// Stubs, 16 bytes each: vectors 0 .. 0x4f, then 0xf0 .. 0xff.
    .macro stub vector
    .balign 16
    // Exceptions for which the processor pushes an error code: 8, 10-14, 17, 21, 29, 30.
    .if !((\vector == 8) || (\vector >= 10 && \vector <= 14) || (\vector == 17) || (\vector == 21) || (\vector == 29) || (\vector == 30))
    pushq $0
    .endif
    pushq $\vector
    jmp entry_common
    .endm

    .globl entry_stubs
    .balign 16
entry_stubs:
    .set number, 0
    .rept 0x50
    stub number
    .set number, number + 1
    .endr
    .set number, 0xf0
    .rept 16
    stub number
    .set number, number + 1
    .endr

// struct arch_registers below RAX.
    .macro push_rbx_to_r15
    pushq %rbx
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %rbp
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    .endm

    .balign 16
entry_common:
    // struct arch_registers
    pushq %rax
    push_rbx_to_r15
    cld
    clac
    movq %rsp, %rdi
    call trap_handler
    testb $3, 144(%rsp)         // CS of the interrupted code
    jnz entry_return_user
    jmp .Lrestore

// RSP = struct arch_registers of a return to user mode.
    .globl entry_return_user
    .balign 16
entry_return_user:
    cli
    movq %rsp, %rax
    andq $STACK_MASK, %rax
    cmpl $0, HEAD_RETURN_WORK(%rax)
    jne .Lreturn_work
.Lrestore:
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rbp
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rbx
    popq %rax
    addq $16, %rsp              // vector, error code
    .globl entry_iret
entry_iret:
    iretq

.Lreturn_work:
    movq %rsp, %rdi
    call trap_return_work
    jmp entry_return_user

// int 0x80. The C side preserves RBX, RBP, R12-R15; everything else that it may change is saved here,
// so that only RAX differs for the caller. The lower part is struct syscall_frame.
    .globl entry_syscall
    .balign 16
entry_syscall:
    testb $3, 8(%rsp)
    jz .Lsyscall_from_kernel
    pushq %rax                  // keeps the stack aligned
    pushq %r11
    pushq %rdx
    pushq %rcx
    pushq %rax                  // result
    pushq %r10
    pushq %r9
    pushq %r8
    pushq %rsi
    pushq %rdi
    pushq %rax                  // number
    cld
    clac
    movq %rsp, %rdi
    call syscall_entry
.Lsyscall_return:
    cli
    movq %rsp, %rax
    andq $STACK_MASK, %rax
    cmpl $0, HEAD_RETURN_WORK(%rax)
    jne .Lsyscall_work
    popq %rax                   // number
    popq %rdi
    popq %rsi
    popq %r8
    popq %r9
    popq %r10
    popq %rax                   // result
    popq %rcx
    popq %rdx
    popq %r11
    addq $8, %rsp
    .globl entry_syscall_iret
entry_syscall_iret:
    iretq

// Returning from a system call takes the long way: as struct arch_registers, with all registers that user
// mode will see. The number of the call stands where exceptions have their error code.
.Lsyscall_work:
    popq %rax                   // number
    popq %rdi
    popq %rsi
    popq %r8
    popq %r9
    popq %r10
    popq %rcx                   // result, to where RCX goes below
    xchgq %rcx, (%rsp)          // RCX, and the result in its place
    movq 8(%rsp), %rdx
    movq 16(%rsp), %r11
    movq %rax, 24(%rsp)         // number as error code
    movq $VECTOR_SYSCALL, 16(%rsp)
    popq %rax                   // result
    movq %rax, (%rsp)
    push_rbx_to_r15
    jmp entry_return_user

.Lsyscall_from_kernel:
    pushq $0
    pushq $VECTOR_SYSCALL
    jmp entry_common            // trap_handler() panics

// First run of a thread: see arch_thread_init_kernel() and arch_thread_init_user().
    .globl entry_thread_kernel
    .balign 16
entry_thread_kernel:
    popq %rbx                   // function
    popq %r12                   // argument
    call thread_switch_finish
    sti
    movq %r12, %rdi
    xorl %ebp, %ebp
    call *%rbx
    ud2

    .globl entry_thread_user
    .balign 16
entry_thread_user:
    call thread_switch_finish
    jmp entry_return_user

// void entry_jump_user(struct arch_registers *frame)
    .globl entry_jump_user
    .balign 16
entry_jump_user:
    movq %rdi, %rsp
    jmp entry_return_user
