// SPDX-License-Identifier: MIT
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/child.h"
#include "../private/ret.h"

// Default action of a signal, on another process: a child cannot catch what this one sends.
static int ends_process(int signal)
{
    return signal != SIGCHLD && signal != SIGCONT && signal != SIGURG && signal != SIGWINCH &&
           signal != SIGIO;
}

static int stops_process(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

int kill(pid_t pid, int signal)
{
    if (signal < 0 || signal >= NSIG) {
        errno = EINVAL;
        return -1;
    }
    if (pid == getpid() || pid == 0) {
        return signal == 0 ? 0 : raise(signal);
    }
    coco_handle_t child = pid > 0 ? __coco_child_find(pid) : COCO_HANDLE_NONE;
    if (child == COCO_HANDLE_NONE) {
        errno = ESRCH; // only children can be reached
        return -1;
    }
    if (stops_process(signal)) {
        errno = ENOSYS;
        return -1;
    }
    if (signal == 0 || !ends_process(signal)) {
        return 0;
    }
    return (int)__coco_ret(coco_process_kill(child, (uint32_t)signal));
}
