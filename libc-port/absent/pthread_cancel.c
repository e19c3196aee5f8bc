// SPDX-License-Identifier: MIT
#include <errno.h>
#include <pthread.h>

#include "../private/absent.h"

COCO_ABSENT(pthread_cancel, "pthread_cancel");

int pthread_cancel(pthread_t thread)
{
    (void)thread;
    return ENOSYS;
}
