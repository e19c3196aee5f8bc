// SPDX-License-Identifier: MIT
// Identities. Every process runs as the one user there is, 0.
#include <errno.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fork.h"
#include "../private/ret.h"

int32_t __coco_pid; // a process keeps its id; racing threads store the same value

pid_t getpid(void)
{
    pid_t pid = __atomic_load_n(&__coco_pid, __ATOMIC_RELAXED);
    if (pid == 0) {
        int64_t id = coco_process_id();
        pid = coco_is_error(id) ? 1 : (pid_t)id; // upstream's kernel cannot tell
        __atomic_store_n(&__coco_pid, pid, __ATOMIC_RELAXED);
    }
    return pid;
}

pid_t getppid(void)
{
    int64_t id = coco_process_parent_id();
    return coco_is_error(id) ? 0 : (pid_t)id; // upstream's kernel cannot tell
}

uid_t getuid(void)
{
    return 0;
}

uid_t geteuid(void)
{
    return 0;
}

gid_t getgid(void)
{
    return 0;
}

gid_t getegid(void)
{
    return 0;
}

static int allow_only_zero(unsigned id)
{
    if (id != 0) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

int setuid(uid_t uid)
{
    return allow_only_zero(uid);
}

int seteuid(uid_t uid)
{
    return allow_only_zero(uid);
}

int setgid(gid_t gid)
{
    return allow_only_zero(gid);
}

int setegid(gid_t gid)
{
    return allow_only_zero(gid);
}

int getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
    *real = *effective = *saved = 0;
    return 0;
}

int getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
    *real = *effective = *saved = 0;
    return 0;
}

// -1 leaves an id as it is.
static int allow_three(unsigned real, unsigned effective, unsigned saved)
{
    return allow_only_zero((real == -1u ? 0 : real) | (effective == -1u ? 0 : effective) |
                           (saved == -1u ? 0 : saved));
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
    return allow_three(real, effective, saved);
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return allow_three(real, effective, saved);
}

int getgroups(int size, gid_t *list)
{
    (void)size;
    (void)list;
    return 0; // no supplementary groups
}

static pid_t to_pid(int64_t result)
{
    return (pid_t)__coco_ret(result);
}

static int refuse_negative(pid_t pid)
{
    if (pid < 0) {
        errno = EINVAL;
    }
    return pid < 0;
}

pid_t getpgrp(void)
{
    return to_pid(coco_process_group_id(0));
}

pid_t getpgid(pid_t pid)
{
    return refuse_negative(pid) ? -1 : to_pid(coco_process_group_id((uint64_t)pid));
}

pid_t getsid(pid_t pid)
{
    return refuse_negative(pid) ? -1 : to_pid(coco_process_session_id((uint64_t)pid));
}

int setpgid(pid_t pid, pid_t group)
{
    return refuse_negative(pid) || refuse_negative(group)
               ? -1
               : (int)to_pid(coco_process_set_group((uint64_t)pid, (uint64_t)group));
}

int setpgrp(void)
{
    return setpgid(0, 0);
}

pid_t setsid(void)
{
    return to_pid(coco_process_new_session());
}
