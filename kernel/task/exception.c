// SPDX-License-Identifier: MIT
// Faults and exceptions of user mode: served, or the end of the process with a report.
//
// The report has two forms: struct coco_exit_status for whoever waits for the process, and lines in
// the log for a person and for who keeps reports: crash.c. Addresses are given relative to the load
// base as well, as a symboliser needs them.
#include <abi/types.h>
#include <arch/trap.h>
#include <base/log.h>
#include <base/types.h>
#include <mm/aspace.h>
#include <mm/fault_inject.h>
#include <task/process.h>
#include <task/signal.h>

#include "crash.h"
#include "process_internal.h"

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
    crash_report_exception(exception, error_code);
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

        const struct log_subject subject = {process->id, process_label(process),
                                            COCO_LOG_KERNEL | COCO_LOG_CRASH};

        klog_about(&subject, LOG_SEVERITY_CRITICAL,
                   "[%s] process %lu: no memory for the page at %lx; ended", subject.label,
                   process->id, address);
        process_end(process, &status);
        return true; /* the thread ends on its way to user mode */
    }
    return result == OK;
}
