// SPDX-License-Identifier: MIT
// The call with every register under control.
#include <harness/raw.h>

#include <stddef.h>

_Static_assert(offsetof(struct raw_registers, rbx) == 48, "offsets used below");
_Static_assert(offsetof(struct raw_registers, rflags) == 120, "offsets used below");

/* The pointer lives on the stack across the call: no register is left for it. */
__attribute__((naked)) void
raw_call_registers(__attribute__((unused)) struct raw_registers *registers)
{
    __asm__ volatile("pushq %rbx\n pushq %rbp\n pushq %r12\n pushq %r13\n pushq %r14\n pushq %r15\n"
                     "pushq %rdi\n"
                     "pushq 120(%rdi)\n popfq\n"
                     "movq 0(%rdi), %rax\n movq 16(%rdi), %rsi\n movq 24(%rdi), %r8\n"
                     "movq 32(%rdi), %r9\n movq 40(%rdi), %r10\n movq 48(%rdi), %rbx\n"
                     "movq 56(%rdi), %rcx\n movq 64(%rdi), %rdx\n movq 72(%rdi), %rbp\n"
                     "movq 80(%rdi), %r11\n movq 88(%rdi), %r12\n movq 96(%rdi), %r13\n"
                     "movq 104(%rdi), %r14\n movq 112(%rdi), %r15\n movq 8(%rdi), %rdi\n"
                     "int $0x80\n"
                     "pushq %rdi\n"
                     "movq 8(%rsp), %rdi\n"
                     "movq %rax, 0(%rdi)\n movq %rsi, 16(%rdi)\n movq %r8, 24(%rdi)\n"
                     "movq %r9, 32(%rdi)\n movq %r10, 40(%rdi)\n movq %rbx, 48(%rdi)\n"
                     "movq %rcx, 56(%rdi)\n movq %rdx, 64(%rdi)\n movq %rbp, 72(%rdi)\n"
                     "movq %r11, 80(%rdi)\n movq %r12, 88(%rdi)\n movq %r13, 96(%rdi)\n"
                     "movq %r14, 104(%rdi)\n movq %r15, 112(%rdi)\n"
                     "pushfq\n popq 120(%rdi)\n"
                     "popq 8(%rdi)\n"
                     "popq %rdi\n"
                     "popq %r15\n popq %r14\n popq %r13\n popq %r12\n popq %rbp\n popq %rbx\n"
                     "cld\n"
                     "ret\n");
}
