// SPDX-License-Identifier: MIT
// Start of another CPU: real mode to 64-bit code. smp.c copies this to TRAMPOLINE_BASE and fills in the
// parameters at its end. The page lies below 1 MiB and is reached through the boot identity map.

#include "x86.h"

#define AT(symbol) (TRAMPOLINE_BASE + symbol - trampoline_start)

    .section .rodata, "a"
    .balign 16
    .globl trampoline_start
trampoline_start:
    .code16
    cli
    cld
    xorw %ax, %ax
    movw %ax, %ds
    lgdtl AT(trampoline_gdt_pointer)
    movl %cr0, %eax
    orl $CR0_PE, %eax
    movl %eax, %cr0
    ljmpl $0x18, $AT(.Lprotected)

    .code32
.Lprotected:
    movl $KERNEL_DS, %eax
    movl %eax, %ds
    movl %eax, %ss
    movl $CR4_PAE, %eax
    movl %eax, %cr4
    movl AT(trampoline_root), %eax
    movl %eax, %cr3
    movl $MSR_EFER, %ecx
    movl $(EFER_LME + EFER_NXE), %eax
    xorl %edx, %edx
    wrmsr
    movl $(CR0_PG + CR0_WP + CR0_NE + CR0_MP + CR0_PE), %eax
    movl %eax, %cr0
    ljmpl $KERNEL_CS, $AT(.Llong)

    .code64
.Llong:
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    movq AT(trampoline_stack), %rsp
    movq AT(trampoline_cpu), %rdi
    movq AT(trampoline_entry), %rax
    xorl %ebp, %ebp
    pushq %rbp                  // return address of the entry: none
    jmp *%rax

    .balign 8
trampoline_gdt:
    .quad 0
    .quad 0x00af9b000000ffff
    .quad 0x00cf93000000ffff
    .quad 0x00cf9b000000ffff
trampoline_gdt_end:
trampoline_gdt_pointer:
    .word trampoline_gdt_end - trampoline_gdt - 1
    .long AT(trampoline_gdt)
    .balign 8
    // struct trampoline_parameters
    .globl trampoline_root
trampoline_root:
    .quad 0
trampoline_stack:
    .quad 0
trampoline_cpu:
    .quad 0
trampoline_entry:
    .quad 0
    .globl trampoline_end
trampoline_end:
