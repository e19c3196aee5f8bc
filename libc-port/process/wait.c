// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/wait.h>

#include <coconut/syscalls.h>

#include "../private/child.h"
#include "../private/clock.h"
#include "../private/ret.h"

#define ANY_SLICE (2 * 1000 * 1000) /* nanoseconds */

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

static pid_t finish(pid_t pid, int status, int *out)
{
    if (!__coco_child_remove(pid)) {
        errno = ECHILD;
        return -1;
    }
    if (out) {
        *out = status;
    }
    return pid;
}

// The kernel waits for one process at a time: look at each, then wait a little for the oldest.
static pid_t wait_any(int *out, int options)
{
    for (;;) {
        coco_handle_t handle;
        int status = 0;
        unsigned count = 0;
        for (pid_t pid; (pid = __coco_child_at(count, &handle)) != 0; count++) {
            if (wait_one(handle, 0, &status) > 0) {
                return finish(pid, status, out);
            }
        }
        if (count == 0) {
            errno = ECHILD;
            return -1;
        }
        if (options & WNOHANG) {
            return 0;
        }
        pid_t oldest = __coco_child_at(0, &handle);
        uint64_t deadline = count == 1 ? COCO_FOREVER : __coco_monotonic() + ANY_SLICE;
        int ended = oldest != 0 ? wait_one(handle, deadline, &status) : 0;
        if (ended > 0) {
            return finish(oldest, status, out);
        }
        if (ended < 0 && errno == EINTR) {
            return -1;
        }
    }
}

pid_t waitpid(pid_t pid, int *out, int options)
{
    if ((options & ~(WNOHANG | WUNTRACED)) != 0) {
        errno = EINVAL;
        return -1;
    }
    if (pid <= 0) { // any child; there are no process groups, so 0 and -n name all or none
        if (pid < -1) {
            errno = ECHILD;
            return -1;
        }
        return wait_any(out, options);
    }
    coco_handle_t handle = __coco_child_find(pid);
    if (handle == COCO_HANDLE_NONE) {
        errno = ECHILD;
        return -1;
    }
    int status = 0;
    int ended = wait_one(handle, options & WNOHANG ? 0 : COCO_FOREVER, &status);
    return ended > 0 ? finish(pid, status, out) : ended;
}

pid_t wait(int *out)
{
    return waitpid(-1, out, 0);
}
