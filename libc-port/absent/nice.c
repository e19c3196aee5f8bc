// SPDX-License-Identifier: MIT
#include <errno.h>
#include <unistd.h>

#include "../private/absent.h"

COCO_ABSENT(nice, "nice");

int nice(int increment)
{
    (void)increment;
    errno = ENOSYS;
    return -1;
}
