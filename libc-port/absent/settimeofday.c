// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/time.h>

#include "../private/absent.h"

COCO_ABSENT(settimeofday, "settimeofday");

int settimeofday(const struct timeval *time, const struct timezone *zone)
{
    (void)time;
    (void)zone;
    errno = ENOSYS;
    return -1;
}
