// SPDX-License-Identifier: MIT
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "../private/fork.h"

struct handlers {
    struct handlers *next;
    struct handlers *previous;
    void (*prepare)(void);
    void (*parent)(void);
    void (*child)(void);
};

static struct coco_lock list_lock;
static struct handlers *first;
static struct handlers *last;

int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    int saved_errno = errno;
    struct handlers *handlers = malloc(sizeof(*handlers));
    errno = saved_errno;
    if (!handlers) {
        return ENOMEM;
    }
    __coco_lock(&list_lock);
    *handlers =
        (struct handlers){.previous = last, .prepare = prepare, .parent = parent, .child = child};
    if (last) {
        last->next = handlers;
    } else {
        first = handlers;
    }
    last = handlers;
    __coco_unlock(&list_lock);
    return 0;
}

void __coco_atfork_prepare(void)
{
    __coco_lock(&list_lock);
    for (struct handlers *at = last; at; at = at->previous) {
        if (at->prepare) {
            at->prepare();
        }
    }
}

void __coco_atfork_done(int in_child)
{
    for (struct handlers *at = first; at; at = at->next) {
        void (*handler)(void) = in_child ? at->child : at->parent;
        if (handler) {
            handler();
        }
    }
    __coco_unlock(&list_lock);
}
