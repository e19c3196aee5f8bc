// SPDX-License-Identifier: MIT
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <coconut/syscalls.h>

#include "../private/thread.h"

int sched_yield(void)
{
    (void)coco_thread_yield(); // always succeeds
    return 0;
}

void pthread_yield(void)
{
    (void)sched_yield();
}

int pthread_getcpuclockid(pthread_t thread, clockid_t *clock)
{
    if (thread != __coco_self()) {
        return ENOENT; // only a thread itself can read its clock
    }
    *clock = CLOCK_THREAD_CPUTIME_ID;
    return 0;
}

int pthread_setconcurrency(int level)
{
    return level < 0 ? EINVAL : 0; // a hint; every thread is a kernel thread
}

int pthread_getconcurrency(void)
{
    return 0;
}

int pthread_setname_np(pthread_t thread, const char *name)
{
    if (strlen(name) >= COCO_THREAD_NAME_MAX) {
        return ERANGE;
    }
    strcpy(thread->name, name);
    return 0;
}

int pthread_getname_np(pthread_t thread, char *name, size_t size)
{
    return strlcpy(name, thread->name, size) >= size ? ERANGE : 0;
}
