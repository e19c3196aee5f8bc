// SPDX-License-Identifier: MIT
// From the loader's 32-bit protected mode (PVH) to 64-bit code at the kernel's own address.
//
// At entry: paging off, flat segments, EBX = physical address of the start info, interrupts off. The
// loader has zeroed .bss. Addresses in 32-bit code are physical: PA().

#include "x86.h"

#define KERNEL_OFFSET 0xffffffff80000000
#define PA(symbol) (symbol - KERNEL_OFFSET)

    .section .note.pvh, "a", @note
    .balign 4
    .long 4                     // length of the name
    .long 8                     // length of the value
    .long 18                    // XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .quad PA(pvh_entry)

    .section .text.boot, "ax"
    .code32
    .globl pvh_entry
pvh_entry:
    cli
    cld
    movl $PA(boot_stack_top), %esp
    movl %ebx, %edi             // CPUID overwrites EBX
    rdtsc
    movl %eax, PA(boot_ticks)
    movl %edx, PA(boot_ticks) + 4

    movl $0x80000000, %eax
    cpuid
    cmpl $0x80000001, %eax
    jb .Lno_long_mode
    movl $0x80000001, %eax
    cpuid
    testl $(1 << 29), %edx      // long mode
    jz .Lno_long_mode
    testl $(1 << 20), %edx      // no-execute
    jz .Lno_long_mode

    // Identity map of the lowest 2 MiB, only for the way up and for the other CPUs' start.
    movl $(PA(boot_pdpt_low) + PTE_PRESENT + PTE_WRITE), PA(boot_pml4)
    movl $(PA(boot_pd_low) + PTE_PRESENT + PTE_WRITE), PA(boot_pdpt_low)
    movl $(PTE_PRESENT + PTE_WRITE + PTE_LARGE), PA(boot_pd_low)
    // The kernel image; paging_init() takes away what each part must not have.
    movl $(PA(pdpt_image) + PTE_PRESENT + PTE_WRITE), PA(boot_pml4) + 511 * 8
    movl $(PA(pd_image) + PTE_PRESENT + PTE_WRITE), PA(pdpt_image) + 510 * 8
    movl $(PA(pt_image) + PTE_PRESENT + PTE_WRITE), PA(pd_image)
    movl $(0x100000 + PTE_PRESENT + PTE_WRITE), %eax
    movl $(PA(pt_image) + 256 * 8), %edx
    movl $256, %ecx
1:  movl %eax, (%edx)
    addl $4096, %eax
    addl $8, %edx
    decl %ecx
    jnz 1b

    movl $CR4_PAE, %eax
    movl %eax, %cr4
    movl $PA(boot_pml4), %eax
    movl %eax, %cr3
    movl $MSR_EFER, %ecx
    movl $(EFER_LME + EFER_NXE), %eax
    xorl %edx, %edx
    wrmsr
    movl $(CR0_PG + CR0_WP + CR0_NE + CR0_MP + CR0_PE), %eax
    movl %eax, %cr0
    lgdt PA(boot_gdt_pointer)
    ljmp $KERNEL_CS, $PA(.Llong_mode)

.Lno_long_mode:
    movl $PA(no_long_mode_text), %esi
2:  movb (%esi), %al
    testb %al, %al
    jz 3f
    movw $0x3f8, %dx
    outb %al, %dx
    incl %esi
    jmp 2b
3:  movw $0xf4, %dx
    movl $0x11, %eax
    outl %eax, %dx
4:  hlt
    jmp 4b

    .code64
.Llong_mode:
    movabsq $.Lkernel_address, %rax
    jmp *%rax
.Lkernel_address:
    movl $KERNEL_DS, %eax
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %fs
    movl %eax, %gs
    movq $boot_stack_top, %rsp
    xorl %ebp, %ebp             // ends backtraces
    movl %edi, %edi             // upper half of the start info's address is 0
    call arch_start
    ud2

    .section .rodata, "a"
    .balign 8
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff    // 64-bit code
    .quad 0x00cf93000000ffff    // data
    .quad 0x00cf9b000000ffff    // 32-bit code, for the other CPUs' start
boot_gdt_end:
    .globl boot_gdt_pointer
boot_gdt_pointer:
    .word boot_gdt_end - boot_gdt - 1
    .long PA(boot_gdt)
no_long_mode_text:
    .asciz "coconut: cannot boot: this CPU has no 64-bit mode with no-execute pages\r\n"

    .section .data, "aw"
    .balign 8
    .globl boot_ticks
boot_ticks:
    .quad 0
