// SPDX-License-Identifier: MIT
// What happens on each vector. entry.S has saved all registers and switched to a kernel stack;
// interrupts are off.
#include "percpu.h"
#include <arch/debug.h>
#include <base/check.h>
#include <base/format.h>

#define ERROR_PRESENT 0x01u
#define ERROR_WRITE 0x02u
#define ERROR_USER 0x04u
#define ERROR_FETCH 0x10u

struct exception_entry {
    uint64_t fault;
    uint64_t fixup;
};

extern const struct exception_entry exception_table_start[], exception_table_end[];

volatile bool trap_stopping;

static bool from_user(const struct arch_registers *registers)
{
    return (registers->cs & 3) != 0;
}

static void user_end(const struct arch_registers *registers, uint64_t address, bool final)
{
    const struct arch_exception exception = {
        .vector = registers->vector,
        .error_code = registers->error_code,
        .address = address,
        .rip = registers->rip,
        .rsp = registers->rsp,
        .registers = registers,
        .final = final,
    };
    arch_stack_head_current()->return_work = 1;
    user_exception(&exception);
}

/// Continues at the fix-up of a kernel instruction that may fault on user memory.
static bool fixup(struct arch_registers *registers)
{
    for (const struct exception_entry *e = exception_table_start; e < exception_table_end; e++) {
        if (e->fault == registers->rip) {
            registers->rip = e->fixup;
            return true;
        }
    }
    return false;
}

/// The return to user mode itself faults when user mode left behind a state that IRET refuses, such
/// as an instruction pointer just beyond its half. The process is to blame, not the kernel.
static bool failed_return(const struct arch_registers *registers)
{
    if (registers->rip != (uint64_t)entry_iret && registers->rip != (uint64_t)entry_syscall_iret) {
        return false;
    }
    const uint64_t *frame = (const uint64_t *)registers->rsp; /* RIP CS RFLAGS RSP SS */
    struct arch_registers user = *registers;
    user.rip = frame[0];
    user.cs = frame[1];
    user.rflags = frame[2];
    user.rsp = frame[3];
    user.ss = frame[4];
    arch_irq_enable();
    user_end(&user, 0, true);
    arch_irq_disable();
    user_return_check(&user);
    return false; /* the thread was not stopped: fall through to the panic */
}

static __noreturn void kernel_exception(const struct arch_registers *registers, uint64_t address)
{
    char text[80];
    ksnprintf(text, sizeof(text), "%s in the kernel", arch_vector_name(registers->vector));
    panic_exception(registers, address, text);
}

static void page_fault(struct arch_registers *registers)
{
    uint64_t address = x86_read_cr2();
    if (!from_user(registers)) {
        if ((address < COCO_USER_END && fixup(registers)) || failed_return(registers)) {
            return;
        }
        kernel_exception(registers, address);
    }
    /* An access that the processor made by itself, say to a descriptor table, while it executed
       user code: mapping a page would not help. Emulators also report the stack of a far return so.
     */
    bool own = (registers->error_code & ERROR_USER) != 0;
    unsigned access = (registers->error_code & ERROR_WRITE) != 0   ? ARCH_ACCESS_WRITE
                      : (registers->error_code & ERROR_FETCH) != 0 ? ARCH_ACCESS_EXEC
                                                                   : ARCH_ACCESS_READ;
    access |= (registers->error_code & ERROR_PRESENT) != 0 ? ARCH_ACCESS_PRESENT : 0;
    arch_irq_enable();
    if (!own || !user_fault(address, access)) {
        user_end(registers, address, false);
    }
    arch_irq_disable();
}

static void exception(struct arch_registers *registers)
{
    switch (registers->vector) {
    case VECTOR_PAGE_FAULT:
        page_fault(registers);
        return;
    case VECTOR_NMI:
        if (trap_stopping) {
            arch_halt_forever();
        }
        panic_exception(registers, 0, "non-maskable interrupt");
    case VECTOR_DOUBLE_FAULT:
        panic_exception(registers, x86_read_cr2(), "double fault (kernel stack overflow?)");
    case VECTOR_MACHINE_CHECK:
        panic_exception(registers, 0, "machine check");
    default:
        break;
    }
    if (!from_user(registers)) {
        /* A non-canonical user address in a copy is #GP, not a page fault. */
        if (failed_return(registers) || (registers->vector == 13 && fixup(registers))) {
            return;
        }
        kernel_exception(registers, 0);
    }
    arch_irq_enable();
    user_end(registers, 0, false);
    arch_irq_disable();
}

void trap_handler(struct arch_registers *registers)
{
    uint64_t vector = registers->vector;
    if (vector < 32) {
        exception(registers);
        return;
    }
    switch (vector) {
    case VECTOR_TIMER:
        apic_end_of_interrupt();
        timer_interrupt(from_user(registers));
        return;
    case VECTOR_RESCHEDULE:
        apic_end_of_interrupt();
        reschedule_interrupt();
        return;
    case VECTOR_TLB:
        apic_end_of_interrupt();
        tlb_serve();
        return;
    case VECTOR_SYSCALL:
        panic_exception(registers, 0, "system call gate used by the kernel or from outside");
    default:
        break;
    }
    if (vector >= VECTOR_LINE && vector < 0x50) {
        device_interrupt((unsigned)vector - VECTOR_LINE);
        apic_end_of_interrupt();
    }
    /* The rest is spurious: from the masked legacy controllers or the local APIC. */
}

void trap_return_work(struct arch_registers *registers)
{
    arch_stack_head_current()->return_work = 0;
    __atomic_thread_fence(
        __ATOMIC_SEQ_CST); /* a request after this point is seen by the next look */
    user_return_check(registers);
}
