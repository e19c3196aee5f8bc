// SPDX-License-Identifier: MIT
// siginfo_t from what the kernel tells.
#include <signal.h>
#include <string.h>

#include "../private/child.h"
#include "../private/signals.h"

#include <sys/wait.h>

#define PAGE_FAULT 14u
#define PRESENT 1u /* bit of its error code: the page was there */

// The exception that the FPU's status and control words make pending, lowest first.
static int fpu_code(uint32_t vector, const unsigned char *fpu)
{
    uint32_t status;
    uint32_t mask;
    if (vector == 19) {
        memcpy(&status, fpu + 24, sizeof(status)); // MXCSR: both in one
        mask = status >> 7;
    } else {
        uint16_t control;
        uint16_t word;
        memcpy(&control, fpu, sizeof(control));
        memcpy(&word, fpu + 2, sizeof(word));
        status = word;
        mask = control;
    }
    uint32_t raised = status & ~mask & 0x3f;
    if (raised & 0x01) {
        return FPE_FLTINV;
    }
    if (raised & 0x04) {
        return FPE_FLTDIV;
    }
    if (raised & 0x08) {
        return FPE_FLTOVF;
    }
    return raised & 0x12 ? FPE_FLTUND : FPE_FLTRES;
}

static int fault_code(const struct coco_signal_info *from, const void *fpu)
{
    switch (from->signal) {
    case SIGFPE:
        return from->vector == 0 || !fpu ? FPE_INTDIV : fpu_code(from->vector, fpu);
    case SIGILL:
        return ILL_ILLOPN;
    case SIGTRAP:
        return from->vector == 3 ? TRAP_BRKPT : TRAP_TRACE;
    case SIGBUS:
        return from->vector == PAGE_FAULT ? BUS_ADRERR : BUS_ADRALN;
    default:
        return from->vector == PAGE_FAULT && (from->error_code & PRESENT) == 0 ? SEGV_MAPERR
                                                                               : SEGV_ACCERR;
    }
}

static void child_info(const struct coco_signal_info *from, siginfo_t *to)
{
    const struct coco_exit_status end = {.reason = from->reason, .code = from->status};
    int status = __coco_wait_status(&end);
    to->si_code = __coco_wait_code(status, &to->si_status);
}

void __coco_siginfo(const struct coco_signal_info *from, const void *fpu, siginfo_t *to)
{
    *to = (siginfo_t){.si_signo = (int)from->signal, .si_pid = (pid_t)from->sender};
    to->si_value.sival_ptr = (void *)(uintptr_t)from->value;
    switch (from->code) {
    case COCO_SIGNAL_FROM_QUEUE:
        to->si_code = SI_QUEUE;
        break;
    case COCO_SIGNAL_FROM_TIMER:
        to->si_code = SI_TIMER;
        to->si_overrun = (int)from->status;
        to->si_timerid = (int)from->vector;
        break;
    case COCO_SIGNAL_FROM_MQUEUE:
        to->si_code = SI_MESGQ;
        break;
    case COCO_SIGNAL_FROM_FAULT:
        to->si_code = fault_code(from, fpu);
        to->si_addr = (void *)(uintptr_t)from->address;
        break;
    case COCO_SIGNAL_FROM_CHILD:
        child_info(from, to);
        break;
    default:
        to->si_code = SI_USER;
        break;
    }
}
