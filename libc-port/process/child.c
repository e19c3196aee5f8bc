// SPDX-License-Identifier: MIT
#include "../private/child.h"

#include <stdlib.h>

#include <coconut/syscalls.h>

#include "../private/lock.h"

struct child {
    struct child *next;
    pid_t pid;
    coco_handle_t handle;
};

static struct coco_lock list_lock;
static struct child *children; // oldest first

int __coco_child_add(pid_t pid, coco_handle_t handle)
{
    struct child *child = malloc(sizeof(*child)); // sets errno
    if (!child) {
        return -1;
    }
    *child = (struct child){.pid = pid, .handle = handle};
    __coco_lock(&list_lock);
    struct child **link = &children;
    while (*link) {
        link = &(*link)->next;
    }
    *link = child;
    __coco_unlock(&list_lock);
    return 0;
}

coco_handle_t __coco_child_find(pid_t pid)
{
    coco_handle_t handle = COCO_HANDLE_NONE;
    __coco_lock(&list_lock);
    for (struct child *child = children; child; child = child->next) {
        if (child->pid == pid) {
            handle = child->handle;
            break;
        }
    }
    __coco_unlock(&list_lock);
    return handle;
}

pid_t __coco_child_at(unsigned index, coco_handle_t *handle)
{
    pid_t pid = 0;
    __coco_lock(&list_lock);
    struct child *child = children;
    for (; child && index > 0; index--) {
        child = child->next;
    }
    if (child) {
        pid = child->pid;
        *handle = child->handle;
    }
    __coco_unlock(&list_lock);
    return pid;
}

int __coco_child_remove(pid_t pid)
{
    struct child *found = NULL;
    __coco_lock(&list_lock);
    for (struct child **link = &children; *link; link = &(*link)->next) {
        if ((*link)->pid == pid) {
            found = *link;
            *link = found->next;
            break;
        }
    }
    __coco_unlock(&list_lock);
    if (!found) {
        return 0;
    }
    (void)coco_close(found->handle); // always succeeds
    free(found);
    return 1;
}
