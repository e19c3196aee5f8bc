// SPDX-License-Identifier: MIT
// Identities. Every process runs as the one user there is, 0, in a group and session of its own.
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

int getgroups(int size, gid_t *list)
{
    (void)size;
    (void)list;
    return 0; // no supplementary groups
}

pid_t getpgrp(void)
{
    return getpid();
}

pid_t getpgid(pid_t pid)
{
    if (pid != 0 && pid != getpid()) {
        errno = ESRCH;
        return -1;
    }
    return getpid();
}

pid_t getsid(pid_t pid)
{
    return getpgid(pid);
}
