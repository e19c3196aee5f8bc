// SPDX-License-Identifier: MIT
// The status word of wait(): exit code in bits 15:8, or the signal in bits 6:0; 0x7f there for a
// stop, with the signal in bits 15:8; 0xffff for a continuation.
#include <signal.h>
#include <sys/wait.h>

#include "../private/child.h"

static int vector_to_signal(uint32_t vector)
{
    switch (vector) {
    case 0:  // divide error
    case 16: // x87
    case 19: // SSE
        return SIGFPE;
    case 1: // debug
    case 3: // breakpoint
        return SIGTRAP;
    case 6: // invalid opcode
        return SIGILL;
    case 17: // alignment
        return SIGBUS;
    default: // protection, page, stack fault and what a program cannot cause
        return SIGSEGV;
    }
}

int __coco_wait_status(const struct coco_exit_status *status)
{
    uint32_t code = status->code;
    uint32_t signal = code >> 8; // see __coco_exit_by_signal()
    switch (status->reason) {
    case COCO_EXIT_CODE:
        if (signal > 0 && signal < NSIG && (code & 0xff) == 128 + signal) {
            return (int)signal;
        }
        return (int)((code & 0xff) << 8);
    case COCO_EXIT_EXCEPTION:
        return status->error_code & COCO_FAULT_BEYOND_FILE ? SIGBUS : vector_to_signal(code);
    case COCO_EXIT_STOPPED:
        return (int)(code << 8 | 0x7f);
    case COCO_EXIT_CONTINUED:
        return 0xffff;
    case COCO_EXIT_KILLED:
        return code > 0 && code < NSIG ? (int)code : SIGKILL;
    default: // no memory
        return SIGKILL;
    }
}

int __coco_wait_code(int status, int *detail)
{
    if (WIFEXITED(status)) {
        *detail = WEXITSTATUS(status);
        return CLD_EXITED;
    }
    if (WIFSTOPPED(status)) {
        *detail = WSTOPSIG(status);
        return CLD_STOPPED;
    }
    if (WIFCONTINUED(status)) {
        *detail = SIGCONT;
        return CLD_CONTINUED;
    }
    *detail = WTERMSIG(status);
    return CLD_KILLED;
}
