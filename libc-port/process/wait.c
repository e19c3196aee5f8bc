// SPDX-License-Identifier: MIT
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/child.h"
#include "../private/ret.h"

// Wait for one child. Returns 1 with *status, 0 if it runs on at the deadline, -1 with errno.
static int wait_one(coco_handle_t handle, uint64_t deadline, int *status)
{
    struct coco_exit_status end;
    int64_t result = coco_process_wait(handle, deadline, &end);
    if (result == COCO_ETIMEDOUT) {
        return 0;
    }
    if (result == COCO_ENOTFOUND) { // another thread has waited for it meanwhile
        errno = ECHILD;
        return -1;
    }
    if (__coco_ret(result) < 0) {
        return -1;
    }
    *status = __coco_wait_status(&end);
    return 1;
}

#define WAITPID_OPTIONS (WNOHANG | WUNTRACED | WCONTINUED)
#define WAITID_OPTIONS (WEXITED | WSTOPPED | WCONTINUED | WNOHANG | WNOWAIT)

// Forget the child that was found, unless it is to stay. -1: another thread was faster.
static pid_t finish(pid_t pid, int options)
{
    if (!(options & WNOWAIT) && !__coco_child_remove(pid)) {
        errno = ECHILD;
        return -1;
    }
    return pid;
}

// Look at each child, then wait until one more has ended than before the look.
static pid_t wait_any(int *status, int options)
{
    for (;;) {
        int64_t ended = coco_process_await_child(UINT64_MAX, 0); // as of now
        coco_handle_t handle;
        unsigned count = 0;
        for (pid_t pid; (pid = __coco_child_at(count, &handle)) != 0; count++) {
            if (wait_one(handle, 0, status) > 0) {
                return finish(pid, options);
            }
        }
        if (count == 0) {
            errno = ECHILD;
            return -1;
        }
        if (options & WNOHANG) {
            return 0;
        }
        if (__coco_ret(coco_process_await_child((uint64_t)ended, COCO_FOREVER)) < 0) {
            return -1;
        }
    }
}

// Any child, or the one with that pid: its pid with *status, 0 for none yet, -1 with errno.
static pid_t wait_for(pid_t pid, int *status, int options)
{
    if (pid <= 0) {
        return wait_any(status, options);
    }
    coco_handle_t handle = __coco_child_find(pid);
    if (handle == COCO_HANDLE_NONE) {
        errno = ECHILD;
        return -1;
    }
    int ended = wait_one(handle, options & WNOHANG ? 0 : COCO_FOREVER, status);
    return ended > 0 ? finish(pid, options) : ended;
}

pid_t waitpid(pid_t pid, int *out, int options)
{
    int status = 0;
    if ((options & ~WAITPID_OPTIONS) != 0) {
        errno = EINVAL;
        return -1;
    }
    if (pid < -1) { // there are no process groups, so 0 means all, and another group is empty
        errno = ECHILD;
        return -1;
    }
    pid_t found = wait_for(pid, &status, options);
    if (found > 0 && out) {
        *out = status;
    }
    return found;
}

pid_t wait(int *out)
{
    return waitpid(-1, out, 0);
}

static void describe(siginfo_t *info, pid_t pid, int status)
{
    *info = (siginfo_t){0};
    if (pid > 0) {
        info->si_signo = SIGCHLD;
        info->si_pid = pid;
        info->si_code = WIFEXITED(status) ? CLD_EXITED : CLD_KILLED;
        info->si_status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    }
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    int status = 0;
    if ((options & ~WAITID_OPTIONS) != 0 || !(options & WEXITED) ||
        (type != P_ALL && type != P_PID && type != P_PGID) || (type == P_PID && (pid_t)id <= 0)) {
        errno = EINVAL;
        return -1;
    }
    if (type == P_PGID && id != 0 && (pid_t)id != getpgrp()) {
        errno = ECHILD;
        return -1;
    }
    pid_t found = wait_for(type == P_PID ? (pid_t)id : -1, &status, options);
    if (found < 0) {
        return -1;
    }
    if (info) {
        describe(info, found, status);
    }
    return 0;
}
