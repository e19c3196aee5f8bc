// SPDX-License-Identifier: MIT
// Faults and exceptions of user mode: served, or the end of the process with a report.
//
// The report has two forms: struct coco_exit_status for whoever waits for the process, and lines in
// the log for a person. Addresses are given relative to the load base as well, as a symboliser
// needs them.
#include <abi/types.h>
#include <arch/trap.h>
#include <base/log.h>
#include <base/types.h>
#include <mm/aspace.h>
#include <mm/fault_inject.h>
#include <task/process.h>
#include <task/signal.h>

#include "process_internal.h"

static const char *const exception_names[] = {
    [0] = "divide error",         [1] = "debug exception",
    [3] = "breakpoint",           [4] = "overflow",
    [5] = "bound range exceeded", [6] = "invalid opcode",
    [7] = "device not available", [11] = "segment not present",
    [12] = "stack fault",         [13] = "general protection",
    [14] = "page fault",          [16] = "x87 floating-point error",
    [17] = "alignment check",     [19] = "SIMD floating-point error",
    [21] = "control protection",
};

static const char *exception_name(uint64_t vector)
{
    if (vector >= ARRAY_SIZE(exception_names) || exception_names[vector] == NULL) {
        return "exception";
    }
    return exception_names[vector];
}

/* Bits of a page fault's error code, as the processor defines them. */
#define PAGE_FAULT_PRESENT 0x01u
#define PAGE_FAULT_WRITE 0x02u
#define PAGE_FAULT_FETCH 0x10u

static const char *page_fault_kind(uint64_t error_code)
{
    bool present = (error_code & PAGE_FAULT_PRESENT) != 0;

    if ((error_code & COCO_FAULT_BEYOND_FILE) != 0) {
        return "behind the end of the mapped file";
    }
    if ((error_code & PAGE_FAULT_FETCH) != 0) {
        return present ? "execution not allowed" : "execution of an unmapped page";
    }
    if ((error_code & PAGE_FAULT_WRITE) != 0) {
        return present ? "write not allowed" : "write to an unmapped page";
    }
    return present ? "read not allowed" : "read of an unmapped page";
}

static void log_registers(const struct arch_registers *regs)
{
    klog(LOG_INFO, "  rax %016lx rbx %016lx rcx %016lx rdx %016lx", regs->rax, regs->rbx, regs->rcx,
         regs->rdx);
    klog(LOG_INFO, "  rsi %016lx rdi %016lx rbp %016lx rsp %016lx", regs->rsi, regs->rdi, regs->rbp,
         regs->rsp);
    klog(LOG_INFO, "  r8  %016lx r9  %016lx r10 %016lx r11 %016lx", regs->r8, regs->r9, regs->r10,
         regs->r11);
    klog(LOG_INFO, "  r12 %016lx r13 %016lx r14 %016lx r15 %016lx", regs->r12, regs->r13, regs->r14,
         regs->r15);
    klog(LOG_INFO, "  rip %016lx rflags %08lx error %lx", regs->rip, regs->rflags,
         regs->error_code);
}

void user_exception(const struct arch_exception *exception)
{
    struct process *process = process_current();
    bool page_fault = exception->vector == ARCH_VECTOR_PAGE_FAULT;
    uint64_t error_code = exception->error_code;
    if (page_fault && aspace_is_beyond_file(process->aspace, uaddr(exception->address))) {
        error_code |= COCO_FAULT_BEYOND_FILE;
    }
    const struct coco_exit_status status = {
        .reason = COCO_EXIT_EXCEPTION,
        .code = (uint32_t)exception->vector,
        .address = page_fault ? exception->address : 0,
        .instruction = exception->rip,
        .stack = exception->rsp,
        .error_code = error_code,
    };

    if (signal_fault(exception, error_code)) {
        return;
    }
    klog(LOG_INFO, "[%s] process %lu thread %lu: %s at rip %lx (program + %lx)", process->name,
         process->id, thread_current()->id, exception_name(exception->vector), exception->rip,
         exception->rip - process->load_base);
    if (page_fault) {
        klog(LOG_INFO, "  address %lx: %s", exception->address, page_fault_kind(error_code));
    }
    log_registers(exception->registers);
    process_end(process, &status);
}

bool user_fault(uint64_t address, unsigned access)
{
    struct process *process = process_current();
    bool held = fault_inject_hold();
    enum status result = aspace_fault(process->aspace, uaddr(address), access);

    fault_inject_resume(held);
    if (result == ERR_NOMEM) {
        const struct coco_exit_status status = {
            .reason = COCO_EXIT_NO_MEMORY,
            .address = address,
        };

        klog(LOG_INFO, "[%s] process %lu: no memory for the page at %lx; ended", process->name,
             process->id, address);
        process_end(process, &status);
        return true; /* the thread ends on its way to user mode */
    }
    return result == OK;
}
