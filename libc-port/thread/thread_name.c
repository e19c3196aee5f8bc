// SPDX-License-Identifier: MIT
// Names of threads.
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "../private/registry.h"
#include "../private/thread.h"

int pthread_setname_np(pthread_t id, const char *name)
{
    if (strlen(name) >= COCO_THREAD_NAME_MAX) {
        return ERANGE;
    }
    struct __pthread *thread = __coco_thread_hold(id);
    if (!thread) {
        return ESRCH;
    }
    strcpy(thread->name, name);
    __coco_thread_release();
    return 0;
}

int pthread_getname_np(pthread_t id, char *name, size_t size)
{
    char found[COCO_THREAD_NAME_MAX];
    const struct __pthread *thread = __coco_thread_hold(id);
    if (!thread) {
        return ESRCH;
    }
    strcpy(found, thread->name);
    __coco_thread_release();
    return strlcpy(name, found, size) >= size ? ERANGE : 0;
}
