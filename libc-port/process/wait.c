// SPDX-License-Identifier: MIT
// Waiting for children. The kernel keeps them, so that they are the process's whatever its program
// and threads do.
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/child.h"
#include "../private/clock.h"
#include "../private/ret.h"

#define KIB 1024u
#define WAITPID_OPTIONS (WNOHANG | WUNTRACED | WCONTINUED)
#define WAITID_OPTIONS (WEXITED | WSTOPPED | WCONTINUED | WNOHANG | WNOWAIT)

_Static_assert(WUNTRACED == WSTOPPED, "one option for both families");

static uint32_t to_flags(int options)
{
    uint32_t flags = 0;
    flags |= options & WEXITED ? COCO_WAIT_ENDED : 0;
    flags |= options & WSTOPPED ? COCO_WAIT_STOPPED : 0;
    flags |= options & WCONTINUED ? COCO_WAIT_CONTINUED : 0;
    flags |= options & WNOWAIT ? COCO_WAIT_KEEP : 0;
    return flags;
}

// A child's pid with *child, 0 for none yet, -1 with errno. Options as of waitid().
static pid_t wait_for(uint32_t which, uint64_t id, int options, struct coco_child *child)
{
    uint64_t deadline = options & WNOHANG ? 0 : COCO_FOREVER;
    int64_t result = coco_cp_process_wait_child(which, id, to_flags(options), deadline, child);
    return result == COCO_ETIMEDOUT ? 0 : (pid_t)__coco_ret(result);
}

// The same with what the child, and the children that it had waited for, have used. That can be
// asked as long as the child is there: it is looked at first, and then waited for by its id.
static pid_t wait_with_usage(uint32_t which, uint64_t id, int options, struct coco_child *child,
                             struct rusage *usage)
{
    for (;;) {
        struct coco_usage used = {0};
        struct coco_memory_usage memory = {0};
        pid_t found = wait_for(which, id, options | WNOWAIT, child);
        if (found <= 0) {
            return found;
        }
        int64_t result = coco_process_usage(COCO_USAGE_PROCESS, child->id, &used);
        if (result != COCO_ESRCH) {
            result = coco_process_memory(child->id, &memory);
        }
        if (result != COCO_ESRCH) {
            found = wait_for(COCO_CHILD_ID, child->id, options | WNOHANG, child);
        }
        if (result != COCO_ESRCH && found > 0) {
            uint64_t most = memory.present_most > memory.children_most ? memory.present_most
                                                                       : memory.children_most;
            *usage = (struct rusage){.ru_utime = __coco_timeval(used.user + used.children_user),
                                     .ru_stime = __coco_timeval(used.system + used.children_system),
                                     .ru_maxrss = (long)(most / KIB)};
            return found;
        }
        // Another thread was faster.
    }
}

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
    struct coco_child child;
    uint32_t which = pid == -1 ? COCO_CHILD_ANY : pid > 0 ? COCO_CHILD_ID : COCO_CHILD_GROUP;
    uint64_t id = (uint64_t)(pid < 0 ? -(int64_t)pid : pid);
    if ((options & ~WAITPID_OPTIONS) != 0) {
        errno = EINVAL;
        return -1;
    }
    options |= WEXITED;
    pid_t found = usage ? wait_with_usage(which, id, options, &child, usage)
                        : wait_for(which, id, options, &child);
    if (found > 0 && status) {
        *status = __coco_wait_status(&child.status);
    }
    return found;
}

pid_t wait3(int *status, int options, struct rusage *usage)
{
    return wait4(-1, status, options, usage);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    return wait4(pid, status, options, NULL);
}

pid_t wait(int *status)
{
    return wait4(-1, status, 0, NULL);
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    struct coco_child child;
    uint32_t which = type == P_ALL   ? COCO_CHILD_ANY
                     : type == P_PID ? COCO_CHILD_ID
                                     : COCO_CHILD_GROUP;
    if ((options & ~WAITID_OPTIONS) != 0 || !(options & (WEXITED | WSTOPPED | WCONTINUED)) ||
        (type != P_ALL && type != P_PID && type != P_PGID) || (type == P_PID && (pid_t)id <= 0)) {
        errno = EINVAL;
        return -1;
    }
    pid_t found = wait_for(which, (uint64_t)id, options, &child);
    if (found < 0) {
        return -1;
    }
    if (info) {
        *info = (siginfo_t){0};
        if (found > 0) {
            info->si_signo = SIGCHLD;
            info->si_pid = found;
            info->si_code = __coco_wait_code(__coco_wait_status(&child.status), &info->si_status);
        }
    }
    return 0;
}
