// SPDX-License-Identifier: MIT
// Segments, task state and the interrupt descriptor table.
#include "percpu.h"

struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t ist;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
} __packed;

struct descriptor_pointer {
    uint16_t limit;
    uint64_t base;
} __packed;

#define GATE_INTERRUPT 0x8e
#define GATE_DPL3 0x60
#define IST_DOUBLE_FAULT 1
#define IST_NMI 2
#define IST_MACHINE_CHECK 3
#define IST_SHARE 5120ull /* of a stack block, for each of the three */

static struct gate idt[256] __aligned(16);

void segments_load(struct cpu *cpu, void *trap_stack_top)
{
    uint64_t tss = (uint64_t)&cpu->tss;
    uint64_t limit = sizeof(cpu->tss) - 1;
    cpu->gdt[1] = 0x00af9b000000ffff; /* KERNEL_CS */
    cpu->gdt[2] = 0x00cf93000000ffff; /* KERNEL_DS */
    cpu->gdt[3] = 0x00affb000000ffff; /* USER_CS */
    cpu->gdt[4] = 0x00cff3000000ffff; /* USER_DS */
    cpu->gdt[5] = limit | (tss & 0xffffff) << 16 | 0x89ull << 40 | (tss >> 24 & 0xff) << 56;
    cpu->gdt[6] = tss >> 32;

    uint64_t trap_top = (uint64_t)trap_stack_top;
    cpu->tss.ist[IST_MACHINE_CHECK - 1] = trap_top;
    cpu->tss.ist[IST_NMI - 1] = trap_top - IST_SHARE;
    cpu->tss.ist[IST_DOUBLE_FAULT - 1] = trap_top - 2 * IST_SHARE;
    cpu->tss.io_map_base = sizeof(cpu->tss);

    struct descriptor_pointer pointer = {sizeof(cpu->gdt) - 1, (uint64_t)cpu->gdt};
    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "movl %2, %%ss\n\t"
                     "ltr %w3"
                     :
                     : "m"(pointer), "i"(KERNEL_CS), "r"(KERNEL_DS), "r"(TSS_SELECTOR)
                     : "rax", "memory");
}

static void gate_set(unsigned vector, const char *target, uint8_t type, uint8_t ist)
{
    uint64_t offset = (uint64_t)target;
    idt[vector] = (struct gate){
        .offset_low = (uint16_t)offset,
        .selector = KERNEL_CS,
        .ist = ist,
        .type = type,
        .offset_middle = (uint16_t)(offset >> 16),
        .offset_high = (uint32_t)(offset >> 32),
    };
}

void idt_init(void)
{
    for (unsigned i = 0; i < 0x50; i++) {
        gate_set(i, entry_stubs + 16 * (size_t)i, GATE_INTERRUPT, 0);
    }
    for (unsigned i = 0; i < 16; i++) {
        gate_set(0xf0 + i, entry_stubs + 16 * (size_t)(0x50 + i), GATE_INTERRUPT, 0);
    }
    idt[VECTOR_DOUBLE_FAULT].ist = IST_DOUBLE_FAULT;
    idt[VECTOR_NMI].ist = IST_NMI;
    idt[VECTOR_MACHINE_CHECK].ist = IST_MACHINE_CHECK;
    /* int3 is for user mode's debuggers and asserts; every other software interrupt is #GP. */
    idt[3].type |= GATE_DPL3;
    gate_set(VECTOR_SYSCALL, entry_syscall, GATE_INTERRUPT | GATE_DPL3, 0);
}

__noreturn void arch_reset(void)
{
    /* No handler, none for the failure to find it, none for that: the CPU shuts down. */
    struct descriptor_pointer none = {0, 0};
    __asm__ volatile("lidt %0\n\tint3" : : "m"(none) : "memory");
    arch_halt_forever();
}

void idt_load(void)
{
    struct descriptor_pointer pointer = {sizeof(idt) - 1, (uint64_t)idt};
    __asm__ volatile("lidt %0" : : "m"(pointer) : "memory");
}
