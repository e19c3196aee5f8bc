// SPDX-License-Identifier: MIT
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/backtrace.h"
#include "../private/fd.h"
#include "../private/start.h"

// A process has no handle to itself to be killed through, so the signal travels in the exit code:
// low byte as a shell shows it, next byte the signal, which an ordinary exit status never sets.
_Noreturn void __coco_exit_by_signal(int signal)
{
    const struct coco_signal_action standard = {.handler = COCO_SIGNAL_DEFAULT};
    __coco_backtrace();
    (void)coco_signal_action((uint32_t)signal, &standard, NULL); // upstream's kernel has no signals
    (void)coco_signal_mask(COCO_SIGNAL_UNBLOCK, 1ull << signal);
    (void)coco_signal_send_thread(0, (uint32_t)signal, 0, 0);
    uint32_t code = (uint32_t)signal << 8 | (128u + (uint32_t)signal);
    (void)coco_syscall1(COCO_SYS_PROCESS_EXIT, code);
    coco_exit(code); // upstream's kernel has only this one
}

_Noreturn void __coco_die(const char *text)
{
    char line[160];
    size_t len = strnlen(text, sizeof(line) - 1);
    memcpy(line, text, len);
    line[len++] = '\n';
    struct file_description *out = __coco_fd_get(STDERR_FILENO);
    // The process ends in any case; there is no one left to tell about a failed write.
    (void)coco_write(out ? out->handle : COCO_HANDLE_LOG, line, len);
    __coco_exit_by_signal(SIGABRT);
}
