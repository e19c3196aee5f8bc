// SPDX-License-Identifier: MIT
#include "../private/child.h"

#include <stdlib.h>

#include <coconut/syscalls.h>

#include "../private/fork.h"

struct child {
    struct child *next;
    pid_t pid;
    coco_handle_t handle;
};

struct coco_lock __coco_child_lock;
static struct child *children; // oldest first

void *__coco_child_reserve(void)
{
    return malloc(sizeof(struct child));
}

void __coco_child_cancel(void *record)
{
    free(record);
}

void __coco_child_commit(void *record, pid_t pid, coco_handle_t handle)
{
    struct child *child = record;
    *child = (struct child){.pid = pid, .handle = handle};
    __coco_lock(&__coco_child_lock);
    struct child **link = &children;
    while (*link) {
        link = &(*link)->next;
    }
    *link = child;
    __coco_unlock(&__coco_child_lock);
}

int __coco_child_add(pid_t pid, coco_handle_t handle)
{
    void *record = __coco_child_reserve();
    if (!record) {
        return -1;
    }
    __coco_child_commit(record, pid, handle);
    return 0;
}

void __coco_child_forget(void)
{
    while (children) { // nobody else is there yet
        struct child *child = children;
        children = child->next;
        (void)coco_close(child->handle); // always succeeds
        free(child);
    }
}

coco_handle_t __coco_child_find(pid_t pid)
{
    coco_handle_t handle = COCO_HANDLE_NONE;
    __coco_lock(&__coco_child_lock);
    for (struct child *child = children; child; child = child->next) {
        if (child->pid == pid) {
            handle = child->handle;
            break;
        }
    }
    __coco_unlock(&__coco_child_lock);
    return handle;
}

pid_t __coco_child_at(unsigned index, coco_handle_t *handle)
{
    pid_t pid = 0;
    __coco_lock(&__coco_child_lock);
    struct child *child = children;
    for (; child && index > 0; index--) {
        child = child->next;
    }
    if (child) {
        pid = child->pid;
        *handle = child->handle;
    }
    __coco_unlock(&__coco_child_lock);
    return pid;
}

int __coco_child_remove(pid_t pid)
{
    struct child *found = NULL;
    __coco_lock(&__coco_child_lock);
    for (struct child **link = &children; *link; link = &(*link)->next) {
        if ((*link)->pid == pid) {
            found = *link;
            *link = found->next;
            break;
        }
    }
    __coco_unlock(&__coco_child_lock);
    if (!found) {
        return 0;
    }
    (void)coco_close(found->handle); // always succeeds
    free(found);
    return 1;
}
