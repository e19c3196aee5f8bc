// SPDX-License-Identifier: MIT
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

void psiginfo(const siginfo_t *info, const char *prefix)
{
    int saved_errno = errno; // psiginfo() has no result: errno tells of failures only
    const char *colon = prefix && *prefix != '\0' ? ": " : "";
    const char *name = strsignal(info->si_signo);
    prefix = prefix ? prefix : "";
    errno = 0;
    switch (info->si_signo) {
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
        fprintf(stderr, "%s%s%s (code %d at %p)\n", prefix, colon, name, info->si_code,
                info->si_addr);
        break;
    default:
        fprintf(stderr, "%s%s%s (code %d from process %d)\n", prefix, colon, name, info->si_code,
                (int)info->si_pid);
    }
    errno = errno ? errno : saved_errno;
}
