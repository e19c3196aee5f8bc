// SPDX-License-Identifier: MIT
// What arch keeps per CPU, and functions shared between its files only.
#pragma once

#include "x86.h"
#include <arch/boot.h>
#include <arch/cpu.h>
#include <arch/paging.h>
#include <arch/smp.h>
#include <arch/thread.h>
#include <arch/trap.h>

/// Task state segment: stack pointers only.
struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map_base; /* beyond the limit: no port is allowed to user mode */
} __packed;

/// A TLB flush that other CPUs have to join. Written by its CPU, read by those named in `pending`.
struct tlb_request {
    struct arch_as *as; /* NULL: kernel half */
    uint64_t start;
    uint64_t page_count;
    bool detach;      /* leave `as` for the kernel's address space */
    uint64_t pending; /* CPUs that still have to do it; atomic */
};

/// Whether a CPU has to take part in flushes of user mappings.
enum tlb_sleep {
    TLB_AWAKE,
    TLB_ASLEEP, /* halted, or in an interrupt handler meanwhile: touches no user memory */
    TLB_STALE,  /* the same, and user mappings have changed: flush when it wakes */
};

/// One CPU. Found through the head of the stack.
struct cpu {
    uint32_t id;
    uint32_t apic_id;
    struct arch_as *active; /* loaded address space; NULL: the kernel's own */
    uint64_t gdt[8];
    struct tss tss __aligned(16);
    struct tlb_request tlb;
    uint64_t tlb_from;  /* CPUs whose request waits for this CPU; atomic */
    uint32_t tlb_sleep; /* enum tlb_sleep; atomic */
} __aligned(64);

extern struct cpu cpus[ARCH_CPU_MAX];
extern uint64_t cpus_online; /* bit per CPU; atomic */

static inline struct cpu *cpu_current(void)
{
    struct cpu *const volatile *slot = (struct cpu *const volatile *)(arch_stack_bottom() + 8);
    return *slot;
}

/// Features found on the boot CPU.
struct cpu_features {
    bool fsgsbase;
    bool avx;
    bool umip;
    bool rdrand;
    bool rdseed;
    bool x2apic;
    bool tsc_deadline;
    uint64_t xcr0;
    uint32_t fpu_size;
    uint32_t mxcsr_mask;
    uint32_t physical_bits;
};

extern struct cpu_features cpu_features;

/* features.c */
void features_check(void);  /* boot CPU: fills cpu_features or ends the boot */
void features_enable(void); /* each CPU: control registers, XCR0 */

/* segments.c */
void segments_load(struct cpu *cpu, void *trap_stack_top);
void idt_init(void);
void idt_load(void);

/* stacks */
void stack_head_init(void *stack_top, struct cpu *cpu);

/* paging.c */
void paging_init(void); /* final tables of the kernel image; drops the boot identity map */
paddr_t paging_kernel_root(void);
paddr_t paging_boot_root(void); /* 2 MiB identity map + kernel half, for starting CPUs */
void paging_drop_boot_root(void);

/* tlb.c */
void tlb_serve(void); /* does what other CPUs asked for */
void tlb_detach(struct arch_as *as);

/* apic.c */
void apic_init(void);   /* boot CPU: finds and maps it */
void apic_enable(void); /* each CPU */
uint32_t apic_id(void);
void apic_end_of_interrupt(void);
void apic_send(uint32_t apic_id, uint32_t command);
void apic_timer_setup(bool deadline_mode);
void apic_timer_count(uint32_t count);
uint32_t apic_timer_current(void);
#define APIC_SEND_FIXED 0x04000u
#define APIC_SEND_NMI 0x04400u
#define APIC_SEND_INIT 0x04500u
#define APIC_SEND_STARTUP 0x04600u

/* ioapic.c */
void pic_disable(void);
void io_apic_init(const struct arch_cpu_map *map);

/* time.c */
void time_calibrate_begin(void);
void time_calibrate_end(void);
void time_enable_timer(void); /* each CPU */
void time_delay_us(unsigned us);

/* trap.c, called from entry.S */
void trap_handler(struct arch_registers *registers);
void trap_return_work(struct arch_registers *registers);
extern volatile bool trap_stopping; /* arch_stop_others(): the next NMI halts */

/* entry.S */
extern const char entry_stubs[]; /* 16 bytes each, vectors 0 .. 0x4f and 0xf0 .. 0xff */
extern const char entry_syscall[];
extern const char entry_iret[]; /* the two instructions that return to user mode */
extern const char entry_syscall_iret[];
extern const char entry_thread_user[];
extern const char entry_thread_kernel[];
__noreturn void entry_jump_user(struct arch_registers *frame);
