// SPDX-License-Identifier: MIT
// Limits of a process. The kernel keeps and hands on those that it enforces, and the one of
// descriptors, which the descriptor table does (fd/table.c).
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/ret.h"

// The kernel's item for a resource, COCO_LIMIT_COUNT for none.
static uint32_t item_of(int resource)
{
    switch (resource) {
    case RLIMIT_DATA:
    case RLIMIT_AS:
        return COCO_LIMIT_MEMORY;
    case RLIMIT_STACK:
        return COCO_LIMIT_STACK;
    case RLIMIT_NPROC:
        return COCO_LIMIT_TASKS;
    case RLIMIT_CPU:
        return COCO_LIMIT_CPU;
    case RLIMIT_FSIZE:
        return COCO_LIMIT_FILE_SIZE;
    case RLIMIT_NOFILE:
        return COCO_LIMIT_DESCRIPTORS;
    default:
        return COCO_LIMIT_COUNT;
    }
}

// Core files are not written. False: another resource.
static bool fixed_value(int resource, rlim_t *value)
{
    *value = 0;
    return resource == RLIMIT_CORE;
}

int getrlimit(int resource, struct rlimit *limit)
{
    uint32_t item = item_of(resource);
    struct coco_limit now;
    rlim_t value;
    if (fixed_value(resource, &value)) {
        *limit = (struct rlimit){value, value};
        return 0;
    }
    if (__coco_ret(coco_process_limit(item, NULL, &now)) < 0) {
        return -1;
    }
    if (item == COCO_LIMIT_DESCRIPTORS) { // at first it is not set
        now.current = now.current < OPEN_MAX ? now.current : OPEN_MAX;
        now.maximum = now.maximum < OPEN_MAX ? now.maximum : OPEN_MAX;
    }
    *limit = (struct rlimit){now.current, now.maximum};
    return 0;
}

int setrlimit(int resource, const struct rlimit *limit)
{
    uint32_t item = item_of(resource);
    const struct coco_limit change = {limit->rlim_cur, limit->rlim_max};
    struct rlimit now;
    rlim_t value;
    if (limit->rlim_cur > limit->rlim_max) {
        errno = EINVAL;
        return -1;
    }
    if (fixed_value(resource, &value)) {
        if (limit->rlim_cur == value && limit->rlim_max == value) {
            return 0;
        }
        errno = limit->rlim_max > value ? EPERM : EINVAL; // it cannot be enforced
        return -1;
    }
    if (item == COCO_LIMIT_DESCRIPTORS) {
        if (getrlimit(resource, &now) == 0 && limit->rlim_max > now.rlim_max) {
            errno = EPERM;
            return -1;
        }
    }
    if (__coco_ret(coco_process_limit(item, &change, NULL)) < 0) {
        return -1;
    }
    if (item == COCO_LIMIT_DESCRIPTORS) {
        __coco_fd_set_limit((int)limit->rlim_cur);
    }
    return 0;
}
