// SPDX-License-Identifier: MIT
// Behaviours that end in a processor exception. Each returns 1 if the exception did not come.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/raw.h>
#include <harness/string.h>

#define FAULT_PAGE 4096u

/* An instruction that must fault. */
#define FAULTING(identifier, instruction)                                                          \
    BEHAVIOUR(identifier)                                                                          \
    {                                                                                              \
        __asm__ volatile(instruction : : : "memory", "cc", "rax", "rcx", "rdx", "r11");            \
        return 1;                                                                                  \
    }

FAULTING(fault_ud2, "ud2")
FAULTING(fault_syscall, "movl $4, %%eax; syscall")
FAULTING(fault_sysenter, "sysenter")
FAULTING(fault_sgdt, "sgdt -64(%%rsp)")
FAULTING(fault_sidt, "sidt -64(%%rsp)")
FAULTING(fault_sldt, "sldt %%eax")
FAULTING(fault_str, "str %%eax")
FAULTING(fault_smsw, "smsw %%eax")
FAULTING(fault_hlt, "hlt")
FAULTING(fault_cli, "cli")
FAULTING(fault_in, "inb $0x80, %%al")
FAULTING(fault_out, "movw $0xf4, %%dx; outl %%eax, %%dx")
FAULTING(fault_rdmsr, "movl $0xc0000080, %%ecx; rdmsr")
FAULTING(fault_wrmsr, "movl $0xc0000080, %%ecx; xorl %%edx, %%edx; movl $1, %%eax; wrmsr")
FAULTING(fault_cr0, "movq %%cr0, %%rax")
FAULTING(fault_cr3, "movq %%cr3, %%rax")
FAULTING(fault_invlpg, "invlpg (%%rsp)")
FAULTING(fault_swapgs, "swapgs")
FAULTING(fault_int3, "int3")
FAULTING(fault_int_0x81, "int $0x81")
FAULTING(fault_int_page_fault, "int $14")
FAULTING(fault_int_double_fault, "int $8")
FAULTING(fault_int_timer, "int $0x20")
FAULTING(fault_noncanonical, "movabsq $0x8000000000000000, %%rax; movb (%%rax), %%al")
FAULTING(fault_noncanonical_jump, "movabsq $0x8000000000000000, %%rax; jmp *%%rax")
FAULTING(fault_noncanonical_stack, "movabsq $0x8000000000000000, %%rsp; pushq %%rax")
FAULTING(fault_kernel_read, "movq $0xffffffff80000000, %%rax; movb (%%rax), %%al")
FAULTING(fault_kernel_jump, "movq $0xffffffff80000000, %%rax; jmp *%%rax")
FAULTING(fault_self_map_read, "movabsq $0xffffff7fbfdfe000, %%rax; movb (%%rax), %%al")
FAULTING(fault_null, "xorl %%eax, %%eax; movb (%%rax), %%al")
FAULTING(fault_divide, "xorl %%edx, %%edx; movl $1, %%eax; xorl %%ecx, %%ecx; divl %%ecx")
FAULTING(fault_single_step, "pushfq; orq $0x100, (%%rsp); popfq; nop; nop")
FAULTING(fault_stack_segment, "movabsq $0x8000000000000000, %%rbp; movq (%%rbp), %%rax")
FAULTING(fault_load_cs, "pushq $0x08; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:")
FAULTING(fault_load_ss, "movl $0x13, %%eax; movw %%ax, %%ss")

/* Reads the second page of a mapped file that has one. */
BEHAVIOUR(beyond_file)
{
    int64_t file = coco_file_open("/raw/child-file",
                                  COCO_FILE_READ | COCO_FILE_WRITE | COCO_FILE_CREATE, 0600);
    int64_t address;

    if (file < 0 || coco_unlink("/raw/child-file") != 0 ||
        coco_file_pwrite((coco_handle_t)file, "x", 1, 0) != 1) {
        return 2;
    }
    address = coco_mmap((coco_handle_t)file, NULL, 0, 2ull * FAULT_PAGE, COCO_MMAP_READ);
    if (address < 0 || *(const volatile uint8_t *)address != 'x') {
        return 3;
    }
    return *(const volatile uint8_t *)(address + FAULT_PAGE) == 0;
}

BEHAVIOUR(fault_write_code)
{
    *(volatile uint8_t *)(uintptr_t)behave_fault_write_code = 0x90;
    return 1;
}

static const volatile uint32_t constant = 7;

BEHAVIOUR(fault_write_constant)
{
    *(volatile uint32_t *)(uintptr_t)&constant = 8;
    return 1;
}

BEHAVIOUR(fault_execute_data)
{
    static uint8_t code[] = {0xc3};
    ((void (*)(void))(uintptr_t)code)();
    return 1;
}

BEHAVIOUR(fault_execute_stack)
{
    volatile uint8_t code[] = {0xc3};
    ((void (*)(void))(uintptr_t)code)();
    return 1;
}

/* Runs down the stack until it ends. */
BEHAVIOUR(fault_stack_overflow)
{
    __asm__ volatile("1: pushq %%rax; jmp 1b" : : : "memory");
    return 1;
}

/* Reads a page after it was unmapped. */
BEHAVIOUR(fault_unmapped)
{
    int64_t page = RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, FAULT_PAGE,
                       COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS);
    *(volatile uint8_t *)page = 1;
    (void)RAW(COCO_SYS_MUNMAP, page, FAULT_PAGE);
    return *(volatile uint8_t *)page == 0 ? 1 : 2;
}

BEHAVIOUR(fault_sse)
{
    uint32_t unmasked = 0x1f80 & ~0x0200u; /* divide by zero */
    __asm__ volatile(
        "ldmxcsr %0; xorps %%xmm0, %%xmm0; movl $0x3f800000, %%eax; movd %%eax, %%xmm1;"
        "divss %%xmm0, %%xmm1"
        :
        : "m"(unmasked)
        : "eax", "xmm0", "xmm1");
    return 1;
}

BEHAVIOUR(fault_x87)
{
    uint16_t unmasked = 0x037f & ~0x0004; /* divide by zero */
    __asm__ volatile("fldcw %0; fld1; fldz; fdivrp; fwait" : : "m"(unmasked));
    return 1;
}

/* Stores to the second page of a mapping of memory that has one. */
BEHAVIOUR(touch_behind_memory)
{
    int64_t memory = coco_memory_create(COCO_PAGE_SIZE);
    int64_t address = coco_mmap((coco_handle_t)memory, NULL, 0, 2 * COCO_PAGE_SIZE,
                                COCO_MMAP_READ | COCO_MMAP_WRITE);
    ((volatile uint8_t *)address)[COCO_PAGE_SIZE] = 1;
    return 1;
}
