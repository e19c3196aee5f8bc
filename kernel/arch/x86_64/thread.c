// SPDX-License-Identifier: MIT
// Register state of threads: first run, switch, thread-local storage base.
#include "fpu.h"
#include "percpu.h"
#include <base/check.h>
#include <base/string.h>

static struct arch_stack_head *head_of(const struct arch_thread *thread)
{
    return (struct arch_stack_head *)(uintptr_t)(thread->stack_top - ARCH_STACK_SIZE);
}

static uint64_t read_fs_base(void)
{
    uint64_t value;
    __asm__ volatile("rdfsbase %0" : "=r"(value));
    return value;
}

static uint64_t read_gs_base(void)
{
    uint64_t value;
    __asm__ volatile("rdgsbase %0" : "=r"(value));
    return value;
}

static void write_bases(uint64_t fs_base, uint64_t gs_base)
{
    if (cpu_features.fsgsbase) {
        __asm__ volatile("wrfsbase %0\n\twrgsbase %1" : : "r"(fs_base), "r"(gs_base));
    } else {
        x86_write_msr(MSR_FS_BASE, fs_base);
        x86_write_msr(MSR_GS_BASE, gs_base);
    }
}

/// What is on the stack of a thread that runs for the first time: where it goes on, and what
/// entry_thread_kernel pops.
struct first_frame {
    uint64_t address;
    uint64_t function;
    uint64_t argument;
};

/// Leaves this stack for that at `load_rsp`, and comes back when somebody switches to `*save_rsp`.
/// Only RBP is saved: the compiler keeps nothing in the other registers meanwhile.
static __always_inline void stack_switch(uint64_t *save_rsp, uint64_t load_rsp)
{
    __asm__ volatile("pushq %%rbp\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "movq %%rsp, (%0)\n\t"
                     "movq %1, %%rsp\n\t"
                     "ret\n"
                     "1:\n\t"
                     "popq %%rbp"
                     : "+D"(save_rsp), "+S"(load_rsp)
                     :
                     : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                       "r15", "memory", "cc");
}

static void thread_init(struct arch_thread *thread, void *stack_top)
{
    thread->stack_top = (uint64_t)stack_top;
    struct arch_stack_head *head = head_of(thread);
    memset(head, 0, sizeof(*head));
    head->thread = thread;
    head->magic = ARCH_STACK_MAGIC;
}

void arch_thread_init_kernel(struct arch_thread *thread, void *stack_top,
                             void (*entry)(void *argument), void *argument)
{
    thread_init(thread, stack_top);
    /* The top stays free for the frame that arch_thread_enter_user() may write later. */
    uint64_t top = thread->stack_top - sizeof(struct arch_registers);
    struct first_frame *frame = (struct first_frame *)top - 1;
    *frame = (struct first_frame){
        .address = (uint64_t)entry_thread_kernel,
        .function = (uint64_t)entry,
        .argument = (uint64_t)argument,
    };
    thread->kernel_rsp = (uint64_t)frame;
}

static struct arch_registers *user_frame(const struct arch_thread *thread,
                                         const struct arch_user_entry *entry)
{
    struct arch_registers *registers =
        (struct arch_registers *)(thread->stack_top - sizeof(struct arch_registers));
    *registers = (struct arch_registers){
        .rdi = entry->rdi,
        .rsi = entry->rsi,
        .rip = entry->rip,
        .cs = USER_CS,
        .rflags = RFLAGS_USER,
        .rsp = entry->rsp,
        .ss = USER_DS,
    };
    return registers;
}

void arch_thread_init_user(struct arch_thread *thread, void *stack_top,
                           const struct arch_user_entry *entry)
{
    thread_init(thread, stack_top);
    thread->fs_base = entry->fs_base;
    thread->gs_base = 0;
    struct arch_registers *registers = user_frame(thread, entry);
    uint64_t *address = (uint64_t *)registers - 1;
    *address = (uint64_t)entry_thread_user;
    thread->kernel_rsp = (uint64_t)address;
}

void arch_thread_adopt(struct arch_thread *thread)
{
    struct arch_stack_head *head = arch_stack_head_current();
    head->thread = thread;
    thread->stack_top = (uint64_t)head + ARCH_STACK_SIZE;
    thread->fs_base = 0;
    thread->gs_base = 0;
    thread->fpu = NULL;
    cpu_current()->tss.rsp[0] = thread->stack_top;
}

__noreturn void arch_thread_enter_user(const struct arch_user_entry *entry)
{
    struct arch_thread *thread = arch_thread_current();
    struct arch_user_entry copy = *entry; /* `entry` may lie where the frame goes */
    arch_irq_disable();
    thread->fs_base = copy.fs_base;
    thread->gs_base = 0;
    write_bases(copy.fs_base, 0);
    arch_fpu_init(thread->fpu);
    fpu_restore(thread->fpu);
    /* arch_thread_init_kernel() left room for it above all C frames. */
    entry_jump_user(user_frame(thread, &copy));
}

/* Into its callers, as it is on the way of each call between processes. */
__attribute__((always_inline)) void arch_thread_switch(struct arch_thread *from,
                                                       struct arch_thread *to)
{
    ASSERT(!arch_irq_enabled(), "context switch with interrupts on");
    struct cpu *cpu = cpu_current();
    if (from->fpu != NULL) {
        fpu_save(from->fpu);
        if (cpu_features.fsgsbase) {
            from->fs_base = read_fs_base();
            from->gs_base = read_gs_base();
        }
    }
    CHECK(arch_stack_head_current()->magic == ARCH_STACK_MAGIC, "kernel stack overflow");

    struct arch_stack_head *head = head_of(to);
    __atomic_store_n(&head->cpu, cpu, __ATOMIC_RELAXED);
    cpu->tss.rsp[0] = to->stack_top;
    if (to->fpu != NULL) {
        fpu_restore(to->fpu);
        write_bases(to->fs_base, to->gs_base);
    }
    stack_switch(&from->kernel_rsp, to->kernel_rsp);
}

void arch_thread_set_tls(uint64_t base)
{
    struct arch_thread *thread = arch_thread_current();
    irqflags_t flags = arch_irq_save();
    thread->fs_base = base;
    if (cpu_features.fsgsbase) {
        __asm__ volatile("wrfsbase %0" : : "r"(base));
    } else {
        x86_write_msr(MSR_FS_BASE, base);
    }
    arch_irq_restore(flags);
}

uint64_t arch_thread_get_tls(void)
{
    return cpu_features.fsgsbase ? read_fs_base() : arch_thread_current()->fs_base;
}

void arch_thread_request_work(struct arch_thread *thread)
{
    __atomic_store_n(&head_of(thread)->return_work, 1, __ATOMIC_RELEASE);
}
