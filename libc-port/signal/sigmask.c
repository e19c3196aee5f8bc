// SPDX-License-Identifier: MIT
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include <coconut/syscalls.h>

#include "../private/ret.h"

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    uint32_t kernel_how = COCO_SIGNAL_BLOCK;
    if (set) {
        switch (how) {
        case SIG_BLOCK:
            break;
        case SIG_UNBLOCK:
            kernel_how = COCO_SIGNAL_UNBLOCK;
            break;
        case SIG_SETMASK:
            kernel_how = COCO_SIGNAL_SET;
            break;
        default:
            return EINVAL;
        }
    }
    int64_t result = coco_signal_mask(kernel_how, set ? *set & ~((sigset_t)1 << SIGCANCEL) : 0);
    if (coco_is_error(result)) {
        return __coco_errno(result);
    }
    if (old) {
        *old = (sigset_t)result;
    }
    return 0;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    int error = pthread_sigmask(how, set, old);
    if (error) {
        errno = error;
        return -1;
    }
    return 0;
}

int sigpending(sigset_t *set)
{
    int64_t result = coco_signal_pending();
    if (coco_is_error(result)) {
        return (int)__coco_ret(result);
    }
    *set = (sigset_t)result;
    return 0;
}
