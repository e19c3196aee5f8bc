// SPDX-License-Identifier: MIT
// nice values. They belong to threads in the kernel; POSIX's belong to processes: all threads.
#include <errno.h>
#include <limits.h>
#include <sys/resource.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/ret.h"

// The process that is meant. Groups and users stand for the caller, if it is in them. -1 with
// errno.
static int64_t process_of(int which, id_t who)
{
    switch (which) {
    case PRIO_PROCESS:
        return (int64_t)who;
    case PRIO_PGRP:
        if (who == 0 || (pid_t)who == getpgrp()) {
            return 0;
        }
        break;
    case PRIO_USER:
        if (who == 0) {
            return 0;
        }
        break;
    default:
        errno = EINVAL;
        return -1;
    }
    errno = ESRCH;
    return -1;
}

int getpriority(int which, id_t who)
{
    struct coco_schedule schedule;
    int64_t process = process_of(which, who);
    if (process < 0 ||
        __coco_ret(coco_schedule_get((uint64_t)process, COCO_SCHEDULE_ALL, &schedule)) < 0) {
        return -1;
    }
    return schedule.nice;
}

int setpriority(int which, id_t who, int value)
{
    const struct coco_schedule schedule = {.nice = value};
    int64_t process = process_of(which, who);
    if (process < 0) {
        return -1;
    }
    int result = (int)__coco_ret(
        coco_schedule_set((uint64_t)process, COCO_SCHEDULE_ALL, COCO_SCHEDULE_SET_NICE, &schedule));
    if (result < 0 && errno == EPERM && process == 0) {
        errno = EACCES; // EPERM is for processes of others
    }
    return result;
}

int nice(int increment)
{
    int value;
    errno = 0;
    int present = getpriority(PRIO_PROCESS, 0);
    if (present == -1 && errno != 0) {
        return -1;
    }
    if (__builtin_add_overflow(present, increment, &value)) {
        value = increment > 0 ? NZERO - 1 : -NZERO;
    }
    if (setpriority(PRIO_PROCESS, 0, value) < 0) {
        errno = errno == EACCES ? EPERM : errno;
        return -1;
    }
    return getpriority(PRIO_PROCESS, 0);
}
