// SPDX-License-Identifier: MIT
// Sending signals.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/registry.h"
#include "../private/ret.h"
#include "../private/signals.h"
#include "../private/start.h"
#include "../private/thread.h"

static int refuse(int error)
{
    errno = error;
    return -1;
}

static int sent(int64_t result)
{
    return result == COCO_ENOTFOUND ? refuse(ESRCH) : (int)__coco_ret(result);
}

static int send(pid_t pid, int signal, uint64_t value, uint32_t flags)
{
    return sent(coco_signal_send_id((uint64_t)pid, (uint32_t)signal, value, flags));
}

int kill(pid_t pid, int signal)
{
    if (signal != 0 && !__coco_signal_valid(signal)) {
        return refuse(EINVAL);
    }
    if (pid > 0) {
        return send(pid, signal, 0, 0);
    }
    uint64_t group = pid == -1 ? COCO_SIGNAL_EVERYBODY : (uint64_t)-(int64_t)pid; // 0: the own one
    return sent(coco_signal_send_group(group, (uint32_t)signal, 0, 0));
}

int killpg(pid_t group, int signal)
{
    // 1 would be everybody's -1, and is no group's id.
    return group < 0 || group == 1 ? refuse(group < 0 ? EINVAL : ESRCH) : kill(-group, signal);
}

int sigqueue(pid_t pid, int signal, const union sigval value)
{
    if (signal != 0 && !__coco_signal_valid(signal)) {
        return refuse(EINVAL);
    }
    if (pid <= 0) {
        return refuse(ESRCH);
    }
    return send(pid, signal, (uintptr_t)value.sival_ptr, COCO_SIGNAL_QUEUE);
}

int raise(int signal)
{
    if (signal != 0 && !__coco_signal_valid(signal)) {
        return refuse(EINVAL);
    }
    return (int)__coco_ret(coco_signal_send_thread(0, (uint32_t)signal, 0, 0));
}

int pthread_kill(pthread_t thread, int signal)
{
    if (signal != 0 && !__coco_signal_valid(signal)) {
        return EINVAL;
    }
    uint64_t id = 0; // the caller
    if (thread != __coco_self_id() && (id = __coco_thread_kernel_id(thread)) == 0) {
        return ESRCH;
    }
    int64_t result = coco_signal_send_thread(id, (uint32_t)signal, 0, 0);
    if (result == COCO_ENOTFOUND) {
        return 0; // it has ended, but may still be joined
    }
    return coco_is_error(result) ? __coco_errno(result) : 0;
}

// POSIX: ends the process whatever a handler does, but for one that jumps away.
void abort(void)
{
    struct sigaction action;
    sigset_t set = (sigset_t)1 << SIGABRT;
    if (pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0 && sigaction(SIGABRT, NULL, &action) == 0 &&
        action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN) {
        (void)raise(SIGABRT); // a valid signal
    }
    __coco_exit_by_signal(SIGABRT);
}
