// SPDX-License-Identifier: MIT
// Waiting for signals.
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/clock.h"
#include "../private/ret.h"
#include "../private/signals.h"

int sigsuspend(const sigset_t *set)
{
    return (int)__coco_ret(coco_cp_signal_suspend(*set & ~((sigset_t)1 << SIGCANCEL)));
}

int pause(void)
{
    int64_t blocked = coco_signal_mask(COCO_SIGNAL_BLOCK, 0);
    if (coco_is_error(blocked)) {
        return (int)__coco_ret(blocked);
    }
    return (int)__coco_ret(coco_cp_signal_suspend((uint64_t)blocked));
}

static int wait_until(const sigset_t *set, siginfo_t *info, uint64_t deadline)
{
    struct coco_signal_info found;
    int64_t result = coco_cp_signal_wait(*set & ~((sigset_t)1 << SIGCANCEL), deadline, &found);
    if (coco_is_error(result)) {
        return (int)__coco_ret(result);
    }
    if (info) {
        __coco_siginfo(&found, NULL, info);
    }
    return (int)result;
}

int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    return wait_until(set, info, COCO_FOREVER);
}

int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
    uint64_t deadline = COCO_FOREVER;
    if (timeout) {
        if (timeout->tv_sec < 0 || !__coco_timespec_valid(timeout)) {
            errno = EINVAL;
            return -1;
        }
        if (__builtin_add_overflow(__coco_monotonic(), __coco_time_ns(timeout), &deadline)) {
            deadline = COCO_FOREVER;
        }
    }
    return wait_until(set, info, deadline);
}

int sigwait(const sigset_t *set, int *signal)
{
    int saved_errno = errno;
    int result;
    do {
        result = wait_until(set, NULL, COCO_FOREVER);
    } while (result < 0 && errno == EINTR); // POSIX knows no EINTR here
    int error = result < 0 ? errno : 0;
    errno = saved_errno;
    if (!error) {
        *signal = result;
    }
    return error;
}
